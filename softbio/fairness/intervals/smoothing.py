"""Replicates that know that what was never seen can still happen.

Where a cell holds no mistake, no replicate of it holds one either, and the
bootstrap calls certain what ten faces happened to show: on 15 faces with a
true rate of 0.95 its 95 % intervals hold the truth half of the time. Adding to
every count half a face, with its own uncertainty (a Gamma variable of shape ½),
cures that. For a single rate the replicates then follow nearly the Beta(k + ½,
n − k + ½) of Jeffreys' interval; and unlike an interval for single rates this
carries over to every gap, ratio and composite that is made of the counts.
Where counts are large it changes nothing.

References
----------
Brown, Cai & DasGupta 2001, doi:10.1214/ss/1009213286 (Jeffreys' interval);
Agresti & Caffo 2000, doi:10.1080/00031305.2000.10474560 (added halves in gaps).
"""

from __future__ import annotations

import numpy as np

from softbio.fairness.counts import GroupCounts
from softbio.fairness.intervals.design import design_effect, face_weight, rate_variance

__all__ = ["smoothed"]


def smoothed(
    counts: GroupCounts, replicated: GroupCounts, people: np.ndarray | None = None, seed: int = 0
) -> np.ndarray:
    """Return replicated counts with an uncertain half face added to each.

    By person the half is that of an effective face: it is multiplied by the
    design effect of its cell.

    A replicate that lost all faces of a label, or of a prediction, in a group
    that has some is left as it was in that group: its rates stay undefined
    there, so that it can be told how often that happens.

    Parameters
    ----------
    counts : GroupCounts, shape (G, 2, 2)
    replicated : GroupCounts, shape (R, G, 2, 2)
    people : ndarray, shape (K, G, 2, 2), optional
        Each person's counts where people were drawn.
    seed : int
        Of the halves.

    Returns
    -------
    ndarray, shape (R, G, 2, 2), float64
    """
    values = replicated.values
    # One outermost axis per cell keeps the replicates contiguous, as `Cells` wants them.
    halves = np.random.default_rng([seed, 1]).standard_normal((*values.shape[1:], len(values)))
    halves *= halves
    halves *= 0.5
    if people is not None:
        halves *= _effects(counts, values, people)[:, :, None, None]
    by_cell = np.moveaxis(values, 0, -1)
    for axis in (1, 2):
        lost = (by_cell.sum(axis=axis) == 0) & (counts.values.sum(axis=axis) > 0)[..., None]
        if lost.any():
            halves *= ~lost.any(axis=1)[:, None, None, :]
    halves += by_cell
    return np.moveaxis(halves, -1, 0)


def _effects(counts: GroupCounts, values: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Return the design effect of each cell's accuracy, shape (G, 2)."""
    right, n = counts.values[:, [0, 1], [0, 1]], counts.cell_sizes
    variance = rate_variance(values[:, :, [0, 1], [0, 1]], values.sum(axis=-1))
    return design_effect(right / np.maximum(n, 1), n, variance, face_weight(people.sum(axis=-1)))
