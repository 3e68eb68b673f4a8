"""Shares of label 1 behind a formula of which only the chances are known, by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Rates", "fit_rates"]

# Faces whose chances differ by less are put together while the rates are sought; the
# likelihood that is reported is that of every face.
_BINS = 512
_WIDEST_LOGIT = 20.0
_STEPS = 60
# The mixed model's rates keep off 0 and 1, where one face could make a label impossible.
_LEAST_RATE = 1e-9


@dataclass(frozen=True)
class Rates:
    """Shares of label 1 where a hidden formula is 0 and where it is 1."""

    zero: float
    one: float

    def of_label_1(self, chance: np.ndarray) -> np.ndarray:
        """Return the probability of label 1 at faces of these chances."""
        return self.zero + (self.one - self.zero) * chance

    def likelihood_bits(self, zeros: np.ndarray, ones: np.ndarray) -> float:
        """Return −log₂ of the likelihood of labels 0 at some chances and of 1 at others."""
        return -float(
            np.log2(1 - self.of_label_1(zeros)).sum() + np.log2(self.of_label_1(ones)).sum()
        )

    def expected_counts(self, zeros: np.ndarray, ones: np.ndarray) -> np.ndarray:
        """Return the faces ``[label, formula]`` expected given chances, labels and rates (2, 2)."""
        labelled_1 = self.one * ones / self.of_label_1(ones)
        labelled_0 = (1 - self.one) * zeros / (1 - self.of_label_1(zeros))
        inside = np.array([labelled_0.sum(), labelled_1.sum()])
        return np.stack([np.array([len(zeros), len(ones)]) - inside, inside], axis=1)


def fit_rates(zeros: np.ndarray, ones: np.ndarray) -> Rates:
    """Fit the rates of one group by maximum likelihood.

    Parameters
    ----------
    zeros, ones : ndarray
        The formula's chances at the faces with label 0, and with label 1; not all of them
        0, and not all 1.

    Notes
    -----
    The likelihood is concave in the two rates: Newton's steps within the unit square,
    halved until they gain. They start from the expected counts, which are the answer
    where all chances are 0 or 1.
    """
    inside = np.array([zeros.sum(), ones.sum()])
    outside = np.array([len(zeros), len(ones)]) - inside
    start = np.array([outside[1] / outside.sum(), inside[1] / inside.sum()])
    chance, weights = _binned(zeros, ones)
    if np.isin(chance, (0, 1)).all():
        return Rates(*map(float, start))
    share = np.stack([1 - chance, chance])

    def loss(rates: np.ndarray) -> float:
        label_1 = rates @ share
        return -float(weights[0] @ np.log(1 - label_1) + weights[1] @ np.log(label_1))

    low, high = _LEAST_RATE, 1 - _LEAST_RATE
    rates = np.clip(start, low, high)
    now = loss(rates)
    for _ in range(_STEPS):
        label_1 = rates @ share
        slope = share @ (weights[0] / (1 - label_1) - weights[1] / label_1)
        bend = (share * (weights[0] / (1 - label_1) ** 2 + weights[1] / label_1**2)) @ share.T
        held = ((rates <= low) & (slope > 0)) | ((rates >= high) & (slope < 0))
        bend[held] = bend[:, held] = 0
        # Where the chances hardly differ, the rates are not told apart: stay near the start.
        bend += np.diag(np.where(held, 1.0, 1e-9 * bend.trace() + 1e-12))
        step = np.where(held, 0.0, np.linalg.solve(bend, np.where(held, 0.0, -slope)))
        for _ in range(40):
            tried = np.clip(rates + step, low, high)
            then = loss(tried)
            if then <= now:
                break
            step = step / 2
        else:
            break
        moved, rates = float(np.abs(tried - rates).max()), tried
        gained, now = now - then, then
        if moved < 1e-10 or gained < 1e-9:
            break
    return Rates(*map(float, rates))


def _binned(zeros: np.ndarray, ones: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put faces of almost the same chance together: mean chances (B,), faces by label (2, B).

    The bins are even in the logit, for near 0 and 1 the ratio of chances is what counts.
    """
    chance = np.concatenate([zeros, ones])
    certain = (chance == 0) | (chance == 1)
    inner = np.where(certain, 0.5, chance)
    place = np.log(inner / (1 - inner)) / (2 * _WIDEST_LOGIT) + 0.5
    bin_ = np.clip((place * _BINS).astype(np.int64), 0, _BINS - 1)
    bin_ = np.where(certain, _BINS + (chance == 1), bin_)
    weights = np.stack([
        np.bincount(bin_[: len(zeros)], minlength=_BINS + 2),
        np.bincount(bin_[len(zeros) :], minlength=_BINS + 2),
    ]).astype(np.float64)  # fmt: skip
    faces = weights.sum(axis=0)
    filled = faces > 0
    means = np.bincount(bin_, weights=chance, minlength=_BINS + 2)[filled] / faces[filled]
    return means, weights[:, filled]
