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
    ends = points(change.low), points(change.high)
    between = "" if ends == ("0.0", "0.0") else f" ({ends[0]} to {ends[1]})"
    return f"{points(change.change)} points{between}"


def told_wrong(change: Change) -> str:
    """Return what a change of wrong faces in a thousand means, with its interval.

    Examples
    --------
    >>> told_wrong(Change(120.0, 89.0, -31.0, -43.0, -19.0))
    '31 fewer wrong per 1,000 (19 to 43 fewer)'
    >>> told_wrong(Change(100.0, 100.0, 0.0, -3.0, 3.0))
    'as many wrong per 1,000 (3 fewer to 3 more)'
    """
    low, middle, high = (round(value) for value in (change.low, change.change, change.high))
    told = f"{_more(middle)} wrong" if middle else "as many wrong"
    if low == high == 0:
        return f"{told} per 1,000"
    if low >= 0:
        between = f"{low:,} to {_more(high)}"
    elif high <= 0:
        between = f"{-high:,} to {_more(low)}"
    else:
        between = f"{_more(low)} to {_more(high)}"
    return f"{told} per 1,000 ({between})"


def told_group(name: str, accuracy: Change) -> str:
    """Return a group's change of accuracy and what it means for a thousand of its faces."""
    return f"{name} {in_points(accuracy)}, {told_wrong(accuracy.scaled(-1000.0))}"


def told_cell(name: str, label: int, change: Change) -> str:
    """Return the change of a cell's accuracy."""
    return f"{name} with label {label} {in_points(change)}"


def joined(names: Sequence[str]) -> str:
    """Return names as in a sentence; semicolons keep those apart that hold commas themselves.

    Examples
    --------
    >>> joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    >>> joined(["women, young", "men, young"])
    'women, young; and men, young'
    """
    *most, last = names
    if not most:
        return last
    if any("," in name for name in names):
        return f"{'; '.join(most)}; and {last}"
    return f"{', '.join(most)} and {last}"


def _more(people: int) -> str:
    return f"{abs(people):,} {'more' if people > 0 else 'fewer'}"
