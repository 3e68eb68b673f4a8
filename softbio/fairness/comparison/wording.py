"""How changes are put into words: points, people in a thousand, names in a row."""

from __future__ import annotations

from collections.abc import Sequence

from softbio.fairness.comparison.change import Change

__all__ = ["in_points", "joined", "points", "told_cell", "told_group", "told_wrong"]


def points(share: float, *, signed: bool = True) -> str:
    """Return a share as percentage points with one decimal: ``+3.1``, ``−0.5``, ``0.0``."""
    rounded = round(share * 100, 1) + 0.0
    return f"{rounded:{'+' if signed and rounded else ''}.1f}".replace("-", "−")


def in_points(change: Change) -> str:
    """Return a change of a share with its interval: ``+3.1 points (+1.9 to +4.3)``."""
    return f"{points(change.change)} points ({points(change.low)} to {points(change.high)})"


def told_wrong(change: Change) -> str:
    """Return what a change of wrong faces in a thousand means, with its interval.

    Examples
    --------
    >>> told_wrong(Change(120.0, 89.0, -31.0, -43.0, -19.0))
    '31 fewer wrong per 1,000 (43 fewer to 19 fewer)'
    >>> told_wrong(Change(100.0, 100.0, 0.0, -3.0, 3.0))
    'as many wrong per 1,000 (3 fewer to 3 more)'
    """
    middle = _more(change.change)
    middle = "as many wrong" if middle == "none" else f"{middle} wrong"
    return f"{middle} per 1,000 ({_more(change.low)} to {_more(change.high)})"


def told_group(name: str, accuracy: Change) -> str:
    """Return a group's change of accuracy and what it means for a thousand of its faces."""
    return f"{name} {in_points(accuracy)}, {told_wrong(accuracy.scaled(-1000.0))}"


def told_cell(name: str, label: int, change: Change) -> str:
    """Return the change of a cell's accuracy."""
    return f"{name} with label {label} {in_points(change)}"


def joined(names: Sequence[str]) -> str:
    """Return names as in a sentence: ``a``, ``a and b``, ``a, b and c``."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _more(people: float) -> str:
    count = round(people)
    return "none" if count == 0 else f"{abs(count):,} {'more' if count > 0 else 'fewer'}"
