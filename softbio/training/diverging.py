"""What is said of a training whose loss is not a number any more."""

from __future__ import annotations

from softbio.config import TrainConfig

__all__ = ["diverged"]

#: From here on an objective, and not the loss, decides how long the steps are.
_STRONG = 10.0
#: From here on GroupDRO has gone over to one cell, and its few faces, within some steps.
_HASTY = 0.5


def diverged(config: TrainConfig, epoch: int, step: int, steps: int) -> str:
    """Return the sentence for a person: what happened, the likely setting, what to do.

    Parameters
    ----------
    config : TrainConfig
    epoch, step, steps : int
        Where it happened, from 1, and how many steps an epoch has.
    """
    setting, value, why = _likely(config)
    clip = "" if config.optimizer.clip_norm else ", or with optimizer.clip_norm=1"
    return (
        f"The loss is not a number any more (epoch {epoch}, step {step} of {steps}): the training "
        f"diverged. The likely setting is {setting} = {value:g}{why}; train anew with "
        f"{setting}={value / 10:g}{clip}."
    )


def _likely(config: TrainConfig) -> tuple[str, float, str]:
    objectives = config.objectives
    name, strength = max(
        (("mmd", objectives.mmd), ("soft_gap", objectives.soft_gap)), key=lambda each: each[1]
    )
    if strength >= _STRONG:
        return f"objectives.{name}", strength, ", beside which the loss hardly counts"
    if objectives.group_dro >= _HASTY:
        why = ", with which the worst cell alone makes the steps"
        return "objectives.group_dro", objectives.group_dro, why
    return "optimizer.learning_rate", config.optimizer.learning_rate, ""
