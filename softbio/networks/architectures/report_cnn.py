"""report_cnn: the network of the report."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from softbio.config import NetworkConfig
from softbio.networks.architectures.names import FEATURES
from softbio.networks.layers import ConvPoolRelu

__all__ = ["report_cnn"]


def report_cnn(pixels: Any, config: NetworkConfig, policy: keras.DTypePolicy) -> Any:
    """Return the features of the report's network: some convolutions and a wide dense layer.

    By default Conv 32-64-128 (3×3, no padding, relu), each with 2×2 max pooling, then Dense 512.
    The report multiplied pixels by 1/255 before the network.

    `config.depth` sets how many convolutions there are, `config.filters` how many filters the
    first one has, each one after it twice as many, and `config.dense` the dense layer's units. A
    map of one pixel cannot be halved: a block that is left with one does not pool, as the fifth
    for faces of 80×80 (39, 18, 8, 3 and 1 pixels wide).
    """
    flow = pixels
    for number in range(1, config.depth + 1):
        filters = config.filters * 2 ** (number - 1)
        name = f"block{number}"
        if flow.shape[1] - 2 > 1:
            scale = 1 / 255 if number == 1 else 1.0
            flow = ConvPoolRelu(filters, scale, name=name, dtype=policy)(flow)
        else:
            flow = layers.Conv2D(filters, 3, activation="relu", name=name, dtype=policy)(flow)
    flow = layers.Flatten(name="flatten", dtype=policy)(flow)
    return layers.Dense(config.dense, activation="relu", name=FEATURES, dtype=policy)(flow)
