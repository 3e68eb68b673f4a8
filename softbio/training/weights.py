"""How much each training face counts in the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from softbio.config import TrainConfig
from softbio.errors import ConfigError
from softbio.training.balancing import part_sizes, parts

__all__ = ["balancing_weights", "face_weights", "group_weights"]


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


def face_weights(
    config: TrainConfig,
    labels: np.ndarray,
    group: np.ndarray,
    groups: Sequence[str],
    trust: np.ndarray | None = None,
) -> np.ndarray:
    """Return the weight of each training face, shape (n,), float64.

    The group's weight times the balancing weight, times how far the face's label is trusted
    (`trust`, shape (n,), 0 to 1); scaled to mean 1 over these faces unless
    `weight_normalisation` is ``none``.

    Raises
    ------
    ConfigError
        If a weight names no group, or no face is left with a weight above 0.
    DataError
        If balancing needs faces in a group or cell that has none.
    """
    weights = group_weights(config.weights, groups)[group]
    if config.balancing.method == "weights":
        weights = weights * balancing_weights(labels, group, groups, config.balancing.by)
    if trust is not None:
        weights = weights * trust
    if not weights.any():
        named = ", ".join(f"{name} {weight:g}" for name, weight in config.weights.items())
        raise ConfigError(
            f"`weights` ({named}): every training face would have the weight 0. "
            "Give a group that is in the training split a weight above 0."
        )
    return weights / weights.mean() if config.weight_normalisation == "mean" else weights
