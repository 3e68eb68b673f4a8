"""How suspect a label is, from 0 to 1: the chance that it is wrong, so that all faces rank together.

Two things make a label suspect: the score, and how often labels of its kind are wrong. A low score
alone does not: where a trait is rare, faces that have it get low scores for being rare. So scores
are calibrated within each group first (a network may be unsure by design, as after a focal loss,
or lean to one side after weighting), and weighed with the group's noise rates.
"""

from __future__ import annotations

import numpy as np

from softbio.audit.label_issues.joint import calibrated
from softbio.audit.label_issues.thresholds import Thresholds
from softbio.errors import DataError
from softbio.fairness import Calibration, fit_calibration

__all__ = ["calibrated_scores", "contradicts", "suspicion_of"]

#: Calibrated scores and noise rates are kept this far from 0 and 1.
_EDGE = 1e-9

#: A line is fitted on so many faces, drawn at random: more would not move it.
_ENOUGH = 20_000


def calibrated_scores(
    label: np.ndarray, score: np.ndarray, group: np.ndarray, thresholds: Thresholds
) -> np.ndarray:
    """Return the chance of label 1 that each score means within its group (Platt's method).

    Groups that borrow thresholds are calibrated on all faces, and so is one in which no rising
    line fits.

    Returns
    -------
    ndarray, shape (n,), float64
        Rises strictly with the score within a group, but for rounding.
    """
    found = score.copy()
    for index in np.flatnonzero(thresholds.tells):
        mine = np.flatnonzero(group == index)
        line = None
        if not thresholds.borrowed[index]:
            line = _line(label[mine], score[mine])
        line = line or _line(label, score)
        if line is not None:
            found[mine] = line.apply(score[mine])
    return found


def _line(label: np.ndarray, score: np.ndarray) -> Calibration | None:
    """Return the best calibration; None where no rising line fits."""
    if len(label) > _ENOUGH:
        some = np.random.default_rng(0).choice(len(label), _ENOUGH, replace=False, shuffle=False)
        label, score = label[some], score[some]
    try:
        return fit_calibration(label, score, np.zeros(len(label), dtype=np.int64), ("all",))
    except DataError:
        return None


def suspicion_of(
    label: np.ndarray,
    chance: np.ndarray,
    group: np.ndarray,
    thresholds: Thresholds,
    counts: np.ndarray,
    faces: np.ndarray,
) -> np.ndarray:
    """Return the chance that each label is wrong.

    By Bayes' rule, with the calibrated score as the chance of the true label before the given one
    is known: the odds that a label is wrong are the odds that its face truly has the other one,
    times how often that label is given to faces of the other kind, divided by how often it is
    given to its own. So within a cell (group × label) the suspicion falls strictly with the
    probability of the given label, and all of a cell is less suspect where its noise rate is low.

    Parameters
    ----------
    label, group : ndarray, shape (n,), integers
    chance : ndarray, shape (n,), float64
        From `calibrated_scores`.
    thresholds : Thresholds
    counts : ndarray, shape (G, 2, 2)
        Confident counts. To each half a face is added, so that no noise rate is taken for 0.
    faces : ndarray, shape (G, 2)

    Returns
    -------
    ndarray, shape (n,), float32
        In 0 … 1; 0 in groups whose scores do not tell the labels apart.
    """
    joint = calibrated(counts + 0.5, faces)
    with np.errstate(invalid="ignore", divide="ignore"):
        given = np.clip(joint / joint.sum(axis=1, keepdims=True), _EDGE, 1)  # P(given | true)
    # Of each cell: log of P(given | the other is true) / P(given | it is true).
    noise = np.log(np.stack([given[:, 0, 1] / given[:, 0, 0], given[:, 1, 0] / given[:, 1, 1]], 1))
    chance = np.clip(chance, _EDGE, 1 - _EDGE)
    logit = np.log(chance / (1 - chance))
    odds = noise[group, label] + np.where(label == 1, -logit, logit)
    found = np.where(thresholds.tells[group], 1 / (1 + np.exp(-odds)), 0.0)
    return np.nan_to_num(found).astype(np.float32)


def contradicts(
    label: np.ndarray,
    score: np.ndarray,
    chance: np.ndarray,
    group: np.ndarray,
    thresholds: Thresholds,
    by_group: bool,
) -> np.ndarray:
    """Return which faces' scores speak for the other label, bool, shape (n,).

    Without groups as published: the other label has the larger probability. By group it must have
    so once calibrated within the group, and the score must lie beyond the middle between the mean
    scores of the group's two labels: where one label is rare, its faces have low scores, and the
    middle moves down with them.
    """
    if not by_group:
        return np.asarray(np.where(label == 1, score <= 0.5, score > 0.5))
    middle = thresholds.mean.mean(axis=1)[group]
    with np.errstate(invalid="ignore"):
        low = (score <= middle) & (chance <= 0.5)
        return np.asarray(np.where(label == 1, low, (score > middle) & (chance > 0.5)))
