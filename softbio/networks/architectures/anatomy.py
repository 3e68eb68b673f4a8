"""What can be said of every network: its blocks, and how many multiplications it takes."""

from __future__ import annotations

import re

import keras
from keras import layers

from softbio.networks.architectures.applications import APPLICATIONS
from softbio.networks.architectures.names import BODY
from softbio.networks.layers import ConvPoolRelu

__all__ = ["block_names", "multiplications"]


def block_names(model: keras.Model) -> list[str]:
    """Return the names of the layers that end the model's blocks, in order.

    Of networks of keras.applications those that end their stages, the last one being `BODY`.
    """
    names = [layer.name for layer in model.layers]
    if BODY in names:
        known = (each.stages for each in APPLICATIONS.values())
        return [*next(stages for stages in known if set(stages) <= set(names)), BODY]
    return [name for name in names if re.fullmatch(r"block\d+", name)]


def multiplications(model: keras.Model) -> int:
    """Return the multiplications of one image's forward pass in convolutions and dense layers."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, ConvPoolRelu):
            _, height, width, _ = layer.input.shape
            total += (height - 2) * (width - 2) * int(layer.kernel.shape[2]) * 9 * layer.filters
        elif isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D):
            # Of a depthwise kernel (h, w, c, k) the outputs are c·k, and each has one input.
            _, height, width, _ = layer.output.shape
            kernel = layer.kernel.shape
            total += height * width * kernel[0] * kernel[1] * kernel[2] * kernel[3]
        elif isinstance(layer, layers.Dense):
            total += int(layer.kernel.shape[0]) * int(layer.kernel.shape[1])
    return int(total)
