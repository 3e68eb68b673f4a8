"""How much each face counts when the last layer is refitted."""

from __future__ import annotations

import numpy as np

from softbio.config.head import HeadConfig
from softbio.errors import ConfigError
from softbio.training.balancing import part_sizes, parts
from softbio.training.head.data import HeadData
from softbio.training.weights import group_weights

__all__ = ["balanced_cells", "face_shares"]

_LARGEST = 100.0


def face_shares(data: HeadData, settings: HeadConfig) -> np.ndarray:
    """Return each face's share of the loss: its own weight, its group's and its cell's, in sum 1.

    Returns
    -------
    ndarray, shape (n,), float64

    Raises
    ------
    ConfigError
        If a weight names no group or cell of the set, or all faces of a label have weight 0.
    """
    by_group = group_weights(settings.weights, data.groups)
    by_cell = _cell_weights(settings, data.groups)
    weights = by_group[data.group] * by_cell[parts(data.label, data.group, "cell")]
    weights = weights * data.weight
    for label in (0, 1):
        if not weights[data.label == label].any():
            raise ConfigError(
                f"`weights` and `cell_weights`: every face with label {label} would have the "
                "weight 0. Give a cell with that label a weight above 0."
            )
    return weights / weights.sum()


def balanced_cells(data: HeadData) -> dict[str, float]:
    """Return `cell_weights` with which every cell weighs the same in sum.

    The heaviest cell gets 1 and the others more, to four digits; where that would pass the
    largest weight that is allowed, all are scaled down, which changes nothing in the fit.

    Raises
    ------
    DataError
        If a cell has no face.
    """
    sizes = part_sizes(data.label, data.group, data.groups, "cell")
    sums = np.bincount(parts(data.label, data.group, "cell"), data.weight, len(sizes))
    weights = sums.max() / sums
    weights *= min(1.0, _LARGEST / weights.max())
    names = [f"{group} {label}" for group in data.groups for label in (0, 1)]
    return {name: float(f"{weight:.4g}") for name, weight in zip(names, weights, strict=True)}


def _cell_weights(settings: HeadConfig, groups: tuple[str, ...]) -> np.ndarray:
    names = [f"{group} {label}" for group in groups for label in (0, 1)]
    for name in settings.cell_weights:
        if name not in names:
            raise ConfigError(
                f"`cell_weights.{name}`: the face set has no cell {name!r}. "
                f"Its cells are: {', '.join(names)}."
            )
    return np.array([settings.cell_weights.get(name, 1.0) for name in names], dtype=np.float64)
