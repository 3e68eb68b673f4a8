"""`TrainConfig`: what can be set, what each setting means, and within which bounds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from softbio.config.faces import Augmentation, Balancing, LabelsConfig
from softbio.config.loss import LossConfig, ObjectivesConfig
from softbio.config.named import check_cell_weights, check_some_weight
from softbio.config.network import NetworkConfig
from softbio.config.optimizer import EarlyStopping, OptimizerConfig
from softbio.config.section import Section, setting

__all__ = ["TrainConfig"]


class TrainConfig(Section):
    """All settings of one training.

    A config is frozen and goes to JSON and back unchanged; unknown keys are refused.

    Examples
    --------
    >>> config = TrainConfig(epochs=3)
    >>> TrainConfig.model_validate_json(config.model_dump_json()) == config
    True
    """

    recipe: Annotated[str, Field(max_length=60)] = setting(
        "recommended",
        "Recipe",
        "The named recipe that these settings started from.",
    )
    network: NetworkConfig = setting(NetworkConfig(), "Network", "The network that is trained.")
    weights: Annotated[dict[str, float], AfterValidator(check_some_weight)] = setting(
        {},
        "Group weights",
        "How much a face of each group counts in the loss, by the group's name; "
        "a group that is not named has weight 1.",
        step=0.05,
        common=True,
        each="groups",
    )
    cell_weights: Annotated[dict[str, float], AfterValidator(check_cell_weights)] = setting(
        {},
        "Cell weights",
        "How much a face of each cell counts, by the group's name and the label, as in "
        "'women 1'; multiplied with the group's weight. A cell that is not named has weight 1.",
        step=0.05,
        each="cells",
    )
    weight_normalisation: Literal["mean", "none"] = setting(
        "mean",
        "Weight normalisation",
        "mean: scale all weights so that their mean over the training faces is 1. none: as given; "
        "small weights then also shrink the loss, as in the report.",
    )
    balancing: Balancing = setting(
        Balancing(), "Balancing", "How scarce groups or cells are brought up."
    )
    loss: LossConfig = setting(LossConfig(), "Loss", "The loss that training minimises.")
    objectives: ObjectivesConfig = setting(
        ObjectivesConfig(),
        "Objectives",
        "What is asked of the groups beside a small loss.",
    )
    optimizer: OptimizerConfig = setting(
        OptimizerConfig(), "Optimizer", "How the weights are moved."
    )
    epochs: int = setting(
        12,
        "Epochs",
        "How often training goes through the faces, at most.",
        step=1,
        ge=1,
        le=1000,
        common=True,
    )
    batch_size: int = setting(64, "Batch size", "Faces per step.", step=8, ge=1, le=4096)
    early_stopping: EarlyStopping = setting(
        EarlyStopping(),
        "Early stopping",
        "Which epoch is kept, and when training ends early.",
    )
    augmentation: Augmentation = setting(
        Augmentation(),
        "Augmentation",
        "Changes drawn anew for each face of each batch.",
    )
    test_time_flip: bool = setting(
        False,
        "Judge the mirror image too",
        "Score each face and its mirror image and take the mean of what the last layer sees of "
        "both; scoring takes twice as long.",
    )
    labels: LabelsConfig = setting(
        LabelsConfig(), "Labels", "Which labels the training faces have."
    )
    folds: int = setting(
        0,
        "Folds",
        "Besides the network itself, train this many networks that each leave a part of the "
        "people out, so that every training face has a score of a network that has not seen it, "
        "as finding wrong labels needs. Fewer than 2: none. K folds take K times as long again.",
        step=1,
        ge=0,
        le=20,
    )
    precision: Literal["auto", "float32", "mixed_bfloat16"] = setting(
        "auto",
        "Precision",
        "float32, mixed_bfloat16 (faster where the processor has bf16 instructions), or auto: "
        "mixed_bfloat16 there and on accelerators, float32 elsewhere.",
    )
    seed: int = setting(
        0,
        "Seed",
        "Start of every random draw; the same seed on the same machine gives the same weights.",
        step=1,
        ge=0,
        le=2**31 - 1,
    )
