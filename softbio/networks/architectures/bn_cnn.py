"""bn_cnn: the small network that is recommended."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from softbio.config import NetworkConfig
from softbio.networks.architectures.anatomy import FEATURES

__all__ = ["bn_cnn"]


def bn_cnn(pixels: Any, config: NetworkConfig, policy: keras.DTypePolicy) -> Any:
    """Return the features of four blocks of convolution, pooling, batch norm and relu.

    Widths 32-64-128-256, then the mean over all places. Norm and relu come after
    the pooling and have a quarter of the work there: an epoch takes about half
    of the time that it takes with the norm in front of the pooling.
    """
    flow = layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale", dtype=policy)(pixels)
    for number, filters in enumerate((32, 64, 128, 256), 1):
        flow = layers.Conv2D(
            filters, 3, padding="same", use_bias=False, name=f"conv{number}", dtype=policy
        )(flow)
        flow = layers.MaxPooling2D(2, name=f"pool{number}", dtype=policy)(flow)
        flow = layers.BatchNormalization(momentum=0.9, name=f"norm{number}", dtype=policy)(flow)
        flow = layers.ReLU(name=f"block{number}", dtype=policy)(flow)
    return layers.GlobalAveragePooling2D(name=FEATURES, dtype="float32")(flow)
