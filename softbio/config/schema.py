"""`TrainConfig`: what can be set, what each setting means, and within which bounds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = [
    "Augmentation",
    "Balancing",
    "EarlyStopping",
    "LabelsConfig",
    "LossConfig",
    "NetworkConfig",
    "OptimizerConfig",
    "Section",
    "TrainConfig",
]


def _setting(
    default: Any,
    title: str,
    description: str,
    *,
    step: float | None = None,
    common: bool = False,
    **bounds: Any,
) -> Any:
    """Return a pydantic field that carries what a widget needs to show it."""
    extra: dict[str, Any] = {"common": common}
    if step is not None:
        extra["step"] = step
    if isinstance(default, dict):
        return Field(
            default_factory=lambda: dict(default),
            title=title,
            description=description,
            json_schema_extra=extra,
            **bounds,
        )
    return Field(default, title=title, description=description, json_schema_extra=extra, **bounds)


class Section(BaseModel):
    """A group of settings: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NetworkConfig(Section):
    """The network that is trained."""

    name: Literal["report_cnn", "bn_cnn"] = _setting(
        "bn_cnn",
        "Network",
        "report_cnn: three convolutions and a wide dense layer, the report's network. "
        "bn_cnn: convolution and batch-norm blocks with global average pooling.",
    )
    dropout: float = _setting(
        0.2,
        "Dropout",
        "Share of the last layer's inputs dropped while training.",
        step=0.05,
        ge=0.0,
        le=0.9,
    )


class Balancing(Section):
    """How scarce groups or cells are brought up to the others."""

    method: Literal["none", "under_sample", "over_sample", "weights"] = _setting(
        "none",
        "Balancing",
        "none: the faces as they are. under_sample: drop faces until all are equally many. "
        "over_sample: repeat faces until all are equally many. weights: weigh each face by "
        "1 / (size of its group or cell).",
    )
    by: Literal["group", "cell"] = _setting(
        "cell",
        "Balance by",
        "What is made equal: the groups (as in the report), or the cells, "
        "each a group and a label.",
    )


class LossConfig(Section):
    """The loss that training minimises."""

    name: Literal["cross_entropy", "focal", "generalised_cross_entropy"] = _setting(
        "cross_entropy",
        "Loss",
        "cross_entropy; focal, which stresses the faces that are still wrong (under noisy labels "
        "these are often the faces whose label is wrong); or generalised_cross_entropy, which "
        "stresses them less and bears noisy labels.",
    )
    gamma: float = _setting(
        2.0,
        "Focal γ",
        "Strength of the focal loss; 0 is cross-entropy. Only with loss focal.",
        step=0.5,
        ge=0.0,
        le=10.0,
        common=True,
    )
    alpha: float = _setting(
        0.25,
        "Focal α",
        "Weight of label 1 against 1 − α for label 0. It counts only while class balancing is "
        "on, and 0.25 then weighs label 1 down.",
        step=0.05,
        ge=0.0,
        le=1.0,
        common=True,
    )
    class_balancing: bool = _setting(
        False,
        "Class balancing (α counts)",
        "Whether α is applied. Keras leaves it out unless told otherwise, so the report's "
        "α = 0.25 did nothing.",
        common=True,
    )
    q: float = _setting(
        0.7,
        "q",
        "From cross-entropy (near 0) to the mean absolute error (1), which no single face can "
        "drive far. Only with generalised_cross_entropy.",
        step=0.05,
        gt=0.0,
        le=1.0,
    )
    label_smoothing: float = _setting(
        0.0,
        "Label smoothing",
        "Pull the labels this far towards one half; helps when they are noisy.",
        step=0.01,
        ge=0.0,
        le=0.5,
    )


