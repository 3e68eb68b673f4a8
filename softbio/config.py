"""Every setting of a training: its title, meaning, bounds and default.

``TrainConfig`` is the one description from which the command line's ``--set``,
the page's sliders and tooltips and the documentation are generated, so a new
setting is added here and nowhere else.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from softbio.errors import ConfigError

__all__ = [
    "RECIPES",
    "Augmentation",
    "Balancing",
    "EarlyStopping",
    "LossConfig",
    "NetworkConfig",
    "OptimizerConfig",
    "Setting",
    "TrainConfig",
    "apply_settings",
    "parse_config",
    "recipe",
    "settings",
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


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NetworkConfig(_Section):
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


class Balancing(_Section):
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


class LossConfig(_Section):
    """The loss that training minimises."""

    name: Literal["cross_entropy", "focal"] = _setting(
        "cross_entropy",
        "Loss",
        "cross_entropy, or focal, which stresses the faces that are still wrong. Under noisy "
        "labels these are often the faces whose label is wrong.",
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
    label_smoothing: float = _setting(
        0.0,
        "Label smoothing",
        "Pull the labels this far towards one half; helps when they are noisy.",
        step=0.01,
        ge=0.0,
        le=0.5,
    )


class OptimizerConfig(_Section):
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
    schedule: Literal["constant", "cosine"] = _setting(
        "cosine",
        "Schedule",
        "Learning rate over the steps: constant, or a cosine down to zero.",
    )
    warmup_epochs: float = _setting(
        1.0,
        "Warm-up",
        "Epochs over which the learning rate rises from zero; cosine only.",
        step=0.5,
        ge=0.0,
        le=20.0,
    )


class EarlyStopping(_Section):
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


class Augmentation(_Section):
    """Changes drawn anew for each face of each batch; none of them changes hair colour."""

    flip: bool = _setting(True, "Mirror", "Mirror half of the faces, left to right.")
    shift: float = _setting(
        0.05,
        "Shift",
        "Largest shift in each direction, as a share of the side.",
        step=0.01,
        ge=0.0,
        le=0.3,
    )


def _check_weights(weights: dict[str, float]) -> dict[str, float]:
    for name, weight in weights.items():
        if not 0.0 <= weight <= 100.0:
            raise ValueError(f"the weight of {name} must lie in 0 … 100. Received: {weight:g}")
    if weights and not any(weights.values()):
        raise ValueError("at least one group needs a weight above 0")
    return weights


class TrainConfig(_Section):
    """All settings of one training.

    A config is frozen and goes to JSON and back unchanged; unknown keys are refused.

    Examples
    --------
    >>> recipe("report").loss.gamma
    5.0
    >>> TrainConfig.model_validate_json(recipe("fast").model_dump_json()) == recipe("fast")
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


def _plain(section: str, model: type[_Section]) -> Iterator[tuple[str, Any, str]]:
    for name, field in model.model_fields.items():
        path = f"{section}{name}"
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, _Section):
            yield from _plain(path + ".", kind)
        else:
            yield path, field, section.rstrip(".")


@dataclass(frozen=True)
class Setting:
    """One setting as the command line, a page or the docs show it.

    Attributes
    ----------
    path : str
        Dotted name, as ``--set`` takes it: ``loss.gamma``.
    title, description : str
    kind : {"bool", "int", "float", "choice", "text", "weights"}
    optional : bool
        Whether it may be empty (``None``).
    choices : tuple of str
        The allowed values of a ``choice``.
    low, high, step : float or None
        Inclusive bounds (``low`` is exclusive where ``low_is_open``) and a sensible step.
    common : bool
        Whether it belongs to the few that a page shows before the folded rest.
    section : str
        Dotted name of the section it stands in, ``""`` at the top.
    """

    path: str
    title: str
    description: str
    kind: str
    optional: bool
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    low_is_open: bool
    step: float | None
    common: bool
    section: str


def settings() -> tuple[Setting, ...]:
    """Return every setting of `TrainConfig`, in order, sections flattened."""
    return tuple(
        _describe(path, field, section) for path, field, section in _plain("", TrainConfig)
    )


