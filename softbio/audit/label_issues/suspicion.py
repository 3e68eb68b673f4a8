"""How suspect a label is, from 0 to 1, so that faces of all cells stand in one ranking."""

from __future__ import annotations

import numpy as np

from softbio.audit.label_issues.thresholds import Thresholds

__all__ = ["contradicts", "suspicion_of"]

#: Where a score stands between what the group's faces of the two labels get on average.
_PLACES = (0.0, 0.25, 0.75, 1.0)


def suspicion_of(
    label: np.ndarray, score: np.ndarray, group: np.ndarray, thresholds: Thresholds
) -> np.ndarray:
    """Return how suspect each label is.

    Scores of a group are brought to a common scale by a line through four points: 0 stays 0,
    the mean score of the group's faces with label 0 becomes ¼, that of label 1 becomes ¾, and 1
    stays 1. A label 0 is as suspect as this says; a label 1 is 1 less this. So within a cell the
    suspicion falls strictly with the probability of the given label; ¾ and above means that the
    network is as sure of the *other* label as it is on average of faces that have it; ¼ and
    below that it is as sure of the given label; ½ is the middle between the two.

    Parameters
    ----------
    label, group : ndarray, shape (n,), integers
    score : ndarray, shape (n,), float64

    Returns
    -------
    ndarray, shape (n,), float32
        In 0 … 1; 0 in groups whose scores do not tell the labels apart.
    """
    found = np.zeros(len(label), dtype=np.float64)
    for index in np.flatnonzero(thresholds.tells):
        low, high = thresholds.mean[index]
        mine = np.flatnonzero(group == index)
        placed = np.interp(score[mine], (0.0, low, high, 1.0), _PLACES)
        found[mine] = np.where(label[mine] == 1, 1 - placed, placed)
    return found.astype(np.float32)


def contradicts(
    label: np.ndarray,
    score: np.ndarray,
    group: np.ndarray,
    thresholds: Thresholds,
    by_group: bool,
) -> np.ndarray:
    """Return which faces' scores speak for the other label, bool, shape (n,).

    By group: the score lies beyond the middle between the mean scores of the group's two labels.
    Without groups as published: the other label has the larger probability.
    """
    middle = thresholds.mean.mean(axis=1)[group] if by_group else 0.5
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(label == 1, score <= middle, score > middle))
