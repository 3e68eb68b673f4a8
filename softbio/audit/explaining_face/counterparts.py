"""What if she were a man: faces of another group that have the same attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

__all__ = ["Counterparts", "counterparts", "group_attributes"]


@dataclass(frozen=True, eq=False)
class Counterparts:
    """Faces of another group, those with the fewest different attributes first.

    Attributes
    ----------
    rows : ndarray, shape (k,), int64
    differing : tuple of tuple of str
        Of each face, the attributes that are known of both and differ.
    distance : ndarray, shape (k,), float32
        Of the embeddings, by which faces with equally many differences are ordered; NaN without
        embeddings.
    compared : tuple of str
        The attributes that were compared: those known of the face that do not tell the group.
    left_out : tuple of str
        Those that tell the group, such as ``Male``.
    candidates : int
        Faces of the other group that there are.
    """

    rows: np.ndarray
    differing: tuple[tuple[str, ...], ...]
    distance: np.ndarray
    compared: tuple[str, ...]
    left_out: tuple[str, ...]
    candidates: int

    @property
    def same(self) -> np.ndarray:
        """Which of the faces have all attributes the same, shape (k,), bool."""
        return np.array([not names for names in self.differing], dtype=bool)

    def __len__(self) -> int:
        return len(self.rows)


def counterparts(
    attributes: Mapping[str, np.ndarray],
    group: np.ndarray,
    row: int,
    other: int,
    k: int = 8,
    *,
    distance: np.ndarray | None = None,
    among: np.ndarray | None = None,
) -> Counterparts:
    """Return the faces of another group whose attributes are as a face's.

    An attribute that is the group itself cannot be the same and is left out; others that go with
    the group, such as a beard, count, and are told where they differ.

    Parameters
    ----------
    attributes : mapping of str to ndarray, shape (N,)
        0, 1, or −1 where it is not known.
    group : ndarray, shape (N,), int
        Index of each face's group, −1 unknown.
    row : int
        The face.
    other : int
        Index of the group to look among.
    k : int
        How many faces; fewer where there are fewer.
    distance : ndarray, shape (N,), float32, optional
        Of all faces' embeddings from this one's.
    among : ndarray, shape (m,), int, optional
        Rows to choose from; by default all.
    """
    rows = np.flatnonzero(group == other)
    if among is not None:
        rows = rows[np.isin(rows, among)]
    rows = rows[rows != row]
    left_out = group_attributes(attributes, group)
    compared = tuple(
        name for name, value in attributes.items() if name not in left_out and value[row] >= 0
    )
    if not len(rows) or not compared:
        return Counterparts(
            np.zeros(0, np.int64), (), np.zeros(0, np.float32), compared, left_out, len(rows)
        )
    differences = np.zeros(len(rows), dtype=np.int16)
    unknown = np.zeros(len(rows), dtype=np.int16)
    for name in compared:
        values = attributes[name][rows]
        differences += (values >= 0) & (values != attributes[name][row])
        unknown += values < 0
    far = np.full(len(rows), np.nan, np.float32) if distance is None else distance[rows]
    # What is not known of a face may differ: of equals, the one of which more is known comes first.
    order = np.lexsort((rows, np.nan_to_num(far), unknown, differences))[:k]
    chosen = rows[order]
    return Counterparts(
        rows=chosen,
        differing=tuple(
            tuple(
                name
                for name in compared
                if attributes[name][one] >= 0 and attributes[name][one] != attributes[name][row]
            )
            for one in chosen
        ),
        distance=far[order],
        compared=compared,
        left_out=left_out,
        candidates=len(rows),
    )


def group_attributes(attributes: Mapping[str, np.ndarray], group: np.ndarray) -> tuple[str, ...]:
    """Return the attributes that say the group and nothing else.

    These are constant within every group, over the faces of which both are known, and differ
    between groups.
    """
    members = [group == one for one in np.unique(group[group >= 0])]
    return tuple(name for name, values in attributes.items() if _tells(values, members))


def _tells(values: np.ndarray, members: list[np.ndarray]) -> bool:
    seen = set()
    for member in members:
        inside = values[member]
        one, zero = bool((inside == 1).any()), bool((inside == 0).any())
        if one and zero:
            return False
        if one or zero:
            seen.add(one)
    return len(seen) > 1
