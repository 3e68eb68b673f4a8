"""ScoreFigures: the metrics that no threshold enters, computed once for all thresholds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from softbio.fairness.intervals import Bounds, IntervalPlan, score_intervals
from softbio.fairness.metrics import METRICS, compute_scores
from softbio.fairness.scores import GroupScores

__all__ = ["ScoreFigures", "score_figures"]

_SCORED = [metric for metric in METRICS.values() if metric.needs == "scores"]
_BY_GROUP = [metric.name for metric in _SCORED if metric.scope == "group"]


@dataclass(frozen=True, eq=False)
class ScoreFigures:
    """Every score metric of the same faces.

    Attributes
    ----------
    by_group : dict of str to ndarray, shape (G,), float64
        The metrics of scope ``group``; NaN where undefined.
    overall : dict of str to float
        Those of scope ``overall``, and the group metrics over all faces together.
    intervals : dict of str to Bounds
        How sure they are, as `score_intervals` gives it; empty where that was not asked for.
    """

    by_group: dict[str, np.ndarray]
    overall: dict[str, float]
    intervals: dict[str, Bounds] = field(default_factory=dict)

    @classmethod
    def unknown(cls, groups: int) -> Self:
        """Return the figures of predictions that came without scores: all NaN."""
        by_group = {name: np.full(groups, np.nan) for name in _BY_GROUP}
        return cls(by_group, {metric.name: float("nan") for metric in _SCORED})


def score_figures(
    label: np.ndarray,
    score: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    person: np.ndarray | None = None,
    intervals: IntervalPlan | None = None,
) -> ScoreFigures:
    """Compute the metrics that no threshold enters.

    Parameters
    ----------
    label : array-like, shape (n,)
        0 or 1.
    score : array-like, shape (n,)
        Probability of label 1, in 0 … 1.
    group : array-like, shape (n,)
        Index into `groups`.
    groups : tuple of str
    person : array-like, shape (n,), optional
        Who is on each photograph, for intervals.
    intervals : IntervalPlan, optional

    Raises
    ------
    DataError
        If lengths differ, or a label, score or group is not as described.
    """
    scores = GroupScores(label, score, group, groups)
    apart, together = compute_scores(scores), compute_scores(scores.pooled(), _BY_GROUP)
    overall = {
        name: float(together[name][0] if name in together else value)
        for name, value in apart.items()
    }
    bounds = {}
    if intervals is not None:
        bounds = score_intervals(label, score, group, groups, intervals, person)
    return ScoreFigures({name: apart[name] for name in _BY_GROUP}, overall, bounds)
