"""The change of a rate on the same faces, by Tango's score interval."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from softbio.fairness.comparison.change import Change
from softbio.fairness.comparison.design import design_effect, student_share
from softbio.fairness.comparison.pairs import PairedFaces

__all__ = ["RATES", "rate_changes", "tango"]

#: Rates over faces that no prediction can move in or out of: for label 0 and for label 1, whether a
#: prediction of 1 counts for it (1), against it (-1), or the faces are not looked at (0).
RATES: dict[str, tuple[int, int]] = {
    "selection_rate": (1, 1),
    "accuracy": (-1, 1),
    "true_positive_rate": (0, 1),
    "true_negative_rate": (-1, 0),
    "false_positive_rate": (1, 0),
    "false_negative_rate": (0, -1),
}

_HALVINGS = 40  # of an interval of length 2 at most


def rate_changes(
    faces: PairedFaces, level: float, rates: Sequence[str] = tuple(RATES)
) -> dict[str, Change]:
    """Return the change of `RATES` in each group, with Tango's interval.

    By person, the counts are first brought to their effective size: divided by
    the design effect of the change, and reduced where few people had to tell it.

    Parameters
    ----------
    faces : PairedFaces
    level : float
    rates : sequence of str

    Returns
    -------
    dict of str to Change, arrays of shape (G,)
    """
    signs = np.array([RATES[rate] for rate in rates])[:, None]  # (M, 1, label)
    table = faces.counts.values
    size, ones_before = table.sum(axis=(2, 3)), table[:, :, 1, :].sum(axis=2)
    rose, fell, ones_after = table[:, :, 0, 1], table[:, :, 1, 0], table[:, :, :, 1].sum(axis=2)
    toward, against = signs > 0, signs < 0
    n = (size * (toward | against)).sum(axis=2)
    up = (rose * toward + fell * against).sum(axis=2)
    down = (fell * toward + rose * against).sum(axis=2)
    with np.errstate(invalid="ignore"):
        before, after = (
            (ones * toward + (size - ones) * against).sum(axis=2) / n
            for ones in (ones_before, ones_after)
        )
    if faces.counts.same:
        low = high = after - before
    else:
        effective = np.array([_effective(faces, RATES[rate], level) for rate in rates])
        low, high = tango(up * effective, down * effective, n * effective, level)
    return {rate: Change.of(before[k], after[k], low[k], high[k]) for k, rate in enumerate(rates)}


def _effective(faces: PairedFaces, signs: tuple[int, int], level: float) -> np.ndarray:
    """Return what a face is worth in each group, where people have many: (G,), 1 by face."""
    groups = len(faces.groups)
    if faces.person is None:
        return np.ones(groups)
    sign = np.array(signs)[faces.label]
    looked = sign != 0
    group, person = faces.group[looked], faces.person[looked]
    moved = (sign * (faces.after - faces.before))[looked]
    share = student_share(group, groups, person, level)
    return share / design_effect(moved, group, groups, person)


def tango(
    up: np.ndarray, down: np.ndarray, n: np.ndarray, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Return Tango's score interval of (up − down) / n.

    Of `n` faces `up` changed from 0 to 1 and `down` from 1 to 0. The interval
    holds the changes that a score test does not refuse: it is to paired rates
    what Wilson's is to a single one. Where few faces changed, the bootstrap is
    too sure of itself (no face changed: no width at all); this is not.

    Parameters
    ----------
    up, down, n : array-like, any shapes that go together
        Counts, at least 0; need not be integers, as of an effective `n`.
    level : float
        In 0 … 1.

    Returns
    -------
    low, high : ndarray, float64
        In −1 … 1; NaN where `n` is 0.

    References
    ----------
    Tango 1998, Equivalence test and confidence interval for the difference in
    proportions for the paired-sample design, Statistics in Medicine 17:891-908;
    Fagerland, Lydersen & Laake 2014, doi:10.1002/sim.6148, recommend it.

    Examples
    --------
    >>> [round(float(end), 3) for end in tango(1, 7, 21)]
    [-0.517, -0.026]
    """
    up, down, n = np.broadcast_arrays(
        *(np.asarray(array, dtype=np.float64) for array in (up, down, n))
    )
    size = np.where(n > 0, n, np.nan)
    z = NormalDist().inv_cdf((1 + level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = (up - down) / size
        low, high = _roots(up, down, size, z, change)
        # A change of everybody has no room beyond it.
        low = np.where(change == -1.0, -1.0, low)
        high = np.where(change == 1.0, 1.0, high)
    unknown = size * 0.0
    return low + unknown, high + unknown


def _roots(
    up: np.ndarray, down: np.ndarray, n: np.ndarray, z: float, change: np.ndarray
) -> np.ndarray:
    """Return where the score statistic, which falls in the change, is z, and where it is −z."""
    target = np.array([z, -z]).reshape(2, *[1] * change.ndim)
    low = np.stack([np.full(change.shape, -1.0), change])
    high = np.stack([change, np.full(change.shape, 1.0)])
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_low = _score(up, down, n, middle) > target
        low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
    return np.asarray((low + high) / 2)


def _score(up: np.ndarray, down: np.ndarray, n: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return how many standard errors the data lie above a supposed change.

    The standard error is that under the supposition: `down`'s share is its
    most likely value given the change, the root of a quadratic.
    """
    linear = (2 * n - up + down) * change - up - down
    constant = -down * change * (1 - change)
    share = (np.sqrt(linear**2 - 8 * n * constant) - linear) / (4 * n)
    variance = n * (2 * share + change * (1 - change))
    return np.asarray((up - down - n * change) / np.sqrt(np.maximum(variance, 1e-300)))
