"""Intervals of every count metric, gap and pooled figure, from the same replicates."""

from __future__ import annotations

import numpy as np

from softbio.fairness.counts import GroupCounts
from softbio.fairness.intervals.bounds import Ends
from softbio.fairness.intervals.figures import Bounds, Figures, Tails, figure_intervals
from softbio.fairness.intervals.rates import RATES, effective_rates, wilson
from softbio.fairness.intervals.smoothing import smoothed
from softbio.fairness.metrics import METRICS, Metric
from softbio.fairness.metrics.cells import Cells
from softbio.fairness.metrics.spread import each_value

__all__ = ["count_intervals"]


def count_intervals(
    counts: GroupCounts,
    replicated: GroupCounts,
    level: float = 0.95,
    *,
    people: np.ndarray | None = None,
    seed: int = 0,
) -> dict[str, Bounds]:
    """Return the interval of every metric that is computed from counts.

    - Single rates of a group, and of all faces: Wilson's interval, by person
      with the effective number of faces (`rate_intervals`).
    - Smooth figures, as signed differences between two groups: percentile
      intervals of smoothed replicates (`smoothed`), wider where there are few
      people (`widened`).
    - Smallest and largest of several, as the Fair Metric, the worst cell, ranges
      and ratios: made from the bounds of their parts (`extreme_interval`); of
      parts that are single rates, as in the worst cell, these are Wilson's.

    Every interval holds the observed value and stays within the metric's range.
    A metric that is undefined, or undefined in more than 5 % of the replicates,
    has none: NaN. (A rate's denominator is empty that often when it holds fewer
    than three faces, or people.)

    Parameters
    ----------
    counts : GroupCounts, shape (G, 2, 2)
    replicated : GroupCounts, shape (R, G, 2, 2)
        From `resample` or `resample_people`.
    level : float
    people : ndarray, shape (K, G, 2, 2), optional
        From `person_counts`: given if, and only if, people were drawn.
    seed : int
        Of the smoothing.

    Returns
    -------
    dict of str to (low, high)
        For a metric of scope ``group`` arrays of shape (G,), and numbers under
        ``all:<name>`` for all faces together; numbers for a metric of scope
        ``overall``. All count metrics but `n`.
    """
    everybody = None if people is None else people.sum(axis=1, keepdims=True)
    replicates = smoothed(counts, replicated, people, seed)
    tails = Tails.of(level, len(counts.groups), None if people is None else people.sum((-2, -1)))
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = Figures(Cells(counts.values), Cells(replicates))
        together = Figures(
            Cells(counts.pooled().values), Cells(replicates.sum(axis=1, keepdims=True))
        )
        rates = effective_rates(counts, replicated, level, people)
        pooled = effective_rates(counts.pooled(), replicated.pooled(), level, everybody)
        found: dict[str, Bounds] = {}
        for name in RATES:
            found[name] = wilson(*rates[name], level)
            low, high = wilson(*pooled[name], level)
            found[f"all:{name}"] = float(low[0]), float(high[0])
        others = [
            metric
            for name, metric in METRICS.items()
            if metric.needs == "counts" and name != "n" and name not in RATES
        ]
        found |= figure_intervals(
            others, apart, together, tails, lambda metric: _rate_ends(metric, rates, level)
        )
    return found


def _rate_ends(
    metric: Metric, rates: dict[str, tuple[np.ndarray, np.ndarray]], level: float
) -> Ends | None:
    """Return Wilson's ends of the parts where these are single rates, as of the worst cell."""
    if metric.parts is not each_value or not all(name in RATES for name in metric.of):
        return None
    successes, n = (np.concatenate([rates[name][index] for name in metric.of]) for index in (0, 1))
    return lambda share: wilson(successes, n, 1 - (1 - level) * share)
