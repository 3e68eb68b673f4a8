"""Ranked: the faces of one group in the order of their scores, and what scores are worth there.

Everything that does not depend on the faces' weights is worked out once: the
order, how many faces of the other label lie below each face, the squared and
the logarithmic error of each face, the bin that it falls in. What remains for a
replicate of a bootstrap is sums of weights.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np

__all__ = ["BINS", "CLIP", "FIGURES", "Ranked"]

#: Equal-width bins of the expected calibration error.
BINS = 15

#: Scores are kept this far from 0 and 1 in the log loss: the precision of float32.
CLIP = float(np.finfo(np.float32).eps)

#: What a `Ranked` computes, in the order of its rows.
FIGURES = ("brier", "log_loss", "auc", "average_precision", "expected_calibration_error")


class Ranked:
    """Faces of one group, sorted by score, label 0 apart from label 1.

    Parameters
    ----------
    faces : ndarray, shape (n,), integers
        Positions of the group's faces, in ascending order of their scores.
    label : ndarray, shape (N,)
        0 or 1 for every face.
    score : ndarray, shape (N,)
        In 0 … 1 for every face.
    """

    def __init__(self, faces: np.ndarray, label: np.ndarray, score: np.ndarray) -> None:
        positive = label[faces] == 1
        self._low_faces, self._high_faces = faces[~positive], faces[positive]
        self._low = score[self._low_faces].astype(np.float64)
        self._high = score[self._high_faces].astype(np.float64)

    @cached_property
    def _below(self) -> np.ndarray:
        """How many of label 0 score less than each face of label 1."""
        return np.searchsorted(self._low, self._high, side="left")

    @cached_property
    def _not_above(self) -> np.ndarray:
        """How many of label 0 score no more than each face of label 1."""
        return np.searchsorted(self._low, self._high, side="right")

    @cached_property
    def _first(self) -> np.ndarray:
        """Position of the first face of label 1 that scores the same as each of them."""
        return np.searchsorted(self._high, self._high, side="left")

    @cached_property
    def _losses(self) -> tuple[np.ndarray, np.ndarray]:
        """Squared and logarithmic error as columns, of label 0 and of label 1."""
        low, high = (np.clip(each, CLIP, 1 - CLIP) for each in (self._low, self._high))
        return (
            np.stack([self._low**2, -np.log1p(-low)], axis=1),
            np.stack([(1 - self._high) ** 2, -np.log(high)], axis=1),
        )

    @cached_property
    def _bins(self) -> tuple[np.ndarray, np.ndarray]:
        """Where each bin ends among the faces of label 0, and of label 1, shape (BINS + 1,)."""
        edges = np.linspace(0.0, 1.0, BINS + 1)[1:-1]
        ends = []
        for scores in (self._low, self._high):
            inner = np.searchsorted(scores, edges, side="right")
            ends.append(np.concatenate([[0], inner, [len(scores)]]))
        return ends[0], ends[1]

    def figures(self) -> np.ndarray:
        """Return the `FIGURES` of the faces, each counted once, shape (5,), float64.

        NaN where undefined; NumPy's warnings of empty denominators are the
        caller's to hold off.
        """
        low, high = len(self._low), len(self._high)
        total = np.float64(low + high)
        selected = high - self._first
        precision = selected / (selected + (low - self._below))
        losses = sum(each.sum(axis=0) for each in self._losses) / total
        pairs = np.float64(2 * low * high)
        gaps = np.diff(_running(self._low)[self._bins[0]]) + np.diff(
            _running(self._high - 1)[self._bins[1]]
        )
        return np.array(
            [
                *losses,
                (self._below.sum() + self._not_above.sum()) / pairs,
                precision.sum() / np.float64(high),
                np.abs(gaps).sum() / total,
            ]
        )

    def weighted(self, weights: np.ndarray) -> np.ndarray:
        """Return the `FIGURES` for each vector of weights, shape (5, R), float64.

        Parameters
        ----------
        weights : ndarray, shape (R, N)
            At least 0; of all faces, those of other groups are not looked at.
        """
        drawn_low = weights.take(self._low_faces, axis=1)
        drawn_high = weights.take(self._high_faces, axis=1)
        low, high = drawn_low.astype(np.float64), drawn_high.astype(np.float64)
        negatives, positives = low.sum(axis=1), high.sum(axis=1)
        total = negatives + positives

        running = _running(drawn_low)
        below = running.take(self._below, axis=1).astype(np.float64)
        selected = positives[:, None] - _running(drawn_high).take(self._first, axis=1)
        above = selected + (negatives[:, None] - below)
        # Where nothing of any weight scores that high, the face itself has no weight either.
        precision = np.divide(selected, above, out=np.zeros_like(above), where=above > 0)
        average_precision = np.einsum("rm,rm->r", high, precision) / positives
        below += running.take(self._not_above, axis=1)
        auc = np.einsum("rm,rm->r", high, below) / (2 * negatives * positives)

        losses = (low @ self._losses[0] + high @ self._losses[1]) / total[:, None]
        apart = np.zeros(len(weights))
        for zero, one in zip(*(_slices(ends) for ends in self._bins), strict=True):
            apart += np.abs(low[:, zero] @ self._low[zero] + high[:, one] @ (self._high[one] - 1))
        return np.stack([*losses.T, auc, average_precision, apart / total])


def _running(values: np.ndarray) -> np.ndarray:
    """Return the sum of all before each place along the last axis, one place longer.

    Whole numbers are added as such: that takes a seventh of the time.
    """
    kind = np.float64 if values.dtype.kind == "f" else np.int64
    sums = np.zeros((*values.shape[:-1], values.shape[-1] + 1), dtype=kind)
    np.cumsum(values, axis=-1, out=sums[..., 1:])
    return sums


def _slices(ends: np.ndarray) -> list[slice]:
    return [slice(start, stop) for start, stop in pairwise(ends)]
