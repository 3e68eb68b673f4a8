"""How numbers are written: shares as percent, undefined as a dash, times as people say them."""

from __future__ import annotations

import math
from collections.abc import Iterable

__all__ = [
    "change",
    "count",
    "duration",
    "figure",
    "interval",
    "joined",
    "p_value",
    "percent",
    "points",
]

_DASH = "–"


def percent(value: float | None) -> str:
    """Write a share with one decimal: ``0.9123`` is ``91.2 %``; undefined is a dash.

    Examples
    --------
    >>> percent(0.9123), percent(float("nan"))
    ('91.2 %', '–')
    """
    if value is None or math.isnan(value):
        return _DASH
    return f"{100 * value:.1f} %".replace("-", "−")


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


def figure(value: float | None, unit: str) -> str:
    """Write a figure in its metric's unit: ``faces``, ``share`` or ``number``.

    Examples
    --------
    >>> figure(0.91, "share"), figure(1234.0, "faces"), figure(0.4321, "number")
    ('91.0 %', '1,234', '0.432')
    """
    if value is None or math.isnan(value):
        return _DASH
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if unit == "share":
        return percent(value)
    return count(round(value)) if unit == "faces" else f"{value:.3f}".replace("-", "−")


def change(value: float | None, unit: str) -> str:
    """Write a signed difference of two figures; of shares in points.

    Examples
    --------
    >>> change(0.012, "share"), change(-0.0123, "number"), change(3.0, "faces")
    ('+1.2', '−0.012', '+3')
    """
    if value is None or math.isnan(value) or math.isinf(value):
        return _DASH
    if unit == "share":
        return points(value)
    text = count(abs(round(value))) if unit == "faces" else f"{abs(value):.3f}"
    if not text.strip("0."):
        return f"±{text}"
    return ("+" if value > 0 else "−") + text


def interval(low: float | None, high: float | None, unit: str, *, signed: bool = False) -> str:
    """Write an interval without its unit, which stands beside it; nothing where there is none.

    Examples
    --------
    >>> interval(0.881, 0.902, "share"), interval(-0.01, 0.02, "share", signed=True)
    ('88.1 – 90.2', '−1.0 – +2.0')
    """
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return ""
    if signed:
        return f"{change(low, unit)} – {change(high, unit)}"
    return f"{figure(low, unit).removesuffix(' %')} – {figure(high, unit).removesuffix(' %')}"


def p_value(value: float) -> str:
    """Write a p value.

    Examples
    --------
    >>> p_value(0.0321), p_value(0.00001), p_value(1.0)
    ('0.032', '< 0.001', '1')
    """
    if math.isnan(value):
        return _DASH
    return "< 0.001" if value < 0.001 else "1" if value >= 0.9995 else f"{value:.3f}"


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