def _describe(path: str, field: Any, section: str) -> Setting:
    kind = field.annotation
    arguments = typing.get_args(kind)
    optional = isinstance(kind, types.UnionType) and type(None) in arguments
    if optional:
        kind = next(argument for argument in arguments if argument is not type(None))
    choices: tuple[str, ...] = ()
    if typing.get_origin(kind) is Literal:
        name, choices = "choice", tuple(typing.get_args(kind))
    elif typing.get_origin(kind) is dict:
        name = "weights"
    else:
        name = {bool: "bool", int: "int", float: "float", str: "text"}[kind]
    low = high = None
    low_is_open = False
    for constraint in field.metadata:
        if getattr(constraint, "ge", None) is not None:
            low = constraint.ge
        if getattr(constraint, "gt", None) is not None:
            low, low_is_open = constraint.gt, True
        if getattr(constraint, "le", None) is not None:
            high = constraint.le
    if name == "weights":
        low, high = 0.0, 100.0
    extra = field.json_schema_extra or {}
    return Setting(
        path=path,
        title=field.title,
        description=field.description,
        kind=name,
        optional=optional,
        choices=choices,
        low=low,
        high=high,
        low_is_open=low_is_open,
        step=extra.get("step"),
        common=extra.get("common", False),
        section=section,
    )


def parse_config(data: dict[str, Any] | str | bytes) -> TrainConfig:
    """Return the config that a mapping or JSON text describes.

    Raises
    ------
    ConfigError
        Naming the first setting that is unknown, of the wrong type or out of bounds.
    """
    try:
        if isinstance(data, dict):
            return TrainConfig.model_validate(data)
        return TrainConfig.model_validate_json(data)
    except ValidationError as error:
        raise ConfigError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    path = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = ", ".join(setting.path for setting in settings())
        return f"`{path}` is not a setting. The settings are: {known}."
    message = first["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    received = first.get("input")
    if "Received" in message or isinstance(received, dict):
        return f"`{path}`: {message}."
    return f"`{path}`: {message}. Received: {received!r}."


def apply_settings(config: TrainConfig, assignments: list[str]) -> TrainConfig:
    """Return `config` changed by assignments such as ``"loss.gamma=2"``.

    Parameters
    ----------
    config : TrainConfig
    assignments : list of str
        ``path=value`` each; ``weights.women=1`` sets a group's weight, and an
        empty value or ``none`` empties a setting that may be empty.

    Raises
    ------
    ConfigError
        If an assignment has no ``=``, or names or sets what the config refuses.

    Examples
    --------
    >>> apply_settings(recipe("recommended"), ["weights.men=0.1"]).weights
    {'men': 0.1}
    """
    known = {setting.path: setting for setting in settings()}
    data = config.model_dump()
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        path, text = path.strip(), text.strip()
        if not equals or not path:
            raise ConfigError(
                f"--set takes path=value, such as loss.gamma=2. Received: {assignment!r}."
            )
        if path not in known and not path.startswith("weights."):
            raise ConfigError(
                f"`{path}` is not a setting. The settings are: {', '.join(known)} "
                "(a group's weight is weights.NAME)."
            )
        *parents, leaf = path.split(".", 1) if path.startswith("weights.") else path.split(".")
        place = data
        for parent in parents:
            place = place[parent]
        empties = path in known and known[path].optional and text.lower() in ("", "none")
        place[leaf] = None if empties else text
    return parse_config(data)


_REPORT = TrainConfig(
    recipe="report",
    network=NetworkConfig(name="report_cnn", dropout=0.5),
    weights={"women": 1.0, "men": 0.1},
    weight_normalisation="none",
    balancing=Balancing(method="under_sample", by="group"),
    loss=LossConfig(name="focal", gamma=5.0, alpha=0.25, class_balancing=False),
    optimizer=OptimizerConfig(
        name="adam", learning_rate=1e-3, weight_decay=0.0, schedule="constant", warmup_epochs=0.0
    ),
    epochs=10,
    batch_size=32,
    early_stopping=EarlyStopping(monitor="loss", patience=1, restore_best=False),
    augmentation=Augmentation(flip=False, shift=0.0),
    precision="float32",
)

_RECOMMENDED = TrainConfig(balancing=Balancing(method="weights", by="cell"))

_FAST = TrainConfig(
    recipe="fast",
    balancing=Balancing(method="weights", by="cell"),
    epochs=5,
)

RECIPES: dict[str, TrainConfig] = {
    "report": _REPORT,
    "recommended": _RECOMMENDED,
    "fast": _FAST,
}


def recipe(name: str) -> TrainConfig:
    """Return the recipe called `name`.

    Raises
    ------
    ConfigError
        If there is no such recipe.
    """
    if name not in RECIPES:
        raise ConfigError(
            f"There is no recipe called {name!r}. The recipes are: {', '.join(RECIPES)}."
        )
    return RECIPES[name]
