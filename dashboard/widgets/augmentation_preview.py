"""What the network will see: faces of each cell beside how the settings would change them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.widgets.told import telling_errors
from softbio.config import TrainConfig
from softbio.faces.faceset import FaceSet
from softbio.faces.sheet import contact_sheet
from softbio.training.corrections import corrections_of
from softbio.training.plan import plan_training
from softbio.training.preview import augmented

__all__ = ["augmentation_preview"]

_FACES, _VARIANTS = 2, 4
#: Pixels between the originals and what becomes of them.
_APART = 10
#: Between the pictures; quiet on the light page and on the dark one.
_GREY = 128


def augmentation_preview(faces: FaceSet, config: TrainConfig) -> None:
    """Show a few training faces of each cell, the original first, and then how they would be shown.

    Nothing is drawn while it is folded.
    """
    part = st.expander(
        "What the network will see",
        icon=":material/visibility:",
        key="augmentation_preview",
        on_change="rerun",
    )
    if not part.open:
        return
    with part, telling_errors():
        cells = 2 * len(faces.group_names)
        corrections = corrections_of(faces, config.labels)
        plan = plan_training(faces, config, corrections)
        rows, pixels = augmented(faces, config, n=_FACES * cells, variants=_VARIANTS, plan=plan)
        st.caption("  \n".join(plan.notes))
        st.caption(
            "Left each face as it is, right how it would be shown the next times." + _more(config)
        )
        labels = faces.labels() if corrections is None else corrections.labels(faces)
        cell = 2 * faces.group_index()[rows] + labels[rows]
        groups = list(faces.group_names.values())
        for number in np.unique(cell):
            name = f"{groups[number // 2]}, label {number % 2}"
            st.image(
                _sheet(faces.images[rows[cell == number]], pixels[cell == number]),
                caption=name,
                alt=f"Training faces of {name}: the originals, then {_VARIANTS} variants of each",
                width="stretch",
                output_format="JPEG",
            )


def _sheet(originals: np.ndarray, variants: np.ndarray) -> np.ndarray:
    """Return a line for each face: the original, a gap, and its variants."""
    pictures = variants.reshape(-1, *variants.shape[2:])
    left = contact_sheet(originals, columns=1, background=_GREY)
    right = contact_sheet(pictures, columns=variants.shape[1], background=_GREY)
    gap = np.full((len(left), _APART, 3), _GREY, dtype=np.uint8)
    return np.concatenate([left, gap, right], axis=1)


def _more(config: TrainConfig) -> str:
    said = ""
    if config.balancing.method == "augment_minority" and config.balancing.mixture:
        said += " Of faces that an epoch repeats, every picture but its first is a new variant."
    if config.augmentation.mixup:
        said += " Mixed faces have labels in between."
    return said
