"""Which settings do something now: many count only beside certain values of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["has_effect"]

#: What another setting is set to, by its path.
Values = Callable[[str], Any]

#: Networks that begin with published weights, and those of them whose body can be trained.
_PUBLISHED = ("report_resnet50", "resnet50", "mobilenet_v3_small", "efficientnet_v2_b0")
_TRAINABLE = _PUBLISHED[1:]
_SAMPLING = ("under_sample", "over_sample", "augment_minority", "batches", "weights")


def has_effect(path: str, value: Values) -> bool:
    """Tell whether the setting at `path` has any effect with what the others are set to."""
    rule = _RULES.get(path)
    return rule is None or rule(value)


def _is(path: str, *wanted: str) -> Callable[[Values], bool]:
    return lambda value: value(path) in wanted


def _balances(value: Values) -> bool:
    return bool(value("balancing.mixture"))


def _body_is_trained(value: Values) -> bool:
    return value("network.name") in _TRAINABLE and value("network.train_layers") != "head"


def _cells_count(value: Values) -> bool:
    # GroupDRO weighs the cells itself: what all faces of a cell have in common cancels.
    return not value("objectives.group_dro")


_RULES: dict[str, Callable[[Values], bool]] = {
    "network.depth": _is("network.name", "report_cnn"),
    "network.filters": _is("network.name", "report_cnn"),
    "network.dense": _is("network.name", "report_cnn", "report_resnet50"),
    "network.weights": _is("network.name", *_PUBLISHED),
    "network.side": _is("network.name", *_TRAINABLE),
    "network.train_layers": _is("network.name", *_TRAINABLE),
    "network.head_epochs": _body_is_trained,
    "network.body_rate": _body_is_trained,
    "weights": _cells_count,
    "cell_weights": _cells_count,
    "balancing.by": lambda value: value("balancing.method") in _SAMPLING and _balances(value),
    "balancing.mixture": lambda value: value("balancing.method") != "none",
    "balancing.variation": lambda value: (
        value("balancing.method") == "augment_minority" and _balances(value)
    ),
    "loss.gamma": _is("loss.name", "focal"),
    "loss.class_balancing": _is("loss.name", "focal"),
    "loss.alpha": lambda value: value("loss.name") == "focal" and value("loss.class_balancing"),
    "loss.q": _is("loss.name", "generalised_cross_entropy"),
    "loss.flip_rates": _is("loss.name", "forward_correction"),
    "optimizer.weight_decay": _is("optimizer.name", "adamw"),
    "optimizer.warmup_epochs": _is("optimizer.schedule", "cosine"),
    "early_stopping.monitor": lambda value: (
        value("early_stopping.restore_best") or value("early_stopping.patience") is not None
    ),
    "labels.correction": _is("labels.use", "corrected"),
    "labels.weight": lambda value: (
        value("labels.use") == "corrected" and value("labels.correction") == "down_weight"
    ),
}