class OptimizerConfig(Section):
    """How the weights are moved."""

    name: Literal["adam", "adamw", "sgd"] = _setting(
        "adamw",
        "Optimizer",
        "adam (the report's), adamw (with decoupled weight decay), or sgd with momentum 0.9.",
    )
    learning_rate: float = _setting(
        2e-3,
        "Learning rate",
        "Size of a step at its largest.",
        step=1e-4,
        gt=0.0,
        le=1.0,
    )
    weight_decay: float = _setting(
        1e-2,
        "Weight decay",
        "Pull of the weights towards zero; adamw only.",
        step=1e-3,
        ge=0.0,
        le=1.0,
    )
    schedule: Literal["constant", "cosine", "one_cycle"] = _setting(
        "cosine",
        "Schedule",
        "Learning rate over the steps: constant; cosine: down to zero after a warm-up; one_cycle: "
        "up from a twenty-fifth over three tenths of the steps, then down to zero.",
    )
    warmup_epochs: float = _setting(
        1.0,
        "Warm-up",
        "Epochs over which the learning rate rises from zero; cosine only.",
        step=0.5,
        ge=0.0,
        le=20.0,
    )
    clip_norm: float | None = _setting(
        None,
        "Gradient clipping",
        "Largest norm of a step's gradient, all weights together; a longer one is shortened. "
        "Empty: not clipped.",
        step=0.5,
        gt=0.0,
        le=1000.0,
    )


class EarlyStopping(Section):
    """Which epoch is kept, and when training ends before its time."""

    monitor: Literal[
        "loss", "accuracy", "fair_metric", "balanced_fair_metric", "worst_cell_accuracy"
    ] = _setting(
        "balanced_fair_metric",
        "Watch",
        "The validation figure that decides which epoch is best.",
    )
    patience: int | None = _setting(
        None,
        "Patience",
        "Stop after this many epochs without a better figure; empty: train to the last epoch.",
        step=1,
        ge=1,
        le=100,
    )
    restore_best: bool = _setting(
        True,
        "Keep the best epoch",
        "Keep the weights of the best epoch instead of the last one's.",
    )


class Augmentation(Section):
    """Changes drawn anew for each face of each batch.

    None that is on by default changes hair colour, since the label may be about it.
    """

    flip: bool = _setting(True, "Mirror", "Mirror half of the faces, left to right.")
    shift: float = _setting(
        0.05,
        "Shift",
        "Largest shift in each direction, as a share of the side.",
        step=0.01,
        ge=0.0,
        le=0.3,
    )
    rotation: float = _setting(
        0.0, "Rotation", "Largest turn to either side, in degrees.", step=1.0, ge=0.0, le=45.0
    )
    zoom: float = _setting(
        0.0,
        "Zoom",
        "Largest change of size, as a share: 0.1 shows faces from a tenth smaller to a tenth "
        "larger.",
        step=0.01,
        ge=0.0,
        le=0.5,
    )
    brightness: float = _setting(
        0.0,
        "Brightness",
        "Largest change of brightness, as a share. It changes how blond hair looks.",
        step=0.05,
        ge=0.0,
        le=0.9,
    )
    contrast: float = _setting(
        0.0,
        "Contrast",
        "Largest change of contrast, as a share. It changes how blond hair looks.",
        step=0.05,
        ge=0.0,
        le=0.9,
    )
    cutout: float = _setting(
        0.0,
        "Cut-out",
        "Hide a square in half of the faces; its side, as a share of the face's. It may hide what "
        "the label is about.",
        step=0.05,
        ge=0.0,
        le=0.6,
    )
    noise: float = _setting(
        0.0,
        "Noise",
        "Largest standard deviation of noise in half of the faces, as a share of white.",
        step=0.01,
        ge=0.0,
        le=0.3,
    )
    blur: float = _setting(
        0.0,
        "Blur",
        "Largest standard deviation of a blur of half of the faces, in pixels.",
        step=0.1,
        ge=0.0,
        le=5.0,
    )
    jpeg: float = _setting(
        0.0,
        "JPEG",
        "How far half of the faces are compressed at most: 0 not at all, 1 down to quality 10.",
        step=0.05,
        ge=0.0,
        le=1.0,
    )
    mixup: float = _setting(
        0.0,
        "Mixup α",
        "Mix another face and its label into each; shares from Beta(α, α). Small values mix "
        "little, 0 not at all.",
        step=0.1,
        ge=0.0,
        le=2.0,
    )


