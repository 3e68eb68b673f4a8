"""Intervals of the expected calibration error, which is never below its own noise.

The error is a sum over bins of ``|D_b|``, D_b being the share of faces in the
bin times the gap between their mean score and their share of label 1. Noise
in D_b makes the sum larger, never smaller on average: the calibration error of a
perfectly calibrated network is observed above 0, its replicates lie higher
still, and a percentile interval of 400 faces never holds the truth. So:

- *Low*: by the triangle inequality the observed error exceeds the true one by
  ``Σ |D̂_b − D_b|`` at most. That sum's upper quantile is taken from replicates,
  ``Σ |D*_b − D̂_b|``, and subtracted.
- *High*: the percentile of the replicates, lowered by how much they lie above
  the observed error on average.

Between groups the errors differ by their noise, too, and more in smaller groups. The
difference of two groups is bounded from each one's interval (MOVER: Zou & Donner
2008, doi:10.1002/sim.3095); range, ratio, worst group, and the difference of
more groups, from intervals that hold together (Bonferroni), at whose corners
these monotone figures have their extremes.
"""

from __future__ import annotations

import numpy as np

from softbio.fairness.intervals.bounds import DEFINED
from softbio.fairness.intervals.figures import Bounds, Tails
from softbio.fairness.ranked import BINS
from softbio.fairness.scores import GroupScores

__all__ = ["CalibrationError"]

_NAME = "expected_calibration_error"


class CalibrationError:
    """Collects each bin's gap in every replicate, then gives the intervals.

    Parameters
    ----------
    scores : GroupScores
    owner : ndarray, shape (n,)
        Who is drawn with each face: numbers from 0.
    people : int
        How many may be drawn: people, or faces.
    replicates : int
    """

    def __init__(
        self, scores: GroupScores, owner: np.ndarray, people: int, replicates: int
    ) -> None:
        groups = len(scores.groups)
        edges = np.linspace(0.0, 1.0, BINS + 1)[1:-1]
        value = scores.score.astype(np.float64)
        place = (owner * groups + scores.group) * BINS + np.searchsorted(edges, value)
        cells = people * groups * BINS
        gaps = np.bincount(place, value - scores.label, minlength=cells)
        faces = np.bincount(owner * groups + scores.group, minlength=people * groups)
        # One product gives every bin's gap, and the faces in the last places.
        self._table = np.concatenate(
            [gaps.reshape(people, groups * BINS), faces.reshape(people, groups)], axis=1
        )  # fmt: skip
        self._narrow = self._table.astype(np.float32)
        self._groups = groups
        self._sums = np.zeros((replicates, self._table.shape[1]))

    def add(self, rows: slice, weights: np.ndarray) -> None:
        """Take the replicates in which people were drawn `weights` (rows, people) times."""
        self._sums[rows] = weights.astype(np.float32) @ self._narrow

    def intervals(self, tails: Tails) -> dict[str, Bounds]:
        """Return the intervals of the error and of what is derived from it."""
        gaps, faces = self._split(self._table.sum(axis=0, keepdims=True))
        drawn, drawn_faces = self._split(self._sums)
        low, value, high = _bounds(gaps, faces, drawn, drawn_faces, tails.groups)
        shared = tails.groups / max(self._groups, 1)
        together = _bounds(gaps, faces, drawn, drawn_faces, shared)
        pooled = _bounds(
            _pooled(gaps), _pooled(faces), _pooled(drawn), _pooled(drawn_faces), tails.pooled
        )
        return {
            _NAME: (low, high),
            f"all:{_NAME}": (float(pooled[0][0]), float(pooled[2][0])),
            **_derived(low, value, high, together[0], together[2]),
        }

    def _split(self, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return gaps (R, G, BINS) and faces (R, G, 1)."""
        at = self._groups * BINS
        return sums[:, :at].reshape(-1, self._groups, BINS), sums[:, at:, None]


def _pooled(values: np.ndarray) -> np.ndarray:
    return np.asarray(values.sum(axis=1, keepdims=True))


def _bounds(
    gaps: np.ndarray,
    faces: np.ndarray,
    drawn: np.ndarray,
    drawn_faces: np.ndarray,
    tail: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return low, observed and high error of each group, (G,); NaN where it has no interval."""
    with np.errstate(divide="ignore", invalid="ignore"):
        observed, replicates = gaps / faces, drawn / drawn_faces
    value = np.abs(observed[0]).sum(axis=-1)
    errors = np.abs(replicates).sum(axis=-1)
    noise = np.abs(replicates - observed).sum(axis=-1)
    low, high = np.full(len(value), np.nan), np.full(len(value), np.nan)
    for group in np.flatnonzero(faces[0, :, 0] > 0):
        defined = drawn_faces[:, group, 0] > 0
        if defined.mean() < DEFINED:
            continue
        error, apart = errors[defined, group], noise[defined, group]
        cut = 1 - tail[group]
        low[group] = max(value[group] - np.quantile(apart, cut, method="higher"), 0.0)
        above = max(float(error.mean()) - value[group], 0.0)
        high[group] = np.quantile(error, cut, method="higher") - above
    return low, value, np.clip(np.maximum(high, value), None, 1.0)


def _derived(
    low: np.ndarray, value: np.ndarray, high: np.ndarray, lowest: np.ndarray, highest: np.ndarray
) -> dict[str, Bounds]:
    """Return difference, range, ratio and worst; `lowest` and `highest` hold together."""
    nan = float("nan")
    if len(value) < 2:
        undefined = {f"{_NAME}_{each}": (nan, nan) for each in ("difference", "range", "ratio")}
        return {**undefined, f"{_NAME}_worst": (float(low[0]), float(high[0]))}
    apart = lowest[:, None] - highest[None, :]
    np.fill_diagonal(apart, 0.0)
    spread = float(np.maximum(apart.max(), 0.0)), float(highest.max() - lowest.min())
    difference = spread
    if len(value) == 2:
        gap = value[0] - value[1]
        down = np.hypot(value[0] - low[0], high[1] - value[1])
        up = np.hypot(high[0] - value[0], value[1] - low[1])
        difference = float(gap - down), float(gap + up)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = lowest.min() / highest.max(), np.minimum(highest.min() / lowest.max(), 1.0)
    return {
        f"{_NAME}_difference": difference,
        f"{_NAME}_range": spread,
        f"{_NAME}_ratio": (float(ratio[0]), float(ratio[1])),
        f"{_NAME}_worst": (float(lowest.max()), float(high.max())),
    }
