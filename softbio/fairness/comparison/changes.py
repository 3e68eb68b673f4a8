"""The change of every metric between two runs, each with its interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from softbio.fairness.comparison.change import Change
from softbio.fairness.comparison.design import design_effect
from softbio.fairness.comparison.extremes import extreme_change
from softbio.fairness.comparison.paired_rates import rate_changes
from softbio.fairness.comparison.pairs import PairedFaces
from softbio.fairness.intervals.bounds import percentile_interval
from softbio.fairness.intervals.design import effective_people, widened
from softbio.fairness.intervals.plan import IntervalPlan
from softbio.fairness.metrics import METRICS, Metric
from softbio.fairness.metrics.cells import Cells
from softbio.fairness.scores import GroupScores

__all__ = ["count_changes", "score_changes"]

#: A running sum over all faces is needed for each replicate of what is made from scores. So there
#: are few of them, and their spread is taken, which few replicates tell better than quantiles.
_SCORE_REPLICATES = 200

#: Known before any prediction is made.
_UNMOVED = {"n", "prevalence"}

_Found = dict[str, Change]


def count_changes(faces: PairedFaces, plan: IntervalPlan) -> _Found:
    """Return the change of every metric that is computed from counts.

    Rates over faces that no prediction can move in or out of (accuracy, true
    positive rate …) have Tango's interval, what is smooth the percentile
    interval of a paired bootstrap, minima and maxima that of `extreme_change`.
    Runs that predict the same for every face do not differ: their intervals
    have no width.

    Parameters
    ----------
    faces : PairedFaces
    plan : IntervalPlan

    Returns
    -------
    dict of str to Change
        For a metric of scope ``group`` arrays of shape (G,), and numbers under
        ``all:<name>`` for all faces together; numbers for scope ``overall``.
    """
    tail = (1 - plan.level) / 2
    people = faces.people
    tails = np.full(len(faces.groups), tail), np.array([tail])
    if people is not None:
        sizes = people.sum(axis=(-3, -2, -1))
        each, everybody = effective_people(sizes), effective_people(sizes.sum(axis=1))
        tails = widened(tail, each), widened(tail, everybody[None])
    drawn_before, drawn_after = _drawn(faces, plan)
    pooled = faces.pooled()
    one = [drawn.sum(axis=1, keepdims=True) for drawn in (drawn_before, drawn_after)]
    apart = _Both(
        (Cells(faces.counts.before.values), Cells(drawn_before)),
        (Cells(faces.counts.after.values), Cells(drawn_after)),
        _percentile,
    )
    together = _Both(
        (Cells(pooled.counts.before.values), Cells(one[0])),
        (Cells(pooled.counts.after.values), Cells(one[1])),
        _percentile,
    )
    rates, pooled_rates = rate_changes(faces, plan.level), rate_changes(pooled, plan.level)
    found: _Found = {}
    with np.errstate(divide="ignore", invalid="ignore"):
        for name, metric in METRICS.items():
            if metric.needs != "counts":
                continue
            if _UNMOVED & {name, *metric.of}:
                found[name] = apart.unchanged(metric)
                if metric.scope == "group":
                    found[f"all:{name}"] = together.unchanged(metric)[0]
            elif metric.scope == "overall":
                found[name] = apart.change(metric, float(tails[0].min()))
            elif name in rates:
                found[name], found[f"all:{name}"] = rates[name], pooled_rates[name][0]
            else:
                found[name] = apart.change(metric, tails[0])
                found[f"all:{name}"] = together.change(metric, tails[1])[0]
    return found


def score_changes(
    faces: PairedFaces, before: np.ndarray, after: np.ndarray, plan: IntervalPlan
) -> _Found:
    """Return the change of every metric that is computed from scores.

    The same faces, or people, are drawn for both runs, 200 times at most. The
    interval is the change ± Student's quantile times its spread over these.

    Parameters
    ----------
    faces : PairedFaces
    before, after : ndarray, shape (n,), floating
        The scores of the baseline and of the new run.
    plan : IntervalPlan

    Returns
    -------
    dict of str to Change
        Keyed as in `count_changes`.
    """
    most = min(plan.replicates, _SCORE_REPLICATES)
    if faces.person is None:
        weights = faces.weights(replace(plan, replicates=most))
    else:
        weights = faces.weights(plan)[:most, faces.person]
    tail = (1 - plan.level) / 2
    once = [GroupScores(faces.label, each, faces.group, faces.groups) for each in (before, after)]
    drawn = [replace(each, weights=weights) for each in once]
    apart = _Both((once[0], drawn[0]), (once[1], drawn[1]), _student)
    together = _Both(
        (once[0].pooled(), drawn[0].pooled()), (once[1].pooled(), drawn[1].pooled()), _student
    )
    found: _Found = {}
    with np.errstate(divide="ignore", invalid="ignore"):
        for name, metric in METRICS.items():
            if metric.needs == "scores":
                found[name] = apart.change(metric, tail)
                if metric.scope == "group":
                    found[f"all:{name}"] = together.change(metric, tail)[0]
    return found


_Source = tuple[Cells, Cells] | tuple[GroupScores, GroupScores]


class _Both:
    """Metrics of both runs, as observed and in every replicate, each computed once."""

    def __init__(self, before: _Source, after: _Source, interval: Callable) -> None:
        self._sources = [*before, *after]
        self._known: list[dict[str, np.ndarray]] = [{}, {}, {}, {}]
        self._interval = interval

    def change(self, metric: Metric, tail: np.ndarray | float) -> Change:
        """Return the change of a metric; `tail` is one number for overall metrics."""
        before, drawn_before, after, drawn_after = self._values(metric)
        if metric.parts is not None:
            assert metric.extreme is not None
            bases = [self._values(base) for base in metric.bases]
            parts = [metric.parts(*(base[side] for base in bases)) for side in range(4)]
            low, high = extreme_change(
                parts[0],
                parts[2],
                np.ascontiguousarray(parts[1].T),
                np.ascontiguousarray(parts[3].T),
                metric.extreme,
                self._interval,
                float(np.min(tail)),
            )
            return Change.of(before, after, low, high)
        shape = before.shape
        samples = (drawn_after - drawn_before).reshape(len(drawn_after), -1).T
        low, high = self._interval(samples, (after - before).ravel(), tail)
        return Change.of(before, after, low.reshape(shape), high.reshape(shape))

    def unchanged(self, metric: Metric) -> Change:
        """Return the change of a metric that no prediction changes."""
        before, _, after, _ = self._values(metric)
        return Change.of(before, after, after - before, after - before)

    def _values(self, metric: Metric) -> list[np.ndarray]:
        return [
            metric.from_source(source, known)
            for source, known in zip(self._sources, self._known, strict=True)
        ]


def _percentile(
    samples: np.ndarray, observed: np.ndarray, tail: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    low, high = percentile_interval(np.array(samples, order="C"), tail)
    return np.minimum(low, observed), np.maximum(high, observed)


def _student(
    samples: np.ndarray, observed: np.ndarray, tail: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import stdtrit

    half = stdtrit(samples.shape[1] - 1, 1 - np.asarray(tail)) * samples.std(axis=1, ddof=1)
    return observed - half, observed + half


def _drawn(faces: PairedFaces, plan: IntervalPlan) -> tuple[np.ndarray, np.ndarray]:
    """Return both runs' counts drawn anew, (R, G, 2, 2) float64 each.

    To the faces that changed, of either direction in each cell, an uncertain
    half is added: a Gamma variable of shape ½, times the design effect. Where
    none or few changed, no replicate could tell what might have
    (`softbio.fairness.intervals.smoothing` has the argument).
    """
    values = faces.redraw(plan).values
    # One outermost axis per cell keeps the replicates contiguous, as `Cells` wants them.
    by_cell = np.moveaxis(values, 0, -1).astype(np.float64)
    if not faces.counts.same:
        cells = len(faces.groups) * 2
        effect = np.ones(cells)
        if faces.person is not None:
            moved = faces.after - faces.before
            effect = design_effect(moved, faces.group * 2 + faces.label, cells, faces.person)
        draws = np.random.default_rng([plan.seed, 2]).standard_normal(
            (2, len(faces.groups), 2, len(values))
        )
        halves = draws * draws / 2 * effect.reshape(-1, 2, 1)
        # A cell that was lost stays undefined, so that it can be told how often that happens.
        halves *= by_cell.sum(axis=(2, 3)) > 0
        by_cell[:, :, 0, 1] += halves[0]
        by_cell[:, :, 1, 0] += halves[1]
    return (
        np.moveaxis(by_cell.sum(axis=3), -1, 0),
        np.moveaxis(by_cell.sum(axis=2), -1, 0),
    )
