"""The faces that a formula can be held against: who they are, and which were left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from softbio.fairness.intervals import number_people

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.hypotheses.targets import Target

__all__ = ["Concerned", "concerned", "person_of"]


@dataclass(frozen=True, eq=False)
class Concerned:
    """The faces of a target that have a known group.

    Attributes
    ----------
    row : ndarray, shape (n,), int64
        In the face set, ascending.
    target : ndarray, shape (n,), int8
        0 or 1.
    group : ndarray, shape (n,), int64
        Index into `groups`.
    person : ndarray, shape (n,), int64, or None
        Numbers from 0 without gaps, a stranger being a person of its own; None where nobody
        knows who is on any photograph.
    people : int
        How many there are; as many as faces where they are not known.
    groups : tuple of str
    without_target, without_group : int
        Faces that were left out: the target does not concern them; it does, but their group is
        not known.
    """

    row: np.ndarray
    target: np.ndarray
    group: np.ndarray
    person: np.ndarray | None
    people: int
    groups: tuple[str, ...]
    without_target: int
    without_group: int

    def only(self, kept: np.ndarray) -> Concerned:
        """Return those that are kept, shape (n,), bool; what was left out before stays told."""
        person, people = None, int(kept.sum())
        if self.person is not None:
            person, people = number_people(self.person[kept])
        return Concerned(
            self.row[kept],
            self.target[kept],
            self.group[kept],
            person,
            people,
            self.groups,
            self.without_target,
            self.without_group,
        )


def concerned(target: Target, faces: FaceSet, rows: np.ndarray | None = None) -> Concerned:
    """Return the faces of a target with a known group, people not yet numbered.

    Parameters
    ----------
    target : Target
    faces : FaceSet
    rows : ndarray of int, optional
        The rows to look at; all by default.
    """
    looked_at = np.arange(len(faces)) if rows is None else np.unique(np.asarray(rows, np.int64))
    values, group = target.values[looked_at], faces.group_index()[looked_at]
    asked = values >= 0
    kept = asked & (group >= 0)
    row = looked_at[kept]
    person = person_of(faces)
    return Concerned(
        row=row,
        target=values[kept],
        group=group[kept],
        person=None if person is None else person[row],
        people=len(row),
        groups=tuple(faces.group_names.values()),
        without_target=int((~asked).sum()),
        without_group=int((asked & ~kept).sum()),
    )


def person_of(faces: FaceSet) -> np.ndarray | None:
    """Return who is on each photograph, −1 not known, shape (N,), int64; None if none is known."""
    if not faces.has_identities:
        return None
    return faces.table["identity"].to_numpy(dtype=np.int64, na_value=-1)
