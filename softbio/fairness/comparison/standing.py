"""Which group was worst off before: a run can only level up whoever stood lowest."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from softbio.fairness.comparison.design import design_effect
from softbio.fairness.comparison.pairs import PairedFaces

__all__ = ["lowest_groups"]


def lowest_groups(faces: PairedFaces, level: float) -> tuple[int, ...]:
    """Return the groups whose accuracy could have been the lowest in the baseline.

    Parameters
    ----------
    faces : PairedFaces
    level : float
        Of each test of a group against the one that was observed to be lowest.

    Returns
    -------
    tuple of int
        Ascending; groups without faces are left out. More than one where they
        cannot be told apart.

    References
    ----------
    Agresti & Caffo 2000, doi:10.1080/00031305.2000.10474560: with one success
    and one failure more in each group, Wald's test of two rates keeps its level.
    """
    groups = len(faces.groups)
    right = (faces.before == faces.label).astype(np.int64)
    n = np.bincount(faces.group, minlength=groups).astype(np.float64)
    hits = np.bincount(faces.group, right, minlength=groups)
    present = np.flatnonzero(n)
    if not len(present):
        return ()
    if faces.person is not None:
        effect = design_effect(right, faces.group, groups, faces.person)
        n, hits = n / effect, hits / effect
    rate = (hits + 1) / (n + 2)
    variance = rate * (1 - rate) / (n + 2)
    observed = hits[present] / n[present]
    low = present[int(np.argmin(observed))]
    z = NormalDist().inv_cdf((1 + level) / 2)
    above = rate[present] - rate[low] > z * np.sqrt(variance[present] + variance[low])
    equal = observed == observed.min()
    return tuple(present[~above | equal].tolist())
