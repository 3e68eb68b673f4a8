"""Losses of one face from its logit, and the Keras loss that a config describes.

They are computed from logits and stay finite where a probability rounds to 0 or 1.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from softbio.config import LossConfig

__all__ = ["ConfiguredLoss", "cross_entropy", "focal", "generalised_cross_entropy", "per_face"]

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


def per_face(config: LossConfig, labels: Any, logits: Any) -> Any:
    """Return the loss that `config` describes for each face, shape (b,)."""
    if config.name == "cross_entropy":
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
    """

    def __init__(self, config: LossConfig | dict[str, Any], name: str = "loss") -> None:
        super().__init__(name=name, reduction="sum_over_batch_size", dtype="float32")
        self.config = LossConfig.model_validate(config)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each face, shape (b,), of labels and logits (b,) or (b, 1)."""
        labels = ops.cast(ops.reshape(y_true, (-1,)), "float32")
        return per_face(self.config, labels, ops.reshape(y_pred, (-1,)))

    def get_config(self) -> dict[str, Any]:
        """Return what is needed to make the loss again."""
        return {"config": self.config.model_dump(), "name": self.name}


def _smooth(labels: Any, amount: float) -> Any:
    return labels * (1.0 - amount) + 0.5 * amount if amount else labels
