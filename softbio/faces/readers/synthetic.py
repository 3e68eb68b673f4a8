"""Synthetic faces as a source: ``synthetic:6000,seed=3``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from softbio.faces.source import GENDERS, Source
from softbio.faces.synthetic import draw_attributes, draw_faces, parse_synthetic

__all__ = ["Drawing", "read_synthetic"]

LABEL = "Blond_Hair xor Eyeglasses"

_OWN = ("filename", "label", "true_label", "gender", "identity")


@dataclass(frozen=True)
class Drawing:
    """Draws faces from their rows; a class, so that it travels to other processes."""

    seed: int

    def __call__(self, rows: pd.DataFrame, size: int, start: int) -> np.ndarray:
        """Return the faces of `rows`, uint8 (n, size, size, 3)."""
        return draw_faces(rows, self.seed, size=size, start=start)


def read_synthetic(text: str) -> Source:
    """Draw the table of synthetic faces; pixels are drawn when the source is packed.

    Raises
    ------
    DataError
        If `text` is not ``synthetic:N`` with options.
    """
    spec = parse_synthetic(text)
    rows = draw_attributes(spec.count, spec.seed, spec.noise)
    attributes = tuple(str(name) for name in rows.columns if name not in _OWN)
    rows = rows.assign(path="", partition=pd.Series([None] * len(rows), dtype="str"))
    meta = {
        "reader": "synthetic",
        "source": str(spec),
        "label": {"formula": LABEL, "coding": "0/1"},
        "of": spec.count,
        "left_out": [],
    }
    return Source(
        rows, "gender", dict(GENDERS), attributes, meta, Drawing(spec.seed), ("true_label",)
    )
