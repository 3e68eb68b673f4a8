"""The change of a minimum or a maximum between two runs.

The Fair Metric, the worst cell, ranges and ratios are the smallest (or largest)
of several smooth parts. Where two parts are equal, just where good models
land, such a change is not a smooth function of the counts, and its percentile
interval does not keep its level. Let the minimum be ``A = min A_k`` after,
reached at i, and ``B = min B_k`` before, reached at j. Then

    A_i − B_i  ≤  A − B  ≤  A_j − B_j,

for B_i cannot be below B, nor A_j below A. Both ends are smooth, each is the
change of one part and so as sharp as pairing makes it, and each needs one tail
only: that it is passed by its own interval's bound. i and j are unknown, but
all parts that could be the smallest can be named: those that are not
significantly above the observed smallest. The lower bound is the smallest over
all such i, and the upper bound the largest over all such j, so it does not
matter which of them is the true one.

Where part i could be the smallest after, but not before (the worst cell is
another one now), ``A_i − B_i`` may lie far below the truth. Then ``A − B = A_i −
B_j`` for one of the j that could be the smallest before, and the bound is taken
over these.

Two runs with clear smallest parts have exactly the interval of the one smooth
difference; a run against itself has an interval of no width. Where parts tie
before and after, the interval errs on the wide side: the truth would have to
lie beyond the bounds of all of them. In simulations (``bench/changes.py``) 95 %
intervals hold the truth 94 to 97 % of the time where the smallest part is clear,
and 99 to 100 % of the time at ties. A maximum is the mirror image.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

__all__ = ["Interval", "extreme_change"]

#: (samples (M, R), observed (M,), tail) → low (M,), high (M,)
Interval = Callable[[np.ndarray, np.ndarray, float], tuple[np.ndarray, np.ndarray]]

#: Tail beyond which a part is not the smallest, for a tail of 2.5 %: a fifth of it.
_RULED_OUT = 0.2


def extreme_change(
    before: np.ndarray,
    after: np.ndarray,
    drawn_before: np.ndarray,
    drawn_after: np.ndarray,
    extreme: str,
    interval: Interval,
    tail: float,
) -> tuple[float, float]:
    """Return the interval of the change of the smallest or largest part.

    Parameters
    ----------
    before, after : ndarray, shape (K,)
        The parts as observed.
    drawn_before, drawn_after : ndarray, shape (K, R)
        The parts in replicates that drew the same faces for both runs.
    extreme : {"min", "max"}
    interval : callable
        What makes bounds of smooth figures.
    tail : float
        Share to be cut off at each end.

    Returns
    -------
    low, high : float
        NaN where a part is undefined.
    """
    if extreme == "max":
        low, high = extreme_change(
            -before, -after, -drawn_before, -drawn_after, "min", interval, tail
        )
        return -high, -low
    if np.isnan(before).any() or np.isnan(after).any():
        return float("nan"), float("nan")
    first = _candidates(before, drawn_before, interval, tail)
    second = _candidates(after, drawn_after, interval, tail)
    lower = [(i, j) for i in second for j in ([i] if i in first else first)]
    upper = [(i, j) for j in first for i in ([j] if j in second else second)]
    pairs = sorted({*lower, *upper})
    i, j = (np.array(each) for each in zip(*pairs, strict=True))
    with np.errstate(invalid="ignore"):
        lows, highs = interval(drawn_after[i] - drawn_before[j], after[i] - before[j], tail)
    place = {pair: index for index, pair in enumerate(pairs)}
    return (
        float(lows[[place[pair] for pair in lower]].min()),
        float(highs[[place[pair] for pair in upper]].max()),
    )


def _candidates(parts: np.ndarray, drawn: np.ndarray, interval: Interval, tail: float) -> list[int]:
    """Return which parts could be the smallest."""
    smallest = int(np.argmin(parts))
    with np.errstate(invalid="ignore"):
        above = parts - parts[smallest]
        low, _ = interval(drawn - drawn[smallest], above, tail * _RULED_OUT)
    return [k for k in range(len(parts)) if not low[k] > 0]
