"""Evaluation: all metrics of one set of predictions, for tables and as JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from softbio.errors import ConfigError
from softbio.fairness.counts import GroupCounts, check_faces, predict_at
from softbio.fairness.figures import ScoreFigures
from softbio.fairness.figures import score_figures as figures_of
from softbio.fairness.intervals import IntervalPlan, Intervals, intervals_of
from softbio.fairness.metrics import METRICS, Metric, compute
from softbio.fairness.rules import DecisionRule
from softbio.fairness.scores import check_scores

__all__ = ["Evaluation", "MetricRow", "evaluate", "evaluate_counts"]

_POOLED = [
    metric.name
    for metric in METRICS.values()
    if metric.scope == "group" and metric.needs == "counts" and metric.name != "n"
]


class MetricRow(NamedTuple):
    """One line of the table of metrics.

    Attributes
    ----------
    metric : Metric
    values : dict of str to float
        For each group, NaN where undefined.
    difference : float
        Two groups: first minus second. More: largest minus smallest. NaN for
        `n`, where it means nothing.
    """

    metric: Metric
    values: dict[str, float]
    difference: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What each group gets from predictions, and the groups judged together.

    Attributes
    ----------
    counts : GroupCounts, shape (G, 2, 2)
    threshold : float or None
        A score above it means 1; None where predictions came without scores.
    by_group : dict of str to ndarray, shape (G,), float64
        Every metric of scope ``group``; NaN where undefined.
    overall : dict of str to float
        Every metric of scope ``overall``, and the group metrics but `n` over
        all faces together (``accuracy``, ``auc`` …); NaN where undefined.
    intervals : Intervals or None
        How sure each figure is, where that was asked for.
    rule : DecisionRule or None
        What made the predictions; None where that is not known.
    """

    counts: GroupCounts
    threshold: float | None
    by_group: dict[str, np.ndarray]
    overall: dict[str, float]
    intervals: Intervals | None = None
    rule: DecisionRule | None = None

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, in the order in which they are shown."""
        return self.counts.groups

    @property
    def n(self) -> int:
        """Faces that were judged."""
        return int(self.counts.values.sum())

    def small(self, minimum: int) -> np.ndarray:
        """Return which groups have fewer than `minimum` faces, bool, shape (G,).

        Their figures are given like all others, as they say little: a table
        greys them and shows how many faces they rest on.
        """
        return np.asarray(self.counts.n < minimum)

    def rows(self) -> list[MetricRow]:
        """Return a line for each metric of scope ``group``, in the order of `METRICS`."""
        return [
            MetricRow(
                METRICS[name],
                dict(zip(self.groups, values.tolist(), strict=True)),
                self.overall.get(f"{name}_difference", math.nan),
            )
            for name, values in self.by_group.items()
        ]

    def as_json(self, run: str | None = None, split: str | None = None) -> dict[str, Any]:
        """Return plain data in the shape of ``softbio evaluate --json``; undefined is None.

        With intervals each figure has ``low`` and ``high`` beside its ``value``,
        and ``intervals`` tells how they were made.
        """
        known = self.intervals
        told: dict[str, Any] = {
            "run": run,
            "split": split,
            "n": self.n,
            "threshold": self.threshold,
            "groups": {
                name: {
                    "n": int(self.counts.n[index]),
                    "counts": self.counts.values[index].tolist(),
                    **{
                        metric: _entry(
                            values[index], known.of_group(metric, index) if known else None
                        )
                        for metric, values in self.by_group.items()
                        if metric != "n"
                    },
                }
                for index, name in enumerate(self.groups)
            },
            "metrics": {
                name: _entry(value, known.of_all(name) if known else None)
                for name, value in self.overall.items()
            },
        }
        if self.rule is not None:
            told["rule"] = self.rule.model_dump(mode="json", exclude_none=True)
        if known is not None:
            told["intervals"] = {
                "level": known.level,
                "replicates": known.replicates,
                "by": known.by,
            }
        return told


def evaluate(
    label: np.ndarray,
    score: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    threshold: float = 0.5,
    *,
    score_figures: ScoreFigures | None = None,
    person: np.ndarray | None = None,
    intervals: IntervalPlan | None = None,
) -> Evaluation:
    """Evaluate scores at one threshold.

    Parameters
    ----------
    label : array-like, shape (n,)
        0 or 1.
    score : array-like, shape (n,)
        Probability of label 1, in 0 … 1.
    group : array-like, shape (n,)
        Index into `groups`.
    groups : tuple of str
    threshold : float
        In 0 … 1; a score above it means 1.
    score_figures : ScoreFigures, optional
        Of these scores, from `softbio.fairness.score_figures`, with intervals if
        these are wanted: they do not depend on the threshold, and are most of
        the work.
    person : array-like, shape (n,), optional
        Who is on each photograph, for intervals.
    intervals : IntervalPlan, optional
        How sure each figure is; None: not asked.

    Raises
    ------
    DataError
        If lengths differ, or a label, score or group is not as described.
    ConfigError
        If the threshold is outside 0 … 1, or people are to be drawn and
        `person` is not given.
    """
    if not 0.0 <= threshold <= 1.0:
        raise ConfigError(f"The threshold must lie in 0 … 1. Received: {threshold:g}.")
    label, score, group = np.asarray(label), np.asarray(score), np.asarray(group)
    if score.dtype.kind != "f":
        score = score.astype(np.float64)
    check_faces(label, score, group, groups)
    check_scores(score)
    prediction = predict_at(score, threshold)
    counts = GroupCounts.from_predictions(label, prediction, group, groups)
    if score_figures is None:
        score_figures = figures_of(label, score, group, groups, person, intervals)
    bounds = None
    if intervals is not None:
        bounds = intervals_of(
            label, prediction, group, groups, intervals, person, score_figures.intervals
        )
    return evaluate_counts(
        counts, threshold=float(threshold), score_figures=score_figures, intervals=bounds
    )


def evaluate_counts(
    counts: GroupCounts,
    *,
    threshold: float | None = None,
    rule: DecisionRule | None = None,
    score_figures: ScoreFigures | None = None,
    intervals: Intervals | None = None,
) -> Evaluation:
    """Evaluate counts of shape (G, 2, 2).

    Parameters
    ----------
    counts : GroupCounts
    threshold : float, optional
    rule : DecisionRule, optional
        What made the predictions, where that is known.
    score_figures : ScoreFigures, optional
        Of the scores behind the predictions: they do not depend on the
        threshold, and are most of the work. What needs scores is undefined
        where they are not given.
    intervals : Intervals, optional
    """
    scored = score_figures or ScoreFigures.unknown(len(counts.groups))
    apart, together = compute(counts), compute(counts.pooled(), _POOLED)
    by_group: dict[str, np.ndarray] = {}
    overall: dict[str, float] = {}
    for name, metric in METRICS.items():
        if metric.needs == "scores":
            overall[name] = scored.overall[name]
        elif name != "n":
            overall[name] = float(together[name][0] if name in together else apart[name])
        if metric.scope == "group":
            by_group[name] = (scored.by_group if metric.needs == "scores" else apart)[name]
    return Evaluation(counts, threshold, by_group, overall, intervals, rule)


def _entry(value: float, ends: tuple[float, float] | None) -> dict[str, float | None]:
    """Return a figure for JSON; `ends` is None where no intervals were asked for."""
    told = {"value": _number(value)}
    if ends is not None:
        told |= {"low": _number(ends[0]), "high": _number(ends[1])}
    return told


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
