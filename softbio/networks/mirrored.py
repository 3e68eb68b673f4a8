"""The mean of what a network says of a face and of its mirror image."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from softbio.config import TrainConfig

__all__ = ["as_scored", "with_mirror"]


def with_mirror(model: keras.Model) -> keras.Model:
    """Return a network whose every output is the mean over a face and its mirror image.

    The last layer is linear, so the mean of the logits is the logit of the mean of its inputs:
    a last layer that is fitted anew on mean embeddings gives the scores that this network gives
    with it.

    Parameters
    ----------
    model : keras.Model
        Takes pixels (b, H, W, 3) and returns one output or a list of them.

    Returns
    -------
    keras.Model
        Of the same inputs and outputs; the weights are shared. It takes twice as long.
    """
    given = model.inputs[0]
    pixels = keras.Input(given.shape[1:], dtype=given.dtype, name="pixels")
    # As one batch of both: the network stands in the graph once, and is compiled once.
    both = model(ops.concatenate([pixels, ops.flip(pixels, axis=2)], axis=0))
    means = [_mean(output) for output in (both if isinstance(both, list | tuple) else [both])]
    outputs = means if isinstance(both, list | tuple) else means[0]
    return keras.Model(pixels, outputs, name=f"{model.name}_mirrored")


def _mean(output: Any) -> Any:
    """Return the mean of the first and the second half of a batch."""
    return ops.mean(ops.reshape(output, (2, -1, *output.shape[1:])), axis=0)


def as_scored(model: keras.Model, config: TrainConfig) -> keras.Model:
    """Return the network with which a run of `config` scores: mirrored where it asks for that."""
    return with_mirror(model) if config.test_time_flip else model
