"""How much a face tells where one person has several: the design effect of the labels."""

from __future__ import annotations

import numpy as np

from softbio.fairness.intervals import number_people

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
        if not 1 < people < n:
            # One person for all faces: nothing is known of how people differ.
            effect[code] = max(n, 1) if people == 1 else 1.0
            continue
        ones = np.bincount(who, weights=target[mine], minlength=people)
        share, mean = ones / faces, ones.sum() / n
        between = float(faces @ (share - mean) ** 2) / (people - 1)
        within = float(ones @ (1 - share)) / (n - people)
        usual = (n - float(faces @ faces) / n) / (people - 1)
        spread = between + (usual - 1) * within
        alike = (between - within) / spread if spread > 0 else 0.0
        effect[code] = 1 + (float(faces @ faces) / n - 1) * min(max(alike, 0.0), 1.0)
    return effect
