"""The confident joint: how many faces of each given label are confidently of which true one.

References
----------
Northcutt, Jiang & Chuang 2021, Confident Learning: Estimating Uncertainty in Dataset Labels,
doi:10.1613/jair.1.12125, section 3.1.
"""

from __future__ import annotations

import numpy as np

from softbio.audit.label_issues.thresholds import Thresholds

__all__ = ["ROUNDING", "calibrated", "confident_counts"]

#: A score this near to a mean reaches it: the mean of equal scores may differ by rounding.
ROUNDING = 1e-9


def confident_counts(
    label: np.ndarray, score: np.ndarray, group: np.ndarray, thresholds: Thresholds
) -> np.ndarray:
    """Count the faces of each given label whose score is confidently that of a label.

    A face counts as 1 if its score reaches the mean score of label 1 in its group, as 0 if it
    goes down to the mean score of label 0, and not at all between the two. With two labels no
    face can count for both, as long as label 1 has the higher mean.

    Parameters
    ----------
    label, group : ndarray, shape (n,), integers
    score : ndarray, shape (n,), float64

    Returns
    -------
    ndarray, shape (G, 2, 2), float64
        [group, given label, confident label]; NaN in groups whose scores do not tell the labels
        apart.
    """
    mean = thresholds.mean
    cell = group * 2 + label
    high = np.bincount(cell[score >= mean[group, 1] - ROUNDING], minlength=mean.size)
    low = np.bincount(cell[score <= mean[group, 0] + ROUNDING], minlength=mean.size)
    counts = np.stack([low, high], axis=-1).reshape(len(mean), 2, 2).astype(np.float64)
    counts[~thresholds.tells] = np.nan
    return counts


def calibrated(counts: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Return the joint of given and true label: confident counts brought to all faces of a label.

    Parameters
    ----------
    counts : ndarray, shape (..., 2, 2)
        From `confident_counts`.
    faces : ndarray, shape (..., 2)
        How many faces have each given label.

    Returns
    -------
    ndarray, shape (..., 2, 2), float64
        [given, true], as shares of the group's faces: its rows sum to the shares of the given
        labels, all of it to 1. NaN where the counts are, or no face of a label was counted.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = counts / counts.sum(axis=-1, keepdims=True)
        return np.asarray(shares * (faces / faces.sum(axis=-1, keepdims=True))[..., None])
