"""Bounds from replicates: of smooth figures, and of minima and maxima.

A smooth figure has a percentile interval. A minimum of smooth parts has none
that can be trusted: where two parts are equal, just where good models land, its
replicates lie below it on average (the smaller of two noisy numbers), and the
bootstrap is inconsistent there (Andrews 2000, doi:10.1111/1468-0262.00114).
So its bounds are made from those of its parts. Let the minimum be
``t = min t_k``, reached at k*.

- *Low* is ``min L_k`` over all parts, each L_k the usual lower bound. It exceeds
  t only if L_k* exceeds t_k* = t, which has the chance of one tail: no
  correction is needed (the argument of intersection-union tests, Berger 1982,
  doi:10.1080/00401706.1982.10487790).
- *High* is ``min U_k``. It is below t as soon as *one* U_k is below its t_k ≥ t, so
  the U_k must hold together: all are cut at a common, smaller tail, chosen such
  that in only that share of replicates any part passes its cut (simultaneous
  percentile bounds: Mandel & Betensky 2008, doi:10.1016/j.csda.2007.07.005;
  Montiel Olea & Plagborg-Møller 2019, doi:10.1002/jae.2656). Only parts in
  contention count: one that hardly ever (0.5 % of replicates) comes down to the
  smallest has t_k well above t, and its U_k cannot fail t. With a clear minimum
  one part is left, and the interval is that part's own.

A maximum is the mirror image.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

__all__ = ["DEFINED", "Ends", "extreme_interval", "percentile_interval"]

#: Share of the replicates that must be defined for a figure to have an interval.
DEFINED = 0.95

_CONTENTION = 0.005

#: A share of the tail → the lower and the upper ends of all parts.
Ends = Callable[[float], tuple[np.ndarray, np.ndarray]]


def percentile_interval(
    replicates: np.ndarray, tail: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the percentile interval of each row.

    Quantiles are order statistics of the defined replicates, the
    ``tail · (R + 1)``-th from either end. Where fewer than 95 % of the
    replicates are defined there is no interval: it would speak of the faces that
    were not lost only.

    Parameters
    ----------
    replicates : ndarray, shape (M, R), float64
        NaN where undefined. Sorted in place.
    tail : float or ndarray, shape (M,)
        Share to be cut off at each end.

    Returns
    -------
    low, high : ndarray, shape (M,)
        NaN where there is no interval.
    """
    replicates.sort(axis=1)  # NaN goes to the end
    rows = np.arange(len(replicates))
    defined = replicates.shape[1] - np.isnan(replicates).sum(axis=1)
    enough = defined >= max(DEFINED * replicates.shape[1], 1)
    rank = _rank(tail, defined)
    low = replicates[rows, np.where(enough, rank, 0)]
    high = replicates[rows, np.where(enough, defined - 1 - rank, 0)]
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)


def extreme_interval(
    parts: np.ndarray,
    estimate: np.ndarray,
    extreme: str,
    tail: float,
    ends: Ends | None = None,
) -> tuple[float, float]:
    """Return the interval of the smallest or largest of several smooth figures.

    Parameters
    ----------
    parts : ndarray, shape (K, R), float64
        Replicates of the parts. One in which any part is undefined is left out.
    estimate : ndarray, shape (K,)
        The parts as observed.
    extreme : {"min", "max"}
    tail : float
        Share to be cut off at each end.
    ends : callable, optional
        Where there is a better interval of each part than that of percentiles:
        takes the share of `tail` to be cut off, in 0 … 1, and returns the parts'
        lower and upper ends, each (K,).

    Returns
    -------
    low, high : float
        NaN where fewer than 95 % of the replicates are defined, or a part is
        not.
    """
    if extreme == "max":
        mirrored = None if ends is None else _mirrored(ends)
        low, high = extreme_interval(-parts, -estimate, "min", tail, mirrored)
        return -high, -low
    replicates = parts.shape[1]
    undefined = np.isnan(parts).any(axis=0)
    if undefined.any():
        parts = parts[:, ~undefined]
    if np.isnan(estimate).any() or parts.shape[1] < max(DEFINED * replicates, 1):
        return float("nan"), float("nan")
    smallest = parts[int(np.argmin(estimate))]
    contending = (parts <= smallest).mean(axis=1) > _CONTENTION
    contending[int(np.argmin(estimate))] = True
    rank = int(_rank(tail, np.asarray(parts.shape[1])))
    cut, upper = _joint_upper_ends(parts[contending], rank)
    if ends is None:
        lower = np.partition(parts, rank, axis=1)[:, rank]
    else:
        lower = ends(1.0)[0]
        upper = ends((cut + 1) / (rank + 1))[1][contending]
    return float(lower.min()), float(upper.min())


def _mirrored(ends: Ends) -> Ends:
    def mirrored(share: float) -> tuple[np.ndarray, np.ndarray]:
        low, high = ends(share)
        return -high, -low

    return mirrored


def _joint_upper_ends(parts: np.ndarray, rank: int) -> tuple[int, np.ndarray]:
    """Return the common rank of upper ends that `rank` replicates pass at most, and the ends.

    In each part the replicates are ranked from the top. A replicate's best rank
    is the smallest over the parts; the cut is where `rank` replicates have a
    better one. Only a part's top ``rank + 1`` can be among these, so no more than
    that is sorted.
    """
    count, replicates = parts.shape
    start = replicates - (rank + 1)
    if count == 1:
        return rank, np.partition(parts, start, axis=1)[:, start]
    top = np.argpartition(parts, start, axis=1)[:, start:]
    heights = np.take_along_axis(parts, top, axis=1)
    order = np.argsort(-heights, axis=1)
    best = np.full(replicates, rank + 1)
    for part in range(count):
        places = top[part, order[part]]
        best[places] = np.minimum(best[places], np.arange(rank + 1))
    cut = int(np.sort(best)[rank])
    return cut, heights[np.arange(count), order[:, cut]]


def _rank(tail: np.ndarray | float, defined: np.ndarray) -> np.ndarray:
    # Rounding first: 0.025 · 1000 may be 24.999…
    rank = np.floor(np.round(np.asarray(tail) * (defined + 1), 6)).astype(np.int64) - 1
    return np.clip(rank, 0, np.maximum(defined - 1, 0) // 2)
