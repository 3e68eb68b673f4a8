"""GroupScores: each group's scores beside the labels, and what is computed from them at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from softbio.errors import DataError
from softbio.fairness.counts import check_faces
from softbio.fairness.ranked import FIGURES, Ranked

__all__ = ["GroupScores", "check_scores"]

#: Weights that are brought into order at a time (2 MiB of float64).
_AT_A_TIME = 2**18


@dataclass(frozen=True, eq=False)
class GroupScores:
    """Judged faces with their scores, each counted once or weighted by replicates.

    The metrics that no threshold enters are functions of these, as the others
    are functions of `GroupCounts`.

    Attributes
    ----------
    label : ndarray, shape (n,)
        0 or 1.
    score : ndarray, shape (n,), floating
        Probability of label 1, in 0 … 1.
    group : ndarray, shape (n,), integers
        Index into `groups`.
    groups : tuple of str
    weights : ndarray, shape (R, n), optional
        How often each face counts in each of R replicates: integers of any size
        or floats, at least 0.

    Raises
    ------
    DataError
        If lengths differ, or a label, score, group or weight is not as described.

    Notes
    -----
    Faces are sorted once, whatever the number of replicates; a replicate costs a
    running sum over them, which is cheaper for integer weights. Beside its input
    and its result the computation holds at most 16 MiB, or sixteen float64
    numbers a face where that is more, whatever R is.
    """

    label: np.ndarray
    score: np.ndarray
    group: np.ndarray
    groups: tuple[str, ...]
    weights: np.ndarray | None = None

    def __post_init__(self) -> None:
        label, score, group = map(np.asarray, (self.label, self.score, self.group))
        if score.dtype.kind != "f":
            score = score.astype(np.float64)
        check_faces(label, score, group, self.groups)
        check_scores(score)
        for name, value in (("label", label), ("score", score), ("group", group)):
            object.__setattr__(self, name, value)
        if self.weights is not None:
            object.__setattr__(self, "weights", _checked(np.asarray(self.weights), len(label)))

    @property
    def replicates(self) -> tuple[int, ...]:
        """The leading axes of every metric: (R,), or () without weights."""
        return () if self.weights is None else (len(self.weights),)

    def pooled(self) -> GroupScores:
        """Return the scores of all groups together, as one group called ``all``."""
        together = np.zeros(len(self.label), dtype=np.int64)
        return GroupScores(self.label, self.score, together, ("all",), self.weights)

    @cached_property
    def figures(self) -> dict[str, np.ndarray]:
        """Each of `FIGURES` for each group: float64, shape (..., G); NaN where undefined.

        Computed together, as all of them go through the same sorted faces.
        """
        values = np.empty((len(FIGURES), len(self.groups), *self.replicates))
        with np.errstate(divide="ignore", invalid="ignore"):
            for index, ranked in enumerate(self._ranked):
                if self.weights is None:
                    values[:, index] = ranked.figures()
                    continue
                step = max(1, _AT_A_TIME // max(1, len(self.label)))
                for start in range(0, len(self.weights), step):
                    stop = start + step
                    values[:, index, start:stop] = ranked.weighted(self.weights[start:stop])
        return dict(zip(FIGURES, np.moveaxis(values, 1, -1), strict=True))

    @property
    def _ranked(self) -> list[Ranked]:
        order = np.argsort(self.score)
        group = self.group[order]
        return [
            Ranked(order[group == index], self.label, self.score)
            for index in range(len(self.groups))
        ]


def check_scores(score: np.ndarray) -> None:
    """Raise `DataError` unless every score is a number from 0 to 1."""
    if score.size and not (score.min() >= 0.0 and score.max() <= 1.0):
        raise DataError("A score must be a number from 0 to 1.")


def _checked(weights: np.ndarray, n: int) -> np.ndarray:
    if weights.ndim != 2 or weights.shape[1] != n or weights.dtype.kind not in "biuf":
        raise DataError(
            f"Weights must be numbers of shape (replicates, {n}), one for each face. "
            f"Received: {weights.dtype} {weights.shape}."
        )
    if weights.dtype.kind in "if" and weights.size:
        low, high = weights.min(), weights.max()
        if not (low >= 0 and high < np.inf):
            raise DataError(f"A weight must be at least 0. Received: {low:g} … {high:g}.")
    return weights
