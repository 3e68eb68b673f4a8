"""Unseen: faces beside the sample that it happened not to show."""

from __future__ import annotations

import numpy as np

from softbio.fairness.intervals.design import face_weight
from softbio.fairness.scores import GroupScores

__all__ = ["Unseen"]

#: Where among the scores of the other label an unseen face may lie, as quantiles.
_PLACES = np.array([0.1, 0.3, 0.5, 0.7, 0.9])

#: Of so many people no replicate loses all: the chance that 50 are not drawn is exp(−50).
_MANY = 50


class Unseen:
    """Adds to replicates, in each group and of each label, a face that scores like the other label.

    It weighs a quarter of a face on average, as a Gamma variable of shape ½
    halved; by person times the design effect of the group's squared errors. Its
    place among the other label's scores is drawn for each replicate. Where a
    replicate lost all faces of the label it is left out, so that what is
    undefined there stays so.

    Parameters
    ----------
    scores : GroupScores
        Without weights.
    owner : ndarray, shape (n,), or None
        Who is on each photograph, numbers from 0, where people are drawn.
    replicates : int
    seed : int
    """

    def __init__(
        self, scores: GroupScores, owner: np.ndarray | None, replicates: int, seed: int
    ) -> None:
        random = np.random.default_rng([seed, 3])
        label, score, group = [scores.label], [scores.score], [scores.group]
        self._rare: list[tuple[int, np.ndarray]] = []
        extra: list[np.ndarray] = []
        for index in range(len(scores.groups)):
            inside = scores.group == index
            effect = 1.0 if owner is None else _effect(scores, inside, owner[inside])
            for value in (0, 1):
                own = np.flatnonzero(inside & (scores.label == value))
                other = scores.score[inside & (scores.label != value)]
                if not len(own) or not len(other):
                    continue
                if len(own if owner is None else np.unique(owner[own])) < _MANY:
                    self._rare.append((len(extra), own))
                weight = random.gamma(0.5, 0.5 * effect, replicates).astype(np.float32)
                column = np.zeros((replicates, len(_PLACES)), dtype=np.float32)
                column[np.arange(replicates), random.integers(0, len(_PLACES), replicates)] = weight
                extra.append(column)
                label.append(np.full(len(_PLACES), value, dtype=scores.label.dtype))
                score.append(np.quantile(other, _PLACES).astype(scores.score.dtype))
                group.append(np.full(len(_PLACES), index, dtype=scores.group.dtype))
        self._extra = extra
        self._groups = scores.groups
        self._label, self._score, self._group = map(np.concatenate, (label, score, group))

    def beside(self, weights: np.ndarray, rows: slice) -> GroupScores:
        """Return the faces with their `weights` (rows, n) in some replicates, and the unseen."""
        n = weights.shape[1]
        every = np.empty((len(weights), len(self._label)), dtype=np.float32)
        every[:, :n] = weights
        for place, column in enumerate(self._extra):
            start = n + place * len(_PLACES)
            every[:, start : start + len(_PLACES)] = column[rows]
        for place, own in self._rare:
            start = n + place * len(_PLACES)
            lost = ~weights[:, own].any(axis=1)
            every[lost, start : start + len(_PLACES)] = 0.0
        return GroupScores(self._label, self._score, self._group, self._groups, every)


def _effect(scores: GroupScores, inside: np.ndarray, owner: np.ndarray) -> float:
    """Return the design effect of a group's mean squared error; 1 for an empty group."""
    faces = np.bincount(owner)
    if not len(owner):
        return 1.0
    away = (scores.score[inside].astype(np.float64) - scores.label[inside]) ** 2
    away -= away.mean()
    apart = float((away**2).sum())
    if apart == 0.0:
        return 1.0
    found = float((np.bincount(owner, away) ** 2).sum()) / apart
    return float(np.clip(found, 1.0, max(float(face_weight(faces)), 1.0)))
