"""Losses of one face from its logit, and the Keras loss that a config describes.

They are computed from logits and stay finite where a probability rounds to 0 or 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from softbio.config import LossConfig
from softbio.config.named import cell_values

__all__ = [
    "ConfiguredLoss",
    "cross_entropy",
    "focal",
    "forward_correction",
    "generalised_cross_entropy",
    "per_face",
]

_TINY = 1e-30


def cross_entropy(labels: Any, logits: Any, *, label_smoothing: float = 0.0) -> Any:
    """Return the binary cross-entropy of each face.

    Parameters
    ----------
    labels : tensor, shape (b,), float
        0 or 1.
    logits : tensor, shape (b,), float32
    label_smoothing : float
        Labels become ``label (1 − s) + s / 2``.

    Returns
    -------
    tensor, shape (b,)
        As ``keras.losses.BinaryCrossentropy(from_logits=True)``.
    """
    return ops.softplus(logits) - _smooth(labels, label_smoothing) * logits


def focal(
    labels: Any,
    logits: Any,
    *,
    gamma: float,
    alpha: float | None = None,
    label_smoothing: float = 0.0,
) -> Any:
    """Return the focal loss of each face, ``(1 − p_t)^γ`` times its cross-entropy.

    Parameters
    ----------
    labels, logits : tensor, shape (b,)
    gamma : float
        At least 0; 0 is cross-entropy.
    alpha : float or None
        Weight of label 1 against ``1 − alpha`` for label 0; None leaves it out, as
        Keras does unless ``apply_class_balancing`` is on.
    label_smoothing : float

    Returns
    -------
    tensor, shape (b,)

    References
    ----------
    Lin et al., "Focal loss for dense object detection", ICCV 2017; the details
    are those of ``keras.losses.BinaryFocalCrossentropy``.
    """
    smooth = _smooth(labels, label_smoothing)
    wrong = smooth * ops.sigmoid(-logits) + (1.0 - smooth) * ops.sigmoid(logits)
    # The power by way of the logarithm has a finite gradient at 0 for every γ.
    factor = ops.exp(gamma * ops.log(ops.maximum(wrong, _TINY)))
    loss = factor * (ops.softplus(logits) - smooth * logits)
    if alpha is not None:
        loss = loss * (smooth * alpha + (1.0 - smooth) * (1.0 - alpha))
    return loss


def generalised_cross_entropy(
    labels: Any, logits: Any, *, q: float, label_smoothing: float = 0.0
) -> Any:
    """Return ``(1 − p^q) / q`` of each face, p the probability of its label.

    It tends to cross-entropy for q → 0 and is the absolute error ``1 − p`` for q = 1, and never
    more than 1 / q, so that a face whose label is wrong cannot pull for ever.

    Parameters
    ----------
    labels, logits : tensor, shape (b,)
        A label between 0 and 1 has the mixture of both labels' losses.
    q : float
        Above 0, at most 1.
    label_smoothing : float

    Returns
    -------
    tensor, shape (b,)

    References
    ----------
    Zhang and Sabuncu, "Generalized cross entropy loss for training deep neural networks with
    noisy labels", NeurIPS 2018, arXiv 1805.07836.
    """
    smooth = _smooth(labels, label_smoothing)
    # 1 − p^q by way of expm1, exact where p is close to 1.
    one = -ops.expm1(-q * ops.softplus(-logits)) / q
    zero = -ops.expm1(-q * ops.softplus(logits)) / q
    return smooth * one + (1.0 - smooth) * zero


def forward_correction(
    labels: Any, logits: Any, flipped_0: Any, flipped_1: Any, *, label_smoothing: float = 0.0
) -> Any:
    """Return the cross-entropy of each face, of labels that may have been flipped.

    The network learns p, the probability that the true label is 1, and is judged by the
    probability ``(1 − r₁) p + r₀ (1 − p)`` that the given label is 1.

    Parameters
    ----------
    labels, logits : tensor, shape (b,)
    flipped_0, flipped_1 : tensor, shape (b,), float
        r₀ and r₁, the shares of true 0 and true 1 whose label was flipped where the face
        belongs; 0 for both is cross-entropy.
    label_smoothing : float

    Returns
    -------
    tensor, shape (b,)

    References
    ----------
    Patrini et al., "Making deep neural networks robust to label noise: a loss correction
    approach", CVPR 2017, arXiv 1609.03683, theorem 2.
    """
    smooth = _smooth(labels, label_smoothing)
    true_0, true_1 = -ops.softplus(logits), -ops.softplus(-logits)
    given_1 = ops.logaddexp(true_1 + _log(1.0 - flipped_1), true_0 + _log(flipped_0))
    given_0 = ops.logaddexp(true_0 + _log(1.0 - flipped_0), true_1 + _log(flipped_1))
    return -(smooth * given_1 + (1.0 - smooth) * given_0)


def per_face(
    config: LossConfig, labels: Any, logits: Any, flipped: tuple[Any, Any] | None = None
) -> Any:
    """Return the loss that `config` describes for each face, shape (b,).

    Parameters
    ----------
    config : LossConfig
    labels, logits : tensor, shape (b,), float
    flipped : pair of tensor, shape (b,), optional
        What `forward_correction` takes, and it alone; None for no flips.
    """
    if config.name == "forward_correction" and flipped is not None:
        return forward_correction(labels, logits, *flipped, label_smoothing=config.label_smoothing)
    if config.name in ("cross_entropy", "forward_correction"):
        return cross_entropy(labels, logits, label_smoothing=config.label_smoothing)
    if config.name == "generalised_cross_entropy":
        return generalised_cross_entropy(
            labels, logits, q=config.q, label_smoothing=config.label_smoothing
        )
    return focal(
        labels,
        logits,
        gamma=config.gamma,
        alpha=config.alpha if config.class_balancing else None,
        label_smoothing=config.label_smoothing,
    )


@keras.saving.register_keras_serializable(package="softbio")
class ConfiguredLoss(keras.losses.Loss):
    """The loss of a `LossConfig` as Keras takes it.

    With sample weights it is the mean over faces of weight × loss: what is
    divided by is the number of faces, not the sum of their weights.

    Parameters
    ----------
    config : LossConfig or dict
    groups : sequence of str
        Names of the groups, as flip rates name them.

    Raises
    ------
    ConfigError
        If a flip rate is of a group that is not among `groups`.
    """

    def __init__(
        self,
        config: LossConfig | dict[str, Any],
        groups: Sequence[str] = (),
        name: str = "loss",
    ) -> None:
        super().__init__(name=name, reduction="sum_over_batch_size", dtype="float32")
        self.config = LossConfig.model_validate(config)
        self.groups = tuple(groups)
        self._rates: np.ndarray | None = None
        if self.config.name == "forward_correction":
            rates = cell_values(
                self.config.flip_rates, self.groups, "loss.flip_rates", otherwise=0.0
            )
            self._rates = np.array(rates, dtype=np.float32)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each face, shape (b,).

        Parameters
        ----------
        y_true : tensor, shape (b, 2)
            Label, 0 to 1, and index of the group.
        y_pred : tensor, shape (b, 1)
            Logits.
        """
        y_true = ops.cast(y_true, "float32")
        labels, logits = y_true[:, 0], ops.reshape(y_pred, (-1,))
        if self._rates is None:
            return per_face(self.config, labels, logits)
        rates = ops.take(self._rates, ops.cast(y_true[:, 1], "int32"), axis=0)
        return per_face(self.config, labels, logits, (rates[:, 0], rates[:, 1]))

    def get_config(self) -> dict[str, Any]:
        """Return what is needed to make the loss again."""
        return {
            "config": self.config.model_dump(),
            "groups": list(self.groups),
            "name": self.name,
        }


def _smooth(labels: Any, amount: float) -> Any:
    return labels * (1.0 - amount) + 0.5 * amount if amount else labels


def _log(share: Any) -> Any:
    # Of no flips: so small that it leaves the other term as it is, and yet a number.
    return ops.where(share > 0, ops.log(ops.maximum(share, _TINY)), -1e30)
