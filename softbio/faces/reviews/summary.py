"""What reviews come to: how many labels of each group are kept, and how many flipped each way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from softbio.faces.faceset import FaceSet
from softbio.faces.reviews.standing import DISAGREED, NOBODY

__all__ = ["ReviewCounts", "summary_of"]

_UNKNOWN = "unknown"


class ReviewCounts(NamedTuple):
    """Faces of a group by what their reviewers say.

    Attributes
    ----------
    reviewed : int
        Of which anybody said anything; the sum of the others.
    kept : int
        Agreed to be as given.
    to_one, to_zero : int
        Agreed to be 1 where 0 was given, and the other way.
    new : int
        Agreed on where no label was given.
    unsure : int
        Of which nobody is sure.
    disagreed : int
        Of which reviewers who are sure say different things.
    """

    reviewed: int
    kept: int
    to_one: int
    to_zero: int
    new: int
    unsure: int
    disagreed: int

    @property
    def flipped(self) -> int:
        """Agreed to be other than given."""
        return self.to_one + self.to_zero


def summary_of(
    faces: FaceSet, agreed: np.ndarray, reviewed: np.ndarray, within: np.ndarray | None = None
) -> dict[str, ReviewCounts]:
    """Count the faces of each group by what their reviewers say.

    Parameters
    ----------
    faces : FaceSet
    agreed : ndarray, shape (N,), int8
        As `Reviews.labels` returns it.
    reviewed : ndarray, shape (N,), bool
        Of which anybody said anything.
    within : ndarray, shape (N,), bool, optional
        Only these faces.

    Returns
    -------
    dict of str to ReviewCounts
        By the names of the groups, and ``unknown`` where a reviewed face has none.
    """
    given, group = faces.labels(), faces.group_index()
    chosen = reviewed if within is None else reviewed & within
    counted = {}
    names = dict(enumerate(faces.group_names.values()))
    for number, name in {**names, -1: _UNKNOWN}.items():
        inside = chosen & (group == number)
        if number < 0 and not inside.any():
            continue
        old, new = given[inside], agreed[inside]
        counted[name] = ReviewCounts(
            reviewed=len(new),
            kept=int(((new >= 0) & (new == old)).sum()),
            to_one=int(((old == 0) & (new == 1)).sum()),
            to_zero=int(((old == 1) & (new == 0)).sum()),
            new=int(((old < 0) & (new >= 0)).sum()),
            unsure=int((new == NOBODY).sum()),
            disagreed=int((new == DISAGREED).sum()),
        )
    return counted
