"""The settings of the optimizer, and of which epoch is kept."""

from __future__ import annotations

from typing import Literal

from softbio.config.section import Section, setting

__all__ = ["EarlyStopping", "OptimizerConfig"]


class OptimizerConfig(Section):
    """How the weights are moved."""

    name: Literal["adam", "adamw", "sgd"] = setting(
        "adamw",
        "Optimizer",
        "adam (the report's), adamw (with decoupled weight decay), or sgd with momentum 0.9.",
    )
    learning_rate: float = setting(
        2e-3,
        "Learning rate",
        "Size of a step at its largest.",
        step=1e-4,
        gt=0.0,
        le=1.0,
    )
    weight_decay: float = setting(
        1e-2,
        "Weight decay",
        "Pull of the weights towards zero; adamw only.",
        step=1e-3,
        ge=0.0,
        le=1.0,
    )
    schedule: Literal["constant", "cosine", "one_cycle"] = setting(
        "cosine",
        "Schedule",
        "Learning rate over the steps: constant; cosine: down to zero after a warm-up; one_cycle: "
        "up from a twenty-fifth over three tenths of the steps, then down to zero.",
    )
    warmup_epochs: float = setting(
        1.0,
        "Warm-up",
        "Epochs over which the learning rate rises from zero; cosine only.",
        step=0.5,
        ge=0.0,
        le=20.0,
    )
    clip_norm: float | None = setting(
        None,
        "Gradient clipping",
        "Largest norm of a step's gradient, all weights together; a longer one is shortened. "
        "Empty: not clipped.",
        step=0.5,
        gt=0.0,
        le=1000.0,
    )

    ema: float = setting(
        0.0,
        "Averaged weights",
        "Decay of an exponential moving average of the weights over the steps, which is what is "
        "validated and kept: 0.998 averages over about 500 steps. 0: no average.",
        step=0.001,
        ge=0.0,
        le=0.9999,
    )


class EarlyStopping(Section):
    """Which epoch is kept, and when training ends before its time."""

    monitor: Literal[
        "loss", "accuracy", "fair_metric", "balanced_fair_metric", "worst_cell_accuracy"
    ] = setting(
        "balanced_fair_metric",
        "Watch",
        "The validation figure that decides which epoch is best.",
    )
    patience: int | None = setting(
        None,
        "Patience",
        "Stop after this many epochs without a better figure; empty: train to the last epoch.",
        step=1,
        ge=1,
        le=100,
    )
    restore_best: bool = setting(
        True,
        "Keep the best epoch",
        "Keep the weights of the best epoch instead of the last one's.",
    )
