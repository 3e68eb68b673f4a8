"""What each group gets: the metrics of scope ``group``, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from softbio.fairness.metrics.cells import Cells
from softbio.fairness.metrics.metric import Metric
from softbio.fairness.ranked import CLIP
from softbio.fairness.scores import GroupScores

__all__ = ["GROUP_METRICS"]

_SHARE = (0.0, 1.0)
_ROC = "Fawcett 2006, An introduction to ROC analysis"
_LABEL_0, _LABEL_1 = "faces with label 0", "faces with label 1"
_BOTH = "faces with one of the two labels"


def _counted(
    name: str,
    title: str,
    description: str,
    best: float | None,
    reference: str,
    empty: str,
    function: Callable[[Cells], np.ndarray],
    bounds: tuple[float, float] = _SHARE,
    unit: Literal["faces", "share", "number"] = "share",
) -> Metric:
    return Metric(
        name, title, description, best, bounds, reference, "group", "counts", empty, unit, function
    )


def _scored(
    name: str,
    title: str,
    description: str,
    best: float,
    reference: str,
    empty: str,
    bounds: tuple[float, float] = _SHARE,
    unit: Literal["faces", "share", "number"] = "share",
) -> Metric:
    def function(scores: GroupScores) -> np.ndarray:
        return scores.figures[name]

    return Metric(
        name, title, description, best, bounds, reference, "group", "scores", empty, unit, function
    )


def _balanced_accuracy(cells: Cells) -> np.ndarray:
    return (cells.true_positive_rate + cells.true_negative_rate) / 2


def _mcc(cells: Cells) -> np.ndarray:
    # Roots before the product: four counts of a billion faces would lose their last digits.
    size = np.sqrt(cells.positives * cells.selected) * np.sqrt(cells.negatives * cells.rejected)
    return np.clip((cells.tp * cells.tn - cells.fp * cells.fn) / size, -1.0, 1.0)


def _error_ratio(cells: Cells) -> np.ndarray:
    # Without a false positive the ratio is infinite or 0/0: no figure that groups compare by.
    return np.where(cells.fp > 0, cells.fn / cells.fp, np.nan)


#: Every metric of scope ``group``.
GROUP_METRICS: tuple[Metric, ...] = (
    _counted(
        "n", "Faces", "Faces that were judged.", None, "–", "",
        lambda cells: cells.n, (0.0, float("inf")), "faces",
    ),
    _counted(
        "prevalence", "Prevalence", "Share of faces whose label is 1.",
        None, _ROC, "faces", lambda cells: cells.positives / cells.n,
    ),
    _counted(
        "selection_rate", "Selection rate",
        "Share of faces predicted 1; equal rates are demographic parity.",
        None, "Dwork et al. 2012, arXiv:1104.3913", "faces",
        lambda cells: cells.selected / cells.n,
    ),
    _counted(
        "accuracy", "Accuracy", "Share of faces predicted as their label says.",
        1.0, _ROC, "faces", lambda cells: (cells.tn + cells.tp) / cells.n,
    ),
    _counted(
        "balanced_accuracy", "Balanced accuracy",
        "Mean of the true positive and the true negative rate: both labels count equally.",
        1.0, "Brodersen et al. 2010, doi:10.1109/ICPR.2010.764", _BOTH, _balanced_accuracy,
    ),
    _counted(
        "true_positive_rate", "True positive rate",
        "Share predicted 1 among the faces whose label is 1 (recall); equal rates are equal "
        "opportunity.",
        1.0, "Hardt et al. 2016, arXiv:1610.02413", _LABEL_1,
        lambda cells: cells.true_positive_rate,
    ),
    _counted(
        "true_negative_rate", "True negative rate",
        "Share predicted 0 among the faces whose label is 0 (specificity).",
        1.0, _ROC, _LABEL_0, lambda cells: cells.true_negative_rate,
    ),
    _counted(
        "false_positive_rate", "False positive rate",
        "Share predicted 1 among the faces whose label is 0.",
        0.0, _ROC, _LABEL_0, lambda cells: cells.fp / cells.negatives,
    ),
    _counted(
        "false_negative_rate", "False negative rate",
        "Share predicted 0 among the faces whose label is 1.",
        0.0, _ROC, _LABEL_1, lambda cells: cells.fn / cells.positives,
    ),
    _counted(
        "precision", "Precision",
        "Share whose label is 1 among the faces predicted 1; equal shares are predictive parity.",
        1.0, "Chouldechova 2017, arXiv:1703.00056", "faces predicted 1",
        lambda cells: cells.tp / cells.selected,
    ),
    _counted(
        "negative_predictive_value", "Negative predictive value",
        "Share whose label is 0 among the faces predicted 0.",
        1.0, _ROC, "faces predicted 0", lambda cells: cells.tn / cells.rejected,
    ),
    _counted(
        "f1", "F1", "Harmonic mean of precision and true positive rate.",
        1.0, "van Rijsbergen 1979, Information Retrieval", "faces labelled or predicted 1",
        lambda cells: 2 * cells.tp / (cells.positives + cells.selected),
    ),
    _counted(
        "mcc", "MCC",
        "Matthews correlation coefficient of label and prediction: 1 is perfect, 0 is chance.",
        1.0, "Matthews 1975, doi:10.1016/0005-2795(75)90109-9",
        "faces with one of the two labels or predictions", _mcc, (-1.0, 1.0), "number",
    ),
    _counted(
        "error_ratio", "Error ratio",
        "False negatives for each false positive; equal ratios are treatment equality.",
        None, "Berk et al. 2018, arXiv:1703.09207", "false positives", _error_ratio,
        (0.0, float("inf")), "number",
    ),
    _scored(
        "brier", "Brier score", "Mean squared distance between score and label.",
        0.0, "Brier 1950, Verification of forecasts expressed in terms of probability", "faces",
        unit="number",
    ),
    _scored(
        "log_loss", "Log loss",
        "Mean negative logarithm of the probability that was given to the true label; scores are "
        f"kept {CLIP:.2g} away from 0 and 1.",
        0.0, "Good 1952, Rational decisions", "faces", (0.0, float(-np.log(CLIP))), "number",
    ),
    _scored(
        "auc", "AUC",
        "Chance that a face of label 1 scores above a face of label 0 of the same group; no "
        "threshold enters.",
        1.0, "Hanley & McNeil 1982, doi:10.1148/radiology.143.1.7063747", _BOTH,
    ),
    _scored(
        "average_precision", "Average precision",
        "Mean precision over the thresholds that let in one face of label 1 after the other, not "
        "interpolated.",
        1.0, "Zhu 2004, Recall, precision and average precision; as in scikit-learn", _LABEL_1,
    ),
    _scored(
        "expected_calibration_error", "Calibration error",
        "Mean distance between the score and the share of label 1, over faces in 15 equal-width "
        "bins of the score.",
        0.0, "Naeini et al. 2015, Obtaining well calibrated probabilities using Bayesian binning",
        "faces",
    ),
)  # fmt: skip
