"""How much a face tells where one person has several: the design effect of the labels."""

from __future__ import annotations

import numpy as np

from softbio.fairness.intervals import number_people
from softbio.fairness.intervals.design import alike

__all__ = ["faces_as_one"]


def faces_as_one(
    target: np.ndarray, group: np.ndarray, groups: int, person: np.ndarray | None
) -> np.ndarray:
    """Return how many faces of each group tell as much as one of a person of its own.

    Parameters
    ----------
    target : ndarray, shape (n,), 0 or 1
    group : ndarray, shape (n,)
        0 to `groups` − 1; faces with another value are left out.
    groups : int
    person : ndarray, shape (n,), integers, or None
        Who is on each face; negative: not known, a person of its own.

    Returns
    -------
    ndarray, shape (groups,), float64
        1 without persons, or where a person's labels are no more alike than those of
        different people; the mean number of faces that a face's person has where all labels
        of a person are the same.

    Notes
    -----
    Kish's design effect ``1 + (m − 1) ρ``, with ρ the intraclass correlation of the labels
    from the analysis of variance, and m the number of faces of the person of a face, on
    average. A formula's own agreement with the labels is inflated by ``1 + (m − 1) ρ ρ'``
    (Moulton 1986), ρ' the correlation of the formula's values: never more. Labels keep
    their ρ when people exchange them, so to measure it before looking takes nothing from
    what is said of chance.
    """
    effect = np.ones(groups)
    if person is None:
        return effect
    for code in range(groups):
        mine = np.flatnonzero(group == code)
        who, people = number_people(np.asarray(person)[mine])
        n = len(mine)
        faces = np.bincount(who, minlength=people).astype(np.float64)
        # One person for all faces: nothing is known of how people differ.
        ones = np.bincount(who, weights=target[mine], minlength=people)
        effect[code] = 1 + (float(faces @ faces) / max(n, 1) - 1) * alike(ones, faces)
    return effect
