"""How numbers are written: shares as percent, undefined as a dash, times as people say them."""

from __future__ import annotations

import math
from collections.abc import Iterable

__all__ = ["count", "duration", "joined", "percent", "points"]

_DASH = "–"


def percent(value: float | None) -> str:
    """Write a share with one decimal: ``0.9123`` is ``91.2 %``; undefined is a dash.

    Examples
    --------
    >>> percent(0.9123), percent(float("nan"))
    ('91.2 %', '–')
    """
    return _DASH if value is None or math.isnan(value) else f"{100 * value:.1f} %"


def points(value: float | None) -> str:
    """Write a difference of two shares in percentage points, signed.

    Examples
    --------
    >>> points(-0.0123), points(0.0)
    ('−1.2', '±0.0')
    """
    if value is None or math.isnan(value):
        return _DASH
    text = f"{abs(100 * value):.1f}"
    if text == "0.0":
        return "±0.0"
    return ("+" if value > 0 else "−") + text


def count(value: int) -> str:
    """Write a number of things, thousands apart.

    Examples
    --------
    >>> count(202599)
    '202,599'
    """
    return f"{value:,}"


def duration(seconds: float | None) -> str:
    """Write seconds as people say them.

    Examples
    --------
    >>> duration(4.2), duration(75), duration(4020)
    ('4 s', '1 min 15 s', '1 h 7 min')
    """
    if seconds is None or math.isnan(seconds):
        return _DASH
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def joined(names: Iterable[str], word: str = "and") -> str:
    """Join names as in a sentence.

    Examples
    --------
    >>> joined(["women", "men"])
    'women and men'
    """
    *head, last = names
    return f"{', '.join(head)} {word} {last}" if head else last
