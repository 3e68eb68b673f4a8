"""Intervals of metrics from their replicates, whatever they are computed from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from softbio.fairness.intervals.bounds import Ends, extreme_interval, percentile_interval
from softbio.fairness.intervals.design import effective_people, widened
from softbio.fairness.metrics import Metric
from softbio.fairness.metrics.cells import Cells
from softbio.fairness.scores import GroupScores

__all__ = ["Bounds", "Figures", "Tails", "figure_intervals"]

#: The lower and the upper ends: arrays of shape (G,) for group metrics, numbers for the others.
Bounds = tuple[np.ndarray, np.ndarray] | tuple[float, float]


class Figures:
    """Metrics as observed and in every replicate, each computed once.

    Parameters
    ----------
    observed, replicates : Cells or GroupScores
        What metrics are computed from; the second with an axis of R replicates.
    known : (dict, dict), optional
        Metrics that are there already, as observed and in every replicate.
    """

    def __init__(
        self,
        observed: Cells | GroupScores,
        replicates: Cells | GroupScores,
        known: tuple[dict[str, np.ndarray], dict[str, np.ndarray]] | None = None,
    ) -> None:
        self._observed, self._replicates = observed, replicates
        self._known = ({}, {}) if known is None else known

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


@dataclass(frozen=True)
class Tails:
    """Share that percentile intervals cut off at each end.

    Attributes
    ----------
    groups : ndarray, shape (G,)
    overall : ndarray, shape (1,)
        Of what judges the groups together: that of the group with the fewest
        effective people.
    pooled : ndarray, shape (1,)
        Of all faces together.
    """

    groups: np.ndarray
    overall: np.ndarray
    pooled: np.ndarray

    @classmethod
    def of(cls, level: float, n_groups: int, faces: np.ndarray | None) -> Tails:
        """Return the tails of intervals at `level`; `faces` (K, G) of each person, or None."""
        tail = (1 - level) / 2
        if faces is None:
            return cls(np.full(n_groups, tail), np.array([tail]), np.array([tail]))
        groups = widened(tail, effective_people(faces))
        pooled = widened(tail, effective_people(faces.sum(axis=1, keepdims=True)))
        return cls(groups, groups.min(keepdims=True), pooled)


def figure_intervals(
    metrics: Iterable[Metric],
    apart: Figures,
    together: Figures,
    tails: Tails,
    ends: Callable[[Metric], Ends | None] = lambda metric: None,
) -> dict[str, Bounds]:
    """Return the intervals of metrics from their replicates.

    Parameters
    ----------
    metrics : iterable of Metric
    apart, together : Figures
        Of the groups, and of all faces as one group.
    tails : Tails
    ends : callable, optional
        Gives the bounds of a metric's parts where there are better ones than
        percentiles, see `extreme_interval`.

    Returns
    -------
    dict of str to (low, high)
        As `count_intervals` returns them.
    """
    smooth = _Smooth()
    found: dict[str, Bounds] = {}
    for metric in metrics:
        if metric.scope == "group":
            smooth.add(metric.name, apart, metric, tails.groups)
            smooth.add(f"all:{metric.name}", together, metric, tails.pooled, single=True)
        elif metric.parts is None:
            smooth.add(metric.name, apart, metric, tails.overall, single=True)
        else:
            found[metric.name] = apart.extreme(metric, float(tails.overall[0]), ends(metric))
    return found | smooth.intervals()


class _Smooth:
    """Smooth figures, gathered so that all their replicates are sorted in one call."""

    def __init__(self) -> None:
        self._rows: list[np.ndarray] = []
        self._tails: list[np.ndarray] = []
        self._names: list[tuple[str, Metric, np.ndarray, bool]] = []

    def add(
        self, key: str, figures: Figures, metric: Metric, tail: np.ndarray, single: bool = False
    ) -> None:
        """Ask for the interval of a metric; `single`: numbers, not arrays."""
        observed, replicates = figures.both(metric)
        self._rows.append(np.atleast_2d(replicates.T))
        self._tails.append(tail)
        self._names.append((key, metric, observed, single))

    def intervals(self) -> dict[str, Bounds]:
        """Return the intervals of all that were asked for, by their keys."""
        if not self._rows:
            return {}
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
