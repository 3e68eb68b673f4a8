"""The optimizer that a config describes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from softbio.config import OptimizerConfig
from softbio.networks.layer_rates import slower_kind

__all__ = ["learning_rate_at", "make_optimizer"]

#: Decay pulls kernels only: a bias or a scale of a batch norm has nothing to over-fit with.
_NOT_DECAYED = ["bias", "gamma", "beta"]
#: One-cycle (Smith and Topin, arXiv 1708.07120): share of the steps on which the rate rises, and
#: the part of its largest value that it begins with.
_RISE = 0.3
_BEGINS_AT = 25.0


def make_optimizer(
    config: OptimizerConfig,
    epochs: int,
    steps: int,
    *,
    begins_at: int = 0,
    slower: Sequence[Any] = (),
    share: float = 1.0,
    variables: Sequence[Any] | None = None,
) -> keras.Optimizer:
    """Return a fresh optimizer.

    Parameters
    ----------
    config : OptimizerConfig
    epochs, steps : int
        Epochs at most, and steps in each: the cosine ends with the last.
    begins_at : int
        The step of the schedule that it begins with.
    slower : sequence of keras.Variable
        Variables that learn at `share` of the rate; needs `variables`.
    share : float
    variables : sequence of keras.Variable, optional
        All that it will ever be given, for which it makes its own variables at once.
    """
    rate, clip = _schedule(config, epochs, steps), config.clip_norm
    if begins_at and not isinstance(rate, float):
        rate = _From(rate, begins_at)
    kind = {
        "adam": keras.optimizers.Adam,
        "sgd": keras.optimizers.SGD,
        "adamw": keras.optimizers.AdamW,
    }[config.name]
    options: dict[str, Any] = {"global_clipnorm": clip}
    if config.name == "sgd":
        options["momentum"] = 0.9
    elif config.name == "adamw":
        options["weight_decay"] = config.weight_decay
    slowed = bool(slower) and share != 1.0
    optimizer = (slower_kind(kind) if slowed else kind)(rate, **options)
    if config.name == "adamw":
        optimizer.exclude_from_weight_decay(var_names=_NOT_DECAYED)
    if variables is not None:
        optimizer.build(list(variables))
    if slowed:
        optimizer.slow(slower, share)
    return optimizer


def learning_rate_at(config: OptimizerConfig, epochs: int, steps: int, step: int) -> float:
    """Return the learning rate of step `step`, counted from 0 over all epochs."""
    rate = _schedule(config, epochs, steps)
    return rate if isinstance(rate, float) else float(keras.ops.convert_to_numpy(rate(step)))


def _schedule(config: OptimizerConfig, epochs: int, steps: int) -> Any:
    if config.schedule == "constant":
        return float(config.learning_rate)
    if config.schedule == "one_cycle":
        rise = max(round(_RISE * epochs * steps), 1)
        return keras.optimizers.schedules.CosineDecay(
            config.learning_rate / _BEGINS_AT,
            max(epochs * steps - rise, 1),
            warmup_target=config.learning_rate,
            warmup_steps=rise,
        )
    # A warm-up longer than the training would never reach the rate that was asked for.
    warmup = min(round(config.warmup_epochs * steps), max(epochs * steps - 1, 0))
    decay = max(epochs * steps - warmup, 1)
    if not warmup:
        return keras.optimizers.schedules.CosineDecay(config.learning_rate, decay)
    return keras.optimizers.schedules.CosineDecay(
        # The first step would do nothing if the warm-up began at 0.
        config.learning_rate / (warmup + 1),
        decay,
        warmup_target=config.learning_rate,
        warmup_steps=warmup,
    )


class _From(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule from one of its steps on."""

    def __init__(self, schedule: Any, step: int) -> None:
        super().__init__()
        self.schedule, self.step = schedule, step

    def __call__(self, step: Any) -> Any:
        return self.schedule(step + self.step)

    def get_config(self) -> dict[str, Any]:
        return {"schedule": self.schedule, "step": self.step}
