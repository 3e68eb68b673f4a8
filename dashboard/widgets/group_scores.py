"""Everything that charts of scores are drawn from, computed once for each selection of faces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from softbio.fairness import (
    METRICS,
    Calibration,
    DecisionRule,
    GroupCounts,
    GroupScores,
    Reliability,
    Sweep,
    common_rule,
    reliability,
    sweep,
)
from softbio.runs import Selection

__all__ = ["BINS", "DrawnScores", "Marks", "as_rule", "drawn_scores", "marks"]

#: Thresholds of a sweep at most: more than a chart has pixels.
_POINTS = 600
#: Bars of the histogram.
BINS = 40
#: Calibrations of one selection that are kept.
_KEPT = 4


@dataclass(frozen=True, eq=False)
class DrawnScores:
    """Scores of the groups, ready to be drawn.

    Attributes
    ----------
    groups : tuple of str
    calibrated : bool
        Whether they were calibrated first.
    sweep : Sweep
        At most `_POINTS` thresholds.
    auc, average_precision : ndarray, shape (G,)
        Exact, of all faces; NaN where undefined.
    histogram : ndarray, shape (G, 2, BINS), int64
        Faces by group, label and score, in bins of equal width.
    reliability : Reliability
    """

    groups: tuple[str, ...]
    calibrated: bool
    sweep: Sweep
    auc: np.ndarray
    average_precision: np.ndarray
    histogram: np.ndarray
    reliability: Reliability


@dataclass(frozen=True, eq=False)
class Marks:
    """Where a rule stands on the curves.

    Attributes
    ----------
    false_positive_rate, true_positive_rate, precision : ndarray, shape (G,)
        Of the rule's predictions, exactly; NaN where undefined.
    thresholds : dict of str to float
        By the group's name; ``""`` for a threshold that is everybody's.
    """

    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    precision: np.ndarray
    thresholds: dict[str, float]


_known: WeakKeyDictionary[Selection, dict[Calibration | None, DrawnScores]] = WeakKeyDictionary()


def drawn_scores(selection: Selection, calibration: Calibration | None = None) -> DrawnScores:
    """Return what charts need to know of the scores; the same object while the selection lives."""
    kept = _known.setdefault(selection, {})
    if calibration not in kept:
        for old in list(kept)[: len(kept) + 1 - _KEPT]:
            kept.pop(old, None)  # another session may have been faster
        kept[calibration] = _drawn(selection, calibration)
    return kept[calibration]


def as_rule(threshold: float | Mapping[str, float] | DecisionRule) -> DecisionRule:
    """Return the rule that a threshold, thresholds by group, or a rule stands for."""
    if isinstance(threshold, DecisionRule):
        return threshold
    if isinstance(threshold, Mapping):
        return DecisionRule(kind="per_group", thresholds=dict(threshold))
    return common_rule(float(threshold))


def marks(selection: Selection, rule: DecisionRule) -> Marks:
    """Return where `rule` stands on the curves of the selection's groups."""
    prediction = rule.predict(selection.score, selection.column, selection.column_groups)
    counts = GroupCounts.from_predictions(
        selection.label, prediction, selection.group, selection.groups
    )
    return Marks(
        false_positive_rate=METRICS["false_positive_rate"](counts),
        true_positive_rate=METRICS["true_positive_rate"](counts),
        precision=METRICS["precision"](counts),
        thresholds=dict(rule.thresholds) if rule.threshold is None else {"": rule.threshold},
    )


def _drawn(selection: Selection, calibration: Calibration | None) -> DrawnScores:
    label, score, group = selection.label, selection.score, selection.group
    if calibration is not None:
        score = calibration.apply(score, selection.column, selection.column_groups)
    groups = selection.groups
    figures = GroupScores(label, score, group, groups).figures
    place = np.minimum((score * BINS).astype(np.int64), BINS - 1)
    cells = (group.astype(np.int64) * 2 + label) * BINS + place
    histogram = np.bincount(cells, minlength=len(groups) * 2 * BINS)
    return DrawnScores(
        groups=groups,
        calibrated=calibration is not None,
        sweep=sweep(label, score, group, groups, most=_POINTS),
        auc=figures["auc"],
        average_precision=figures["average_precision"],
        histogram=histogram.reshape(len(groups), 2, BINS),
        reliability=reliability(label, score, group, groups),
    )
