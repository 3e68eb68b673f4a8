"""The mean of what a network says of a face and of its mirror image."""

from __future__ import annotations

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
    seen, mirrored = model(pixels), model(ops.flip(pixels, axis=2))
    if isinstance(seen, list | tuple):
        outputs = [ops.multiply(ops.add(a, b), 0.5) for a, b in zip(seen, mirrored, strict=True)]
    else:
        outputs = ops.multiply(ops.add(seen, mirrored), 0.5)
    return keras.Model(pixels, outputs, name=f"{model.name}_mirrored")


def as_scored(model: keras.Model, config: TrainConfig) -> keras.Model:
    """Return the network with which a run of `config` scores: mirrored where it asks for that."""
    return with_mirror(model) if config.test_time_flip else model
