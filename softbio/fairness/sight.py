"""Sight: which gaps between groups the judged faces could show at all, and how many would show one."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from softbio.fairness.intervals import wilson
from softbio.fairness.power import Needed, needed_n, smallest_gap

if TYPE_CHECKING:
    from softbio.fairness.evaluation import Evaluation

__all__ = ["POWER", "Sight", "sights"]

#: Chance with which a gap is to be seen.
POWER = 0.8
#: Rates, and which part of the counts is their denominator: all faces, or those of one label.
_RATES = {"accuracy": None, "true_positive_rate": 1, "true_negative_rate": 0}


class Sight(NamedTuple):
    """What the faces can show of one rate.

    Attributes
    ----------
    metric : str
    first, second : str
        The two groups between which a gap is hardest to see.
    n : (int, int)
        Their faces.
    rate : float
        Of both together.
    gap : float
        The smallest gap that would be seen with the chance `POWER`; NaN where so
        few faces cannot show any.
    needed : Needed or None
        Faces of the two that would show the wanted gap, in the present proportion;
        None where no gap was named, or no rate lies that far away.
    """

    metric: str
    first: str
    second: str
    n: tuple[int, int]
    rate: float
    gap: float
    needed: Needed | None


def sights(evaluation: Evaluation, wanted: float | None = None) -> list[Sight]:
    """Return what the faces of an evaluation can show, for accuracy and both labels' rates.

    A comparison that finds nothing says little where it could not have found
    anything. Where intervals are by person, faces count as many as their
    intervals say: a person's photographs tell less than as many people's.

    Parameters
    ----------
    evaluation : Evaluation
    wanted : float, optional
        A gap that is to be seen, in 0 … 1.

    Returns
    -------
    list of Sight
        Empty with fewer than two groups; rates that are undefined are left out.
    """
    level = 0.95 if evaluation.intervals is None else evaluation.intervals.level
    found = []
    for metric, label in _RATES.items():
        sizes = evaluation.counts.n if label is None else evaluation.counts.cell_sizes[:, label]
        rates = evaluation.by_group[metric]
        usable = [index for index in range(len(sizes)) if sizes[index]]
        each = sizes / _designs(evaluation, metric, sizes, rates, level)
        hardest: Sight | None = None
        for one, two in combinations(usable, 2):
            n = int(sizes[one]), int(sizes[two])
            rate = float(np.average(rates[[one, two]], weights=n))
            gap = smallest_gap(float(each[one]), float(each[two]), rate, level, POWER)
            if hardest is None or math.isnan(gap) or gap > hardest.gap:
                needed = _needed(wanted, rate, n, float(sum(n) / (each[one] + each[two])), level)
                groups = evaluation.groups
                hardest = Sight(metric, groups[one], groups[two], n, rate, gap, needed)
            if math.isnan(gap):
                break
        if hardest is not None:
            found.append(hardest)
    return found


def _designs(
    evaluation: Evaluation, metric: str, sizes: np.ndarray, rates: np.ndarray, level: float
) -> np.ndarray:
    """Return how many faces tell as much as one, per group: at least 1."""
    known = evaluation.intervals
    if known is None or known.by == "face" or metric not in known.by_group:
        return np.ones(len(sizes))
    low, high = known.by_group[metric]
    plain_low, plain_high = wilson(np.nan_to_num(rates) * sizes, sizes, level)
    plain = np.asarray(plain_high) - np.asarray(plain_low)
    ratio = np.divide(high - low, plain, out=np.ones(len(sizes)), where=plain > 0)
    return np.maximum(np.nan_to_num(ratio, nan=1.0) ** 2, 1.0)


def _needed(
    wanted: float | None, rate: float, n: tuple[int, int], design: float, level: float
) -> Needed | None:
    if wanted is None or not 0.0 < wanted <= max(rate, 1 - rate):
        return None
    return needed_n(wanted, rate, n[0] / sum(n), level, POWER, max(design, 1.0))
