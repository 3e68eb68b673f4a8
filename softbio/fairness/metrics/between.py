"""What judges the groups together: the overall metrics that have a name of their own."""

from __future__ import annotations

from typing import Literal

import numpy as np

from softbio.fairness.metrics.cells import Cells
from softbio.fairness.metrics.metric import Metric
from softbio.fairness.metrics.per_group import GROUP_METRICS
from softbio.fairness.metrics.spread import (
    each_value,
    fair,
    fair_parts,
    largest_gap,
    largest_gap_parts,
    lowest_of_all,
)

__all__ = ["BETWEEN_METRICS"]

_BY_NAME = {metric.name: metric for metric in GROUP_METRICS}
_SHARE = (0.0, 1.0)
_ANY = (0.0, float("inf"))
_SIGNED = (-1.0, 1.0)
_CHALLENGE = "The data challenge's Fair Metric; with more than two groups, the gap is max − min"
_HARDT = "Hardt et al. 2016, arXiv:1610.02413"
_BERK = "Berk et al. 2018, arXiv:1703.09207"
_ENTROPY = "Speicher et al. 2018, arXiv:1807.00787"


def _bases(*names: str) -> tuple[Metric, ...]:
    return tuple(_BY_NAME[name] for name in names)


def _parity(
    name: str,
    title: str,
    description: str,
    reference: str,
    of: tuple[str, ...],
    empty: str,
    bounds: tuple[float, float] = _SHARE,
    unit: Literal["share", "number"] = "share",
) -> Metric:
    """Return the metric that is the largest gap between groups in any of the metrics `of`."""
    return Metric(
        name, title, description, 0.0, bounds, reference, "overall", "counts",
        f"{empty} in one of the groups", unit, bases=_bases(*of), combine=largest_gap,
        parts=largest_gap_parts, extreme="max",
    )  # fmt: skip


def _fair(name: str, title: str, description: str, of: str) -> Metric:
    (base,) = _bases(of)
    return Metric(
        name, title, description, 1.0, _SIGNED, _CHALLENGE, "overall", "counts",
        f"{base.empty} in one of the groups", bases=(base,), combine=fair, parts=fair_parts,
        extreme="min",
    )  # fmt: skip


def _generalised_entropy(cells: Cells) -> np.ndarray:
    n, false_positives, false_negatives = (
        each.sum(axis=-1) for each in (cells.n, cells.fp, cells.fn)
    )
    # A benefit is 1 for a right prediction, 2 for a false positive, 0 for a false negative.
    benefit = n + false_positives - false_negatives
    squares = n + 3 * false_positives - false_negatives
    return _half_excess(n * squares, benefit)


def _entropy_between(cells: Cells) -> np.ndarray:
    benefit = cells.n + cells.fp - cells.fn
    if benefit.shape[-1] < 2:
        return np.full(benefit.shape[:-1], np.nan)
    squares = (benefit * benefit / cells.n).sum(axis=-1)
    return _half_excess(cells.n.sum(axis=-1) * squares, benefit.sum(axis=-1))


def _half_excess(squares: np.ndarray, benefit: np.ndarray) -> np.ndarray:
    """Return half of what the mean of squares over the squared mean has above 1."""
    excess = np.where(benefit > 0, squares / (benefit * benefit), np.nan) - 1
    return np.maximum(excess, 0.0) / 2


#: The overall metrics that have a name of their own.
BETWEEN_METRICS: tuple[Metric, ...] = (
    _fair(
        "fair_metric", "Fair Metric",
        "Mean of the groups' accuracies minus the gap between the best and the worst group.",
        "accuracy",
    ),
    _fair(
        "balanced_fair_metric", "Balanced Fair Metric",
        "The Fair Metric of the groups' balanced accuracies: every cell (group × label) counts "
        "equally.",
        "balanced_accuracy",
    ),
    Metric(
        "worst_cell_accuracy", "Worst cell",
        "Accuracy in the cell (group × label) where it is lowest; undefined while a cell is "
        "empty.",
        1.0, _SHARE, "Sagawa et al. 2020, arXiv:1911.08731", "overall", "counts",
        "faces in one of the cells", bases=_bases("true_negative_rate", "true_positive_rate"),
        combine=lowest_of_all, parts=each_value, extreme="min",
    ),
    _parity(
        "demographic_parity", "Demographic parity",
        "Largest minus smallest selection rate: 0 where every group is predicted 1 equally often.",
        "Dwork et al. 2012, arXiv:1104.3913", ("selection_rate",), "faces",
    ),
    _parity(
        "equal_opportunity", "Equal opportunity",
        "Largest minus smallest true positive rate: 0 where the faces of label 1 are found equally "
        "often in every group.",
        _HARDT, ("true_positive_rate",), "faces with label 1",
    ),
    _parity(
        "equalized_odds", "Equalized odds",
        "The larger of two gaps, largest minus smallest: that of the true and that of the false "
        "positive rates.",
        _HARDT, ("true_positive_rate", "false_positive_rate"), "faces with one of the two labels",
    ),
    _parity(
        "predictive_parity", "Predictive parity",
        "Largest minus smallest precision: 0 where a prediction of 1 is right equally often in "
        "every group.",
        "Chouldechova 2017, arXiv:1703.00056", ("precision",), "faces predicted 1",
    ),
    _parity(
        "accuracy_equality", "Accuracy equality",
        "Largest minus smallest accuracy: 0 where every group is predicted right equally often.",
        _BERK, ("accuracy",), "faces",
    ),
    _parity(
        "treatment_equality", "Treatment equality",
        "Largest minus smallest number of false negatives for each false positive: 0 where the two "
        "errors have the same proportion in every group.",
        _BERK, ("error_ratio",), "false positives", _ANY, "number",
    ),
    Metric(
        "generalised_entropy", "Generalised entropy",
        "How unequally predictions serve single faces (α = 2): 0 where all are right; a false "
        "positive counts as a benefit of 2, a false negative as one of 0.",
        0.0, _ANY, _ENTROPY, "overall", "counts", "faces but false negatives", "number",
        _generalised_entropy,
    ),
    Metric(
        "generalised_entropy_between", "Generalised entropy between groups",
        "The part of the generalised entropy that remains when every face has its group's mean "
        "benefit.",
        0.0, _ANY, _ENTROPY, "overall", "counts",
        "faces in one of the groups, or none but false negatives", "number", _entropy_between,
    ),
)  # fmt: skip
