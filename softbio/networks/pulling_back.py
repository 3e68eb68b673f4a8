"""The gradient of the logit with respect to an inner layer, written out for the layers behind it.

A backend would give it too, but each in its own way. Behind the last block stand a mean or a
flattening and one or two dense layers, whose gradients take a line each.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from keras import layers

from softbio.errors import ConfigError

__all__ = ["pull_back", "tail_of"]

#: Activations by name: their slope, from their own value.
_SLOPES = {
    "linear": lambda value: np.ones_like(value),
    "relu": lambda value: (value > 0).astype(np.float32),
}


def tail_of(model: keras.Model, layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Return the layers behind `layer`, in order, of a network that is a chain.

    Raises
    ------
    ConfigError
        If there is one whose gradient is not known.
    """
    behind = model.layers[model.layers.index(layer) + 1 :]
    for each in behind:
        known = isinstance(each, layers.Flatten | layers.GlobalAveragePooling2D | layers.Dropout)
        if isinstance(each, layers.Dense):
            known = each.activation.__name__ in _SLOPES
        if not known:
            raise ConfigError(
                f"Grad-CAM does not know the gradient of the layer {each.name!r} of kind "
                f"{type(each).__name__}. Look with occlusion, which works with every network."
            )
    return behind


def pull_back(
    tail: Sequence[keras.layers.Layer], shape: Sequence[int], outputs: Sequence[np.ndarray]
) -> np.ndarray:
    """Return the gradient of the logit with respect to the inputs of the tail.

    Parameters
    ----------
    tail : sequence of layers
        As `tail_of` gives them; the last one's output is the logit (b, 1).
    shape : sequence of int
        (b, h, w, c), of the tail's inputs.
    outputs : sequence of ndarray
        What each layer of the tail gave, without dropout.

    Returns
    -------
    ndarray, shape (b, h, w, c), float32
    """
    gradient = np.ones_like(outputs[-1], dtype=np.float32)
    # What went into each layer came out of the one before.
    before = [tuple(shape), *(each.shape for each in outputs[:-1])]
    for layer, given, output in reversed(list(zip(tail, before, outputs, strict=True))):
        if isinstance(layer, layers.Dense):
            slope = _SLOPES[layer.activation.__name__](output)
            gradient = (gradient * slope) @ layer.get_weights()[0].T
        elif isinstance(layer, layers.GlobalAveragePooling2D):
            places = given[1] * given[2]
            gradient = np.broadcast_to(gradient.reshape(-1, 1, 1, given[3]) / places, given)
        elif isinstance(layer, layers.Flatten):
            gradient = gradient.reshape(given)
    return gradient
