"""How well scores rank: the area under the ROC curve, for each group."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["GroupAuc", "auc_by_group", "roc_auc"]


class GroupAuc(NamedTuple):
    """The AUC of each group, and that of all faces together; no threshold enters.

    Attributes
    ----------
    groups : ndarray, shape (G,), float64
    overall : float
    """

    groups: np.ndarray
    overall: float


def roc_auc(label: np.ndarray, score: np.ndarray) -> float:
    """Return the chance that a face of label 1 scores above one of label 0; ties count half.

    This is the Mann-Whitney statistic over the number of pairs, which equals
    the area under the ROC curve (Hanley & McNeil 1982).

    Parameters
    ----------
    label : ndarray, shape (n,)
        0 or 1.
    score : ndarray, shape (n,)

    Returns
    -------
    float
        In 0 … 1; NaN where one of the labels is absent.

    Examples
    --------
    >>> roc_auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.4, 0.8]))
    0.875
    """
    positive = label == 1
    low, high = np.sort(score[~positive]), np.sort(score[positive])
    if not len(low) or not len(high):
        return float("nan")
    below = np.searchsorted(low, high, side="left").sum(dtype=np.int64)
    not_above = np.searchsorted(low, high, side="right").sum(dtype=np.int64)
    return float((below + not_above) / (2 * len(low) * len(high)))


def auc_by_group(
    label: np.ndarray, score: np.ndarray, group: np.ndarray, n_groups: int
) -> GroupAuc:
    """Return the AUC within each group and over all faces.

    Parameters
    ----------
    label, score, group : ndarray, shape (n,)
        `group` holds indices below `n_groups`.
    n_groups : int
    """
    each = [roc_auc(label[group == index], score[group == index]) for index in range(n_groups)]
    return GroupAuc(np.array(each, dtype=np.float64), roc_auc(label, score))
