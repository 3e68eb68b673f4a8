"""The settings of the loss and of the objectives beside it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from softbio.config.named import check_rates
from softbio.config.section import Section, setting

__all__ = ["LossConfig", "ObjectivesConfig"]


class LossConfig(Section):
    """The loss that training minimises."""

    name: Literal["cross_entropy", "focal", "generalised_cross_entropy", "forward_correction"] = (
        setting(
            "cross_entropy",
            "Loss",
            "cross_entropy; focal, which stresses the faces that are still wrong (under noisy labels "
            "these are often the faces whose label is wrong); generalised_cross_entropy, which "
            "stresses them less and bears noisy labels; or forward_correction, cross-entropy that "
            "expects labels to be flipped at the given rates.",
        )
    )
    gamma: float = setting(
        2.0,
        "Focal γ",
        "Strength of the focal loss; 0 is cross-entropy. Only with loss focal.",
        step=0.5,
        ge=0.0,
        le=10.0,
        common=True,
    )
    alpha: float = setting(
        0.25,
        "Focal α",
        "Weight of label 1 against 1 − α for label 0. It counts only while class balancing is "
        "on, and 0.25 then weighs label 1 down. Only with loss focal.",
        step=0.05,
        ge=0.0,
        le=1.0,
        common=True,
    )
    class_balancing: bool = setting(
        False,
        "Class balancing (α counts)",
        "Whether α is applied. Keras leaves it out unless told otherwise, so the report's "
        "α = 0.25 did nothing. Only with loss focal.",
        common=True,
    )
    q: float = setting(
        0.7,
        "q",
        "From cross-entropy (near 0) to the mean absolute error (1), which no single face can "
        "drive far. Only with generalised_cross_entropy.",
        step=0.05,
        gt=0.0,
        le=1.0,
    )
    label_smoothing: float = setting(
        0.0,
        "Label smoothing",
        "Pull the labels this far towards one half; helps when they are noisy.",
        step=0.01,
        ge=0.0,
        le=0.5,
    )
    flip_rates: Annotated[dict[str, float], AfterValidator(check_rates)] = setting(
        {},
        "Flip rates",
        "Share of the faces of each cell whose label was flipped, by the group's name and the "
        "true label: 0.2 for 'women 1' says that a fifth of the women who are truly 1 are "
        "labelled 0. Cells that are not named have 0. Only with forward_correction; `softbio "
        "audit labels` estimates the rates.",
        step=0.01,
        each="cells",
        most=0.99,
    )


class ObjectivesConfig(Section):
    """What is asked of the groups beside a small loss; each is off at 0, and all add up."""

    group_dro: float = setting(
        0.0,
        "GroupDRO",
        "How fast the weights of the cells move to the one whose loss is largest: the step of "
        "their exponentiated gradient. It weighs the cells itself, so that weights of groups and cells "
        "have no effect beside it, but 0, which leaves their faces out. Needs strong weight decay (Sagawa et al. 2020).",
        step=0.01,
        ge=0.0,
        le=1.0,
    )
    mmd: float = setting(
        0.0,
        "Score distance",
        "Strength of a penalty on the distance (MMD) between the groups' scores, for each label "
        "apart, as in MinDiff (Prost et al. 2019). Begin with 0.1: scores that are all the same have "
        "no distance, and a penalty that is too strong ends there.",
        step=0.1,
        ge=0.0,
        le=100.0,
    )
    soft_gap: float = setting(
        0.0,
        "Soft gap",
        "Strength of a loss that is 1 − the balanced Fair Metric of each batch, with the network's "
        "probabilities in place of its decisions.",
        step=0.1,
        ge=0.0,
        le=100.0,
    )
