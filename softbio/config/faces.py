"""The settings of what is trained on: balancing, augmentation, labels."""

from __future__ import annotations

from typing import Literal

from softbio.config.section import Section, setting

__all__ = ["Augmentation", "Balancing", "LabelsConfig"]


class Balancing(Section):
    """How scarce groups or cells are brought up to the others."""

    method: Literal[
        "none",
        "under_sample",
        "over_sample",
        "augment_minority",
        "batches",
        "weights",
        "reweighing",
    ] = setting(
        "none",
        "Balancing",
        "none: the faces as they are. under_sample: drop faces until all are equally many. "
        "over_sample: repeat faces until all are equally many. augment_minority: the same, and "
        "every repeated face is a new variant of it. batches: fill every batch with as many of "
        "each. weights: weigh each face by 1 / (size of its group or cell). reweighing: weigh "
        "cells so that label and group become independent (Kamiran and Calders).",
    )
    by: Literal["group", "cell"] = setting(
        "cell",
        "Balance by",
        "What is made equal: the groups (as in the report), or the cells, "
        "each a group and a label. Reweighing always weighs cells.",
    )
    mixture: float = setting(
        1.0,
        "How far balanced",
        "From 0, the faces as they are, to 1, wholly balanced: the shares of the groups or cells "
        "are mixed of both.",
        step=0.05,
        ge=0.0,
        le=1.0,
    )
    variation: float = setting(
        0.5,
        "Variation",
        "How strongly repeated faces are varied: turned, resized, shifted and a little worn, "
        "never recoloured. With augment_minority only.",
        step=0.05,
        ge=0.0,
        le=1.0,
    )


class Augmentation(Section):
    """Changes drawn anew for each face of each batch.

    None that is on by default changes hair colour, since the label may be about it.
    """

    flip: bool = setting(True, "Mirror", "Mirror half of the faces, left to right.")
    shift: float = setting(
        0.05,
        "Shift",
        "Largest shift in each direction, as a share of the side.",
        step=0.01,
        ge=0.0,
        le=0.3,
    )
    rotation: float = setting(
        0.0, "Rotation", "Largest turn to either side, in degrees.", step=1.0, ge=0.0, le=45.0
    )
    zoom: float = setting(
        0.0,
        "Zoom",
        "Largest change of size, as a share: 0.1 shows faces from a tenth smaller to a tenth "
        "larger.",
        step=0.01,
        ge=0.0,
        le=0.5,
    )
    brightness: float = setting(
        0.0,
        "Brightness",
        "Largest change of brightness, as a share. It changes how blond hair looks.",
        step=0.05,
        ge=0.0,
        le=0.9,
    )
    contrast: float = setting(
        0.0,
        "Contrast",
        "Largest change of contrast, as a share. It changes how blond hair looks.",
        step=0.05,
        ge=0.0,
        le=0.9,
    )
    cutout: float = setting(
        0.0,
        "Cut-out",
        "Hide a square in half of the faces; its side, as a share of the face's. It may hide what "
        "the label is about.",
        step=0.05,
        ge=0.0,
        le=0.6,
    )
    noise: float = setting(
        0.0,
        "Noise",
        "Largest standard deviation of noise in half of the faces, as a share of white.",
        step=0.01,
        ge=0.0,
        le=0.3,
    )
    blur: float = setting(
        0.0,
        "Blur",
        "Largest standard deviation of a blur of half of the faces, in pixels.",
        step=0.1,
        ge=0.0,
        le=5.0,
    )
    jpeg: float = setting(
        0.0,
        "JPEG",
        "How far half of the faces are compressed at most: 0 not at all, 1 down to quality 10.",
        step=0.05,
        ge=0.0,
        le=1.0,
    )
    mixup: float = setting(
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

    use: Literal["given", "corrected"] = setting(
        "given",
        "Labels",
        "given: as they came. corrected: as people reviewed them; photographs that are tagged "
        "unusable are left out. The given labels stay in the face set.",
    )
    correction: Literal["flip", "drop", "down_weight"] = setting(
        "flip",
        "Correction",
        "What is done with a face whose label the reviewers say is wrong. flip: train on theirs. "
        "drop: leave the face out. down_weight: keep the given label and count the face less.",
    )
    weight: float = setting(
        0.2,
        "Weight of doubtful faces",
        "How much a face whose label is wrong counts; with down_weight only.",
        step=0.05,
        ge=0.0,
        le=1.0,
    )
