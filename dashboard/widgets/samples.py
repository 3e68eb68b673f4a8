"""Which faces stand for many: drawn at random, the same ones at every look."""

from __future__ import annotations

import numpy as np

from dashboard.widgets.face_grid import Tile
from softbio.faces.faceset import FaceSet

__all__ = ["cell_rows", "sample_tiles"]


def cell_rows(chosen: np.ndarray, draw: int, size: int) -> np.ndarray:
    """Return at most `size` of the rows where `chosen` holds, ascending.

    Parameters
    ----------
    chosen : ndarray, shape (N,), bool
    draw : int
        Another number gives other faces; the same number gives the same.
    """
    rows = np.flatnonzero(chosen)
    if len(rows) > size:
        rows = np.random.default_rng(draw).choice(rows, size, replace=False)
    return np.sort(rows)


def sample_tiles(faces: FaceSet, rows: np.ndarray) -> list[Tile]:
    """Return tiles without caption; name, group and label are said and shown in the tooltip."""
    names = faces.table["filename"].iloc[rows]
    groups = list(faces.group_names.values())
    group, label = faces.group_index()[rows], faces.labels()[rows]
    tiles = []
    for row, name, index, value in zip(rows, names, group, label, strict=True):
        known = groups[index] if index >= 0 else f"{faces.group_column} unknown"
        tiles.append(Tile(int(row), f"{name}: {known}, " + _label(value)))
    return tiles


def _label(value: int) -> str:
    return f"label {value}" if value >= 0 else "no label"
