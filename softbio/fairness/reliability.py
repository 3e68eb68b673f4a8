"""Reliability: whether three in ten of the faces that score 0.3 have label 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.errors import ConfigError, DataError
from softbio.fairness.counts import check_faces
from softbio.fairness.intervals import wilson

__all__ = ["Reliability", "reliability"]


@dataclass(frozen=True, eq=False)
class Reliability:
    """The faces of each group by score, in B bins of equal width.

    Attributes
    ----------
    groups : tuple of str
    edges : ndarray, shape (B + 1,)
        From 0 to 1; a bin holds the scores above its lower edge up to its upper
        one, the first also 0.
    n : ndarray, shape (G, B), int64
    mean_score, observed : ndarray, shape (G, B), float64
        Mean score, and share of label 1; NaN in an empty bin.
    low, high : ndarray, shape (G, B), float64
        Wilson's interval of `observed`, each photograph taken for itself.
    calibration_error : ndarray, shape (G,), float64
        Distance of the two, averaged over faces: the expected calibration error
        (Naeini et al. 2015); NaN for a group without faces.
    """

    groups: tuple[str, ...]
    edges: np.ndarray
    n: np.ndarray
    mean_score: np.ndarray
    observed: np.ndarray
    low: np.ndarray
    high: np.ndarray
    calibration_error: np.ndarray


def reliability(
    label: np.ndarray,
    score: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    bins: int = 15,
    level: float = 0.95,
) -> Reliability:
    """Compare scores with what happened, for each group.

    Parameters
    ----------
    label, score, group, groups
        The judged faces, as everywhere; `score` in 0 … 1.
    bins : int
        At least 1.
    level : float
        Of the intervals, between 0 and 1.

    Raises
    ------
    DataError
        If lengths differ, or a label, score or group is not as described.
    ConfigError
        If there is no bin.

    Examples
    --------
    >>> found = reliability([0, 1, 1], np.array([0.2, 0.4, 0.9]), [0, 0, 0], ("all",), bins=2)
    >>> found.n.tolist(), found.observed.tolist()
    ([[2, 1]], [[0.5, 1.0]])
    """
    if bins < 1:
        raise ConfigError(f"A reliability curve needs at least one bin. Received: {bins}.")
    label, score, group = np.asarray(label), np.asarray(score), np.asarray(group)
    check_faces(label, score, group, groups)
    if score.size and not (score.min() >= 0.0 and score.max() <= 1.0):
        raise DataError("A score must be a number from 0 to 1.")
    edges = np.linspace(0.0, 1.0, bins + 1)
    place = group.astype(np.int64) * bins + np.searchsorted(edges[1:-1], score, side="left")

    def summed(weights: np.ndarray | None = None) -> np.ndarray:
        flat = np.bincount(place, weights=weights, minlength=len(groups) * bins)
        return flat.reshape(len(groups), bins)

    n, ones = summed().astype(np.int64), summed(label)
    scores = summed(score.astype(np.float64))
    empty = np.full(n.shape, np.nan)
    low, high = wilson(ones, n, level)
    total = n.sum(axis=1)
    return Reliability(
        groups=groups,
        edges=edges,
        n=n,
        mean_score=np.divide(scores, n, out=empty.copy(), where=n > 0),
        observed=np.divide(ones, n, out=empty.copy(), where=n > 0),
        low=low,
        high=high,
        calibration_error=np.divide(
            np.abs(scores - ones).sum(axis=1), total, out=np.full(len(groups), np.nan),
            where=total > 0,
        ),
    )  # fmt: skip
