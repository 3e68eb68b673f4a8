"""What the network will see: faces of each cell beside how the settings would change them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from softbio.config import TrainConfig
from softbio.faces.faceset import FaceSet
from softbio.faces.sheet import contact_sheet
from softbio.training.preview import augmented

__all__ = ["augmentation_preview"]

_FACES, _VARIANTS = 2, 4
#: Pixels between the originals and what becomes of them.
_APART = 8


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
    with part:
        cells = 2 * len(faces.group_names)
        rows, pixels = augmented(faces, config, n=_FACES * cells, variants=_VARIANTS)
        st.caption(
            "Left the faces as they are, right how the network would see them in one epoch after "
            "the other. They are drawn anew for each batch." + _more(config)
        )
        cell = 2 * faces.group_index()[rows] + faces.labels()[rows]
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
    left = contact_sheet(originals, columns=1)
    right = contact_sheet(variants.reshape(-1, *variants.shape[2:]), columns=variants.shape[1])
    gap = np.full((len(left), _APART, 3), 255, dtype=np.uint8)
    return np.concatenate([left, gap, right], axis=1)


def _more(config: TrainConfig) -> str:
    said = ""
    if config.balancing.method == "augment_minority" and config.balancing.mixture:
        said += " Faces that are repeated in an epoch are new variants each time but the first."
    if config.augmentation.mixup:
        said += " Mixed faces have labels in between."
    return said
