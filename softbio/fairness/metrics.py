"""The table of metrics: every figure that softbio shows, with its meaning.

A metric of scope ``group`` gives a value for each group; pooled counts give
its value over all faces. A metric of scope ``overall`` judges the groups
together. All are pure functions of `GroupCounts` over any leading axes, except
the AUC, which needs the scores (`softbio.fairness.ranking`).

A rate whose denominator is 0 is undefined and NaN, and so is whatever is
computed from it: a group or cell without faces has no accuracy, and to call it
0 or 1 would be an invention.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from softbio.fairness.counts import GroupCounts

__all__ = ["METRICS", "Metric", "difference"]


@dataclass(frozen=True)
class Metric:
    """One metric.

    Attributes
    ----------
    name : str
        Never changes once released.
    title, description : str
        For a table's head and its tooltip.
    best : float or None
        The value to be wished for; None where there is none.
    range : (float, float)
        Lowest and highest value possible.
    reference : str
        Where it is defined.
    scope : {"group", "overall"}
    function : callable or None
        `GroupCounts` of shape (..., G, 2, 2) → float64 of shape (..., G) for
        scope ``group``, (...) for ``overall``; None where scores are needed.
    """

    name: str
    title: str
    description: str
    best: float | None
    range: tuple[float, float]
    reference: str
    scope: Literal["group", "overall"]
    function: Callable[[GroupCounts], np.ndarray] | None

    @property
    def needs(self) -> str:
        """What it is computed from: ``counts`` or ``scores``."""
        return "scores" if self.function is None else "counts"

    def __call__(self, counts: GroupCounts) -> np.ndarray:
        """Return the metric of `counts`; `ValueError` if it needs scores."""
        if self.function is None:
            raise ValueError(f"{self.name} needs scores, not counts")
        return self.function(counts)


def difference(values: np.ndarray) -> np.ndarray:
    """Return how far groups are apart along the last axis.

    Parameters
    ----------
    values : ndarray, shape (..., G)

    Returns
    -------
    ndarray, shape (...)
        Two groups: the first minus the second, with its sign. More: the
        largest minus the smallest. One: NaN. NaN also where a value is.
    """
    groups = values.shape[-1]
    if groups < 2:
        return np.full(values.shape[:-1], np.nan)
    if groups == 2:
        return np.asarray(values[..., 0] - values[..., 1])
    return np.asarray(values.max(axis=-1) - values.min(axis=-1))


def _rate(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    undefined = np.full(whole.shape, np.nan)
    return np.divide(part, whole, out=undefined, where=whole > 0)


def _n(counts: GroupCounts) -> np.ndarray:
    return counts.n.astype(np.float64)


def _prevalence(counts: GroupCounts) -> np.ndarray:
    return _rate(counts.values[..., 1, :].sum(axis=-1), counts.n)


def _selection_rate(counts: GroupCounts) -> np.ndarray:
    return _rate(counts.values[..., :, 1].sum(axis=-1), counts.n)


def _accuracy(counts: GroupCounts) -> np.ndarray:
    return _rate(counts.values[..., 0, 0] + counts.values[..., 1, 1], counts.n)


def _true_positive_rate(counts: GroupCounts) -> np.ndarray:
    return _rate(counts.values[..., 1, 1], counts.values[..., 1, :].sum(axis=-1))


def _true_negative_rate(counts: GroupCounts) -> np.ndarray:
    return _rate(counts.values[..., 0, 0], counts.values[..., 0, :].sum(axis=-1))


def _false_positive_rate(counts: GroupCounts) -> np.ndarray:
    return _rate(counts.values[..., 0, 1], counts.values[..., 0, :].sum(axis=-1))


def _false_negative_rate(counts: GroupCounts) -> np.ndarray:
    return _rate(counts.values[..., 1, 0], counts.values[..., 1, :].sum(axis=-1))


def _balanced_accuracy(counts: GroupCounts) -> np.ndarray:
    return (_true_positive_rate(counts) + _true_negative_rate(counts)) / 2


def _precision(counts: GroupCounts) -> np.ndarray:
    return _rate(counts.values[..., 1, 1], counts.values[..., :, 1].sum(axis=-1))


def _fair(accuracy: np.ndarray) -> np.ndarray:
    spread = accuracy.max(axis=-1) - accuracy.min(axis=-1)
    return np.asarray(accuracy.mean(axis=-1) - spread)


def _fair_metric(counts: GroupCounts) -> np.ndarray:
    return _fair(_accuracy(counts))


def _balanced_fair_metric(counts: GroupCounts) -> np.ndarray:
    return _fair(_balanced_accuracy(counts))


def _worst_cell_accuracy(counts: GroupCounts) -> np.ndarray:
    rates = np.stack([_true_negative_rate(counts), _true_positive_rate(counts)], axis=-1)
    return np.asarray(rates.min(axis=(-2, -1)))


_SHARE = (0.0, 1.0)
_ROC = "Fawcett 2006, An introduction to ROC analysis"
_CHALLENGE = "The data challenge's Fair Metric; with more than two groups, the gap is max − min"

_GROUP = [
    Metric("n", "Faces", "Faces that were judged.", None, (0.0, float("inf")), "–", "group", _n),
    Metric(
        "prevalence", "Prevalence", "Share of faces whose label is 1.",
        None, _SHARE, _ROC, "group", _prevalence,
    ),
    Metric(
        "selection_rate", "Selection rate",
        "Share of faces predicted 1; equal rates are demographic parity.",
        None, _SHARE, "Dwork et al. 2012, arXiv:1104.3913", "group", _selection_rate,
    ),
    Metric(
        "accuracy", "Accuracy", "Share of faces predicted as their label says.",
        1.0, _SHARE, _ROC, "group", _accuracy,
    ),
    Metric(
        "balanced_accuracy", "Balanced accuracy",
        "Mean of the true positive and the true negative rate: both labels count equally.",
        1.0, _SHARE, "Brodersen et al. 2010, doi:10.1109/ICPR.2010.764", "group",
        _balanced_accuracy,
    ),
    Metric(
        "true_positive_rate", "True positive rate",
        "Share predicted 1 among the faces whose label is 1 (recall); equal rates are equal "
        "opportunity.",
        1.0, _SHARE, "Hardt et al. 2016, arXiv:1610.02413", "group", _true_positive_rate,
    ),
    Metric(
        "true_negative_rate", "True negative rate",
        "Share predicted 0 among the faces whose label is 0 (specificity).",
        1.0, _SHARE, _ROC, "group", _true_negative_rate,
    ),
    Metric(
        "false_positive_rate", "False positive rate",
        "Share predicted 1 among the faces whose label is 0.",
        0.0, _SHARE, _ROC, "group", _false_positive_rate,
    ),
    Metric(
        "false_negative_rate", "False negative rate",
        "Share predicted 0 among the faces whose label is 1.",
        0.0, _SHARE, _ROC, "group", _false_negative_rate,
    ),
    Metric(
        "precision", "Precision",
        "Share whose label is 1 among the faces predicted 1; equal shares are predictive parity.",
        1.0, _SHARE, "Chouldechova 2017, arXiv:1703.00056", "group", _precision,
    ),
    Metric(
        "auc", "AUC",
        "Chance that a face of label 1 scores above a face of label 0 of the same group; no "
        "threshold enters.",
        1.0, _SHARE, "Hanley & McNeil 1982, doi:10.1148/radiology.143.1.7063747", "group", None,
    ),
]  # fmt: skip

_OVERALL = [
    Metric(
        "fair_metric", "Fair Metric",
        "Mean of the groups' accuracies minus the gap between the best and the worst group.",
        1.0, (-1.0, 1.0), _CHALLENGE, "overall", _fair_metric,
    ),
    Metric(
        "balanced_fair_metric", "Balanced Fair Metric",
        "The Fair Metric of the groups' balanced accuracies: every cell (group × label) counts "
        "equally.",
        1.0, (-1.0, 1.0), _CHALLENGE, "overall", _balanced_fair_metric,
    ),
    Metric(
        "worst_cell_accuracy", "Worst cell",
        "Accuracy in the cell (group × label) where it is lowest; undefined while a cell is "
        "empty.",
        1.0, _SHARE, "Sagawa et al. 2020, arXiv:1911.08731", "overall", _worst_cell_accuracy,
    ),
]  # fmt: skip


def _difference_of(metric: Metric) -> Metric:
    inner = metric.function
    return Metric(
        name=f"{metric.name}_difference",
        title=f"{metric.title}, difference",
        description=f"{metric.title} of the first group minus that of the second; with more "
        "than two groups, the largest minus the smallest.",
        best=None if metric.name == "prevalence" else 0.0,
        range=(-1.0, 1.0),
        reference=metric.reference,
        scope="overall",
        function=None if inner is None else lambda counts: difference(inner(counts)),
    )


#: Every metric by its name, in the order in which they are shown.
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in [
        *_GROUP,
        *_OVERALL,
        *(_difference_of(metric) for metric in _GROUP if metric.name != "n"),
    ]
}
