"""report_cnn: the network of the report."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from softbio.config import NetworkConfig
from softbio.networks.architectures.anatomy import FEATURES
from softbio.networks.layers import ConvPoolRelu

__all__ = ["report_cnn"]


def report_cnn(pixels: Any, config: NetworkConfig, policy: keras.DTypePolicy) -> Any:
    """Return the features of the report's network: three convolutions and a wide dense layer.

    Conv 32-64-128 (3×3, no padding, relu), each with 2×2 max pooling, then
    Dense 512. The report multiplied pixels by 1/255 before the network.
    """
    flow = pixels
    for number, filters in enumerate((32, 64, 128), 1):
        scale = 1 / 255 if number == 1 else 1.0
        flow = ConvPoolRelu(filters, scale, name=f"block{number}", dtype=policy)(flow)
    flow = layers.Flatten(name="flatten", dtype=policy)(flow)
    return layers.Dense(512, activation="relu", name=FEATURES, dtype=policy)(flow)
