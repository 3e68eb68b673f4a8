"""What a search for slices finds, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.formula import Formula

__all__ = ["ALL", "Slice", "SliceScope", "Slices"]

#: The name of all groups together.
ALL = "all"


@dataclass(frozen=True, eq=False)
class Slice:
    """One slice of the faces.

    Attributes
    ----------
    formula : Formula
        A conjunction of literals; of a cluster its name.
    group : str
        The group whose faces these are, or ``all``.
    n, people, errors : int
        Faces, people on them, faces that are wrong.
    rate, rest : float
        Error rate of the slice and of the other faces of the group.
    effect, low, high : float
        ``rate − rest`` and its interval.
    p, p_holm : float
        The chance of so many errors or more if errors did not heed attributes; the same, corrected
        for everything that was tested.
    beyond_chance : bool
        Whether ``p_holm`` is 0.05 or less.
    rows : ndarray, shape (n,), int64
        Places of its faces among those that were given, ascending.
    """

    formula: Formula
    group: str
    n: int
    people: int
    errors: int
    rate: float
    rest: float
    effect: float
    low: float
    high: float
    p: float
    p_holm: float
    beyond_chance: bool
    rows: np.ndarray


@dataclass(frozen=True)
class SliceScope:
    """A group as a whole: faces, people, errors; its slices that were tested, and that were found."""

    group: str
    n: int
    people: int
    errors: int
    tested: int
    found: int

    @property
    def rate(self) -> float:
        """Its error rate."""
        return self.errors / self.n if self.n else float("nan")


@dataclass(frozen=True, eq=False)
class Slices:
    """What was found.

    Attributes
    ----------
    lines : tuple of Slice
        Those beyond chance, the largest lower bound of the effect first; where there are none,
        the ten with the smallest p. A slice that is no worse than a part of itself is left out.
    scopes : tuple of SliceScope
        The groups, and ``all`` where there are several.
    tested : int
        Slices that were tested, over all scopes: what Holm corrects for.
    found : int
        Slices beyond chance that are worse than their parts; `lines` may hold fewer.
    by : {"person", "face"}
    most, smallest : int
    level : float
    """

    lines: tuple[Slice, ...]
    scopes: tuple[SliceScope, ...]
    tested: int
    found: int
    by: str
    most: int
    smallest: int
    level: float

    def of(self, group: str) -> tuple[Slice, ...]:
        """Return the lines of one group."""
        return tuple(line for line in self.lines if line.group == group)
