"""How much each training face counts in the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from softbio.config import TrainConfig
from softbio.config.named import cell_values
from softbio.errors import ConfigError
from softbio.training.balancing import part_sizes, parts

__all__ = [
    "balance_of_faces",
    "balancing_weights",
    "cell_weights",
    "face_weights",
    "group_weights",
    "reweighing_weights",
]


def group_weights(weights: Mapping[str, float], groups: Sequence[str]) -> np.ndarray:
    """Return the weight of each group, shape (G,), float64; 1 where none is named.

    Raises
    ------
    ConfigError
        If a name is not one of `groups`.
    """
    for name in weights:
        if name not in groups:
            raise ConfigError(
                f"`weights.{name}`: the face set has no group {name!r}. "
                f"Its groups are: {', '.join(groups)}."
            )
    return np.array([weights.get(name, 1.0) for name in groups], dtype=np.float64)


def cell_weights(weights: Mapping[str, float], groups: Sequence[str]) -> np.ndarray:
    """Return the weight of each cell, shape (G, 2), float64; 1 where none is named.

    Parameters
    ----------
    weights : mapping
        By the group's name and the label: ``"women 1"``.
    groups : sequence of str

    Raises
    ------
    ConfigError
        If a name is of no group in `groups`.
    """
    return np.array(cell_values(weights, groups, "cell_weights", otherwise=1.0), dtype=np.float64)


def balancing_weights(
    labels: np.ndarray, group: np.ndarray, groups: Sequence[str], by: str
) -> np.ndarray:
    """Return a weight per face so that every group, or cell, weighs the same in sum.

    Parameters
    ----------
    labels, group : ndarray, shape (n,)
    groups : sequence of str
    by : {"group", "cell"}

    Returns
    -------
    ndarray, shape (n,), float64
        ``n / (k · size)`` of the face's group or cell, k of them: mean 1.

    Raises
    ------
    DataError
        If a group or cell has no face to balance.
    """
    sizes = part_sizes(labels, group, groups, by)
    return (len(labels) / (len(sizes) * sizes))[parts(labels, group, by)]


def reweighing_weights(labels: np.ndarray, group: np.ndarray, groups: Sequence[str]) -> np.ndarray:
    """Return a weight per face with which the label tells nothing of the group, and back.

    Parameters
    ----------
    labels, group : ndarray, shape (n,)
    groups : sequence of str

    Returns
    -------
    ndarray, shape (n,), float64
        ``P(group) P(label) / P(group, label)``: mean 1, and groups and labels keep their shares.

    Raises
    ------
    DataError
        If a cell has no face.

    References
    ----------
    Kamiran and Calders, "Data preprocessing techniques for classification without discrimination",
    Knowledge and Information Systems 33, 2012.
    """
    cells = part_sizes(labels, group, groups, "cell").reshape(-1, 2)
    expected = cells.sum(1, keepdims=True) * cells.sum(0) / cells.sum()
    return (expected / cells).ravel()[parts(labels, group, "cell")]


def balance_of_faces(
    config: TrainConfig, labels: np.ndarray, group: np.ndarray, groups: Sequence[str]
) -> np.ndarray:
    """Return what balancing by weights or reweighing gives each face, shape (n,), float64.

    1 for every face with the other methods; what a mixture leaves natural counts 1.

    Raises
    ------
    DataError
        If a group or cell has no face to balance.
    """
    method, far = config.balancing.method, config.balancing.mixture
    if method == "weights" and far:
        balanced = balancing_weights(labels, group, groups, config.balancing.by)
    elif method == "reweighing" and far:
        balanced = reweighing_weights(labels, group, groups)
    else:
        return np.ones(len(labels))
    return (1 - far) + far * balanced


def face_weights(
    config: TrainConfig,
    labels: np.ndarray,
    group: np.ndarray,
    groups: Sequence[str],
    trust: np.ndarray | None = None,
    drawn: np.ndarray | None = None,
) -> np.ndarray:
    """Return the weight of each training face, shape (n,), float64.

    The group's weight times the cell's, times the balancing weight, times how far the face's
    label is trusted (`trust`, shape (n,), 0 to 1); scaled to mean 1 over these faces unless
    `weight_normalisation` is ``none``. Faces that an epoch does not show equally often count in
    that mean as often as they are `drawn`, shape (n,).

    Raises
    ------
    ConfigError
        If a weight names no group, or no face is left with a weight above 0.
    DataError
        If balancing needs faces in a group or cell that has none.
    """
    label = np.asarray(labels, dtype=np.int64)
    weights = group_weights(config.weights, groups)[group]
    weights = weights * cell_weights(config.cell_weights, groups)[group, label]
    weights = weights * balance_of_faces(config, labels, group, groups)
    if trust is not None:
        weights = weights * trust
    if not weights.any():
        named = ", ".join(
            f"{name} {weight:g}"
            for name, weight in {**config.weights, **config.cell_weights}.items()
        )
        raise ConfigError(
            f"`weights` ({named}): every training face would have the weight 0. "
            "Give a group that is in the training split a weight above 0."
        )
    if config.weight_normalisation == "none":
        return weights
    mean = weights.mean() if drawn is None else np.average(weights, weights=drawn)
    return weights / mean
