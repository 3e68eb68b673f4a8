"""Intervals of every count metric, gap and pooled figure, from the same replicates."""

from __future__ import annotations

import numpy as np

from softbio.fairness.counts import GroupCounts
from softbio.fairness.intervals.bounds import Ends, extreme_interval, percentile_interval
from softbio.fairness.intervals.design import effective_people, widened
from softbio.fairness.intervals.rates import RATES, effective_rates, wilson
from softbio.fairness.intervals.smoothing import smoothed
from softbio.fairness.metrics import METRICS, Metric
from softbio.fairness.metrics.cells import Cells
from softbio.fairness.metrics.spread import each_value

__all__ = ["Bounds", "count_intervals"]

#: The lower and the upper ends: arrays of shape (G,) for group metrics, numbers for the others.
Bounds = tuple[np.ndarray, np.ndarray] | tuple[float, float]


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
    replicates = smoothed(counts, replicated, people, seed)
    tail = (1 - level) / 2
    faces = None if people is None else people.sum(axis=(-2, -1))
    by_group = np.full(len(counts.groups), tail)
    overall = pooled = np.array([tail])
    if faces is not None:
        by_group = widened(tail, effective_people(faces))
        overall = by_group.min(keepdims=True)
        pooled = widened(tail, effective_people(faces.sum(axis=1, keepdims=True)))
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = _Figures(counts.values, replicates)
        together = _Figures(
            counts.values.sum(axis=0, keepdims=True), replicates.sum(axis=1, keepdims=True)
        )
        rates = effective_rates(counts, replicated, level, people)
        pooled_rates = effective_rates(
            counts.pooled(),
            replicated.pooled(),
            level,
            None if people is None else people.sum(axis=1, keepdims=True),
        )
        asked = _Smooth()
        found: dict[str, Bounds] = {}
        for metric in METRICS.values():
            name = metric.name
            if metric.needs != "counts" or name == "n":
                continue
            if metric.scope == "overall":
                if metric.parts is None:
                    asked.add(name, apart, metric, overall)
                else:
                    found[name] = apart.extreme(
                        metric, float(overall[0]), _rate_ends(metric, rates, level)
                    )
            elif name in rates:
                found[name] = wilson(*rates[name], level)
                low, high = wilson(*pooled_rates[name], level)
                found[f"all:{name}"] = float(low[0]), float(high[0])
            else:
                asked.add(name, apart, metric, by_group)
                asked.add(f"all:{name}", together, metric, pooled, single=True)
        found.update(asked.intervals())
    return found


def _rate_ends(
    metric: Metric, rates: dict[str, tuple[np.ndarray, np.ndarray]], level: float
) -> Ends | None:
    """Return Wilson's ends of the parts where these are single rates, as of the worst cell."""
    if metric.parts is not each_value or not all(name in RATES for name in metric.of):
        return None
    successes, n = (np.concatenate([rates[name][index] for name in metric.of]) for index in (0, 1))
    return lambda share: wilson(successes, n, 1 - (1 - level) * share)


class _Figures:
    """Metrics as observed and in every replicate, each computed once."""

    def __init__(self, observed: np.ndarray, replicates: np.ndarray) -> None:
        self._observed, self._replicates = Cells(observed), Cells(replicates)
        self._known: tuple[dict[str, np.ndarray], dict[str, np.ndarray]] = {}, {}

    def both(self, metric: Metric) -> tuple[np.ndarray, np.ndarray]:
        """Return the metric as observed and in every replicate."""
        observed, replicates = self._known
        return (
            metric.from_source(self._observed, observed),
            metric.from_source(self._replicates, replicates),
        )

    def extreme(self, metric: Metric, tail: float, ends: Ends | None) -> tuple[float, float]:
        """Return the interval of a smallest or largest of several figures."""
        assert metric.parts is not None and metric.extreme is not None
        bases = [self.both(base) for base in metric.bases]
        observed = metric.parts(*(each for each, _ in bases))
        replicates = metric.parts(*(each for _, each in bases))
        low, high = extreme_interval(
            np.ascontiguousarray(replicates.T), observed, metric.extreme, tail, ends
        )
        value = float(observed.min() if metric.extreme == "min" else observed.max())
        lower, upper = _about(value, np.array(low), np.array(high), metric.range)
        return float(lower), float(upper)


class _Smooth:
    """Smooth figures, gathered so that all their replicates are sorted in one call."""

    def __init__(self) -> None:
        self._rows: list[np.ndarray] = []
        self._tails: list[np.ndarray] = []
        self._names: list[tuple[str, Metric, np.ndarray, bool]] = []

    def add(
        self, key: str, figures: _Figures, metric: Metric, tail: np.ndarray, single: bool = False
    ) -> None:
        """Ask for the interval of a metric; `single`, or of scope overall, gives numbers."""
        observed, replicates = figures.both(metric)
        self._rows.append(np.atleast_2d(replicates.T))
        self._tails.append(tail)
        self._names.append((key, metric, observed, single or metric.scope == "overall"))

    def intervals(self) -> dict[str, Bounds]:
        lows, highs = percentile_interval(np.concatenate(self._rows), np.concatenate(self._tails))
        found: dict[str, Bounds] = {}
        start = 0
        for (key, metric, observed, number), rows in zip(self._names, self._rows, strict=True):
            part = slice(start, start + len(rows))
            start += len(rows)
            low, high = _about(observed, lows[part], highs[part], metric.range)
            found[key] = (float(low[0]), float(high[0])) if number else (low, high)
        return found


def _about(
    observed: np.ndarray | float, low: np.ndarray, high: np.ndarray, within: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return ends that hold what was observed and lie in the metric's range; NaN where it is NaN.

    Smoothing moves replicates a little away from the ends of the range; where
    the observed value stands at an end, so does the interval's.
    """
    return (
        np.clip(np.minimum(low, observed), *within),
        np.clip(np.maximum(high, observed), *within),
    )
