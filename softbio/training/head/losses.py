"""The loss of a face as a function of its logit: value, slope, curvature, in NumPy.

The same losses as in `softbio.networks.losses`, which a test holds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["FaceLoss", "Losses"]

_TINY = 1e-300


class Losses(NamedTuple):
    """Loss, first and second derivative by the logit of each face, (n,), float64."""

    value: np.ndarray
    slope: np.ndarray
    curvature: np.ndarray


class FaceLoss:
    """Cross-entropy, or for γ > 0 the focal loss ``(1 − p_t)^γ`` times it.

    Parameters
    ----------
    label : ndarray, shape (n,)
        0 or 1.
    gamma : float
    label_smoothing : float
        Labels become ``label (1 − s) + s / 2``.

    References
    ----------
    Lin et al., "Focal loss for dense object detection", ICCV 2017.
    """

    def __init__(self, label: np.ndarray, gamma: float, label_smoothing: float) -> None:
        self._target = label * (1.0 - label_smoothing) + 0.5 * label_smoothing
        self._gamma = gamma

    def values(self, logit: np.ndarray) -> np.ndarray:
        """Return the losses alone, (n,)."""
        probability, other, entropy = self._parts(logit)
        if not self._gamma:
            return entropy
        return self._wrong(probability, other) ** self._gamma * entropy

    def all(self, logit: np.ndarray) -> Losses:
        """Return losses, slopes and curvatures.

        The curvature of the focal loss is negative for faces that are far on the wrong side.
        """
        target, gamma = self._target, self._gamma
        probability, other, entropy = self._parts(logit)
        spread = probability * other
        slope = probability - target
        if not gamma:
            return Losses(entropy, slope, spread)
        wrong = self._wrong(probability, other)
        factor = wrong**gamma
        # Relative change of the focal factor's base; bounded, however small the base is.
        pull = gamma * (1.0 - 2.0 * target) * spread / wrong
        bend = pull * (1.0 - 2.0 * probability) + pull * pull * (gamma - 1.0) / gamma
        return Losses(
            factor * entropy,
            factor * (slope + pull * entropy),
            factor * (spread + 2.0 * pull * slope + bend * entropy),
        )

    def _parts(self, logit: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return p, 1 − p and the cross-entropy, all without cancellation."""
        decay = np.exp(-np.abs(logit))
        large = 1.0 / (1.0 + decay)
        small = decay * large
        positive = logit >= 0
        entropy = np.maximum(logit, 0.0) + np.log1p(decay) - self._target * logit
        return np.where(positive, large, small), np.where(positive, small, large), entropy

    def _wrong(self, probability: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.maximum(self._target * other + (1.0 - self._target) * probability, _TINY)
