"""What every network has: named blocks, named features, a count of its multiplications."""

from __future__ import annotations

import keras
from keras import layers

from softbio.networks.layers import ConvPoolRelu

__all__ = ["FEATURES", "LOGIT", "block_names", "multiplications"]

#: Name of the layer whose outputs are the inputs of the last layer.
FEATURES = "features"
#: Name of the last layer.
LOGIT = "logit"


def block_names(model: keras.Model) -> list[str]:
    """Return the names of the layers that end the model's blocks, in order."""
    return [layer.name for layer in model.layers if layer.name.startswith("block")]


def multiplications(model: keras.Model) -> int:
    """Return the multiplications of one image's forward pass in convolutions and dense layers."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, ConvPoolRelu):
            _, height, width, _ = layer.input.shape
            total += (height - 2) * (width - 2) * int(layer.kernel.shape[2]) * 9 * layer.filters
        elif isinstance(layer, layers.Conv2D):
            _, height, width, _ = layer.output.shape
            kernel = layer.kernel.shape
            total += height * width * kernel[0] * kernel[1] * kernel[2] * kernel[3]
        elif isinstance(layer, layers.Dense):
            total += int(layer.kernel.shape[0]) * int(layer.kernel.shape[1])
    return int(total)