class LabelsConfig(Section):
    """Which labels the training faces have; those that validate and test keep the given ones."""

    use: Literal["given", "corrected"] = _setting(
        "given",
        "Labels",
        "given: as they came. corrected: as people reviewed them; photographs that are tagged "
        "unusable are left out. The given labels stay in the face set.",
    )
    correction: Literal["flip", "drop", "down_weight"] = _setting(
        "flip",
        "Correction",
        "What is done with a face whose label the reviewers say is wrong. flip: train on theirs. "
        "drop: leave the face out. down_weight: keep the given label and count the face less.",
    )
    weight: float = _setting(
        0.2,
        "Weight of doubtful faces",
        "How much a face whose label is wrong counts; with down_weight only.",
        step=0.05,
        ge=0.0,
        le=1.0,
    )


def _check_weights(weights: dict[str, float]) -> dict[str, float]:
    for name, weight in weights.items():
        if not name.strip():
            raise ValueError("a weight belongs to a group by its name, as in weights.women=1")
        if not 0.0 <= weight <= 100.0:
            raise ValueError(f"the weight of {name} must lie in 0 … 100. Received: {weight:g}")
    if weights and not any(weights.values()):
        raise ValueError("at least one group needs a weight above 0")
    return weights


class TrainConfig(Section):
    """All settings of one training.

    A config is frozen and goes to JSON and back unchanged; unknown keys are refused.

    Examples
    --------
    >>> config = TrainConfig(epochs=3)
    >>> TrainConfig.model_validate_json(config.model_dump_json()) == config
    True
    """

    recipe: Annotated[str, Field(max_length=60)] = _setting(
        "recommended",
        "Recipe",
        "The named recipe that these settings started from.",
    )
    network: NetworkConfig = _setting(NetworkConfig(), "Network", "The network that is trained.")
    weights: Annotated[dict[str, float], AfterValidator(_check_weights)] = _setting(
        {},
        "Group weights",
        "How much a face of each group counts in the loss, by the group's name; "
        "a group that is not named has weight 1.",
        step=0.05,
        common=True,
    )
    weight_normalisation: Literal["mean", "none"] = _setting(
        "mean",
        "Weight normalisation",
        "mean: scale all weights so that their mean over the training faces is 1. none: as given; "
        "small weights then also shrink the loss, as in the report.",
    )
    balancing: Balancing = _setting(
        Balancing(), "Balancing", "How scarce groups or cells are brought up."
    )
    loss: LossConfig = _setting(LossConfig(), "Loss", "The loss that training minimises.")
    optimizer: OptimizerConfig = _setting(
        OptimizerConfig(), "Optimizer", "How the weights are moved."
    )
    epochs: int = _setting(
        12,
        "Epochs",
        "How often training goes through the faces, at most.",
        step=1,
        ge=1,
        le=1000,
        common=True,
    )
    batch_size: int = _setting(64, "Batch size", "Faces per step.", step=8, ge=1, le=4096)
    early_stopping: EarlyStopping = _setting(
        EarlyStopping(),
        "Early stopping",
        "Which epoch is kept, and when training ends early.",
    )
    augmentation: Augmentation = _setting(
        Augmentation(),
        "Augmentation",
        "Changes drawn anew for each face of each batch.",
    )
    labels: LabelsConfig = _setting(
        LabelsConfig(), "Labels", "Which labels the training faces have."
    )
    folds: int = _setting(
        0,
        "Folds",
        "Besides the network itself, train this many networks that each leave a part of the "
        "people out, so that every training face has a score of a network that has not seen it, "
        "as finding wrong labels needs. Fewer than 2: none. K folds take K times as long again.",
        step=1,
        ge=0,
        le=20,
    )
    precision: Literal["auto", "float32", "mixed_bfloat16"] = _setting(
        "auto",
        "Precision",
        "float32, mixed_bfloat16 (faster where the processor has bf16 instructions), or auto: "
        "mixed_bfloat16 there and float32 elsewhere.",
    )
    seed: int = _setting(
        0,
        "Seed",
        "Start of every random draw; the same seed on the same machine gives the same weights.",
        step=1,
        ge=0,
        le=2**31 - 1,
    )
