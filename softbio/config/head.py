"""`HeadConfig`: what can be set when only the last layer is fitted anew."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from softbio.config.named import check_cell_weights, check_weights
from softbio.config.section import Section, setting
from softbio.config.settings import parse_section

__all__ = ["HeadConfig", "parse_head"]


class HeadConfig(Section):
    """All settings of a refit of the last layer, every other layer staying as it is.

    The weight of a face is its group's weight times its cell's. Only the weights'
    proportions count: the loss is their weighted mean.

    Examples
    --------
    >>> config = HeadConfig(cell_weights={"men 1": 4.0})
    >>> HeadConfig.model_validate_json(config.model_dump_json()) == config
    True
    """

    weights: Annotated[dict[str, float], AfterValidator(check_weights)] = setting(
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
        common=True,
    )
    gamma: float = setting(
        0.0,
        "Focal γ",
        "Strength of the focal loss, which stresses the faces that are still wrong; "
        "0 is cross-entropy.",
        step=0.5,
        ge=0.0,
        le=10.0,
        common=True,
    )
    label_smoothing: float = setting(
        0.0,
        "Label smoothing",
        "Pull the labels this far towards one half; helps when they are noisy.",
        step=0.01,
        ge=0.0,
        le=0.5,
        common=True,
    )
    l2: float = setting(
        1e-1,
        "L2",
        "Pull of the layer's weights towards zero, its inputs scaled to standard deviation 1; "
        "the bias is free. It keeps the refit from learning its few faces by heart.",
        step=1e-2,
        ge=1e-6,
        le=10.0,
    )
    target_prevalence: float | None = setting(
        None,
        "Target prevalence",
        "Share of label 1 among the faces that will be judged: the bias is shifted from the "
        "weighted share among the fitted faces to this one. Empty: no shift.",
        step=0.01,
        ge=0.001,
        le=0.999,
        common=True,
    )
    fitted_on: Literal["val_fit", "train"] = setting(
        "val_fit",
        "Fitted on",
        "val_fit: validation faces that the network did not train on. train: the training "
        "faces, which it has already learnt and is surer of than it should be.",
    )


def parse_head(data: dict[str, Any] | str | bytes) -> HeadConfig:
    """Return the settings of a refit that a mapping or JSON text describes.

    Raises
    ------
    ConfigError
        Naming the first setting that is unknown, of the wrong type or out of bounds.

    Examples
    --------
    >>> parse_head({"gamma": "2"}).gamma
    2.0
    """
    return parse_section(HeadConfig, data)
