"""The networks that can be trained, by name, and how one is built."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import layers

from softbio.config import NetworkConfig
from softbio.config.network import SMALLEST
from softbio.networks.architectures.applications import (
    efficientnet_v2_b0,
    mobilenet_v3_small,
    resnet50,
)
from softbio.networks.architectures.bn_cnn import bn_cnn
from softbio.networks.architectures.names import LOGIT
from softbio.networks.architectures.pretrained import put_published_weights
from softbio.networks.architectures.report_cnn import report_cnn
from softbio.networks.architectures.report_resnet50 import report_resnet50

__all__ = ["NETWORKS", "SMALLEST", "build"]

#: Each takes uint8 pixels, the config and a dtype policy, and returns features (b, D).
NETWORKS: dict[str, Callable[[Any, NetworkConfig, keras.DTypePolicy], Any]] = {
    "report_cnn": report_cnn,
    "bn_cnn": bn_cnn,
    "report_resnet50": report_resnet50,
    "resnet50": resnet50,
    "mobilenet_v3_small": mobilenet_v3_small,
    "efficientnet_v2_b0": efficientnet_v2_b0,
}


def build(config: NetworkConfig, size: int, precision: str, *, weights: bool = True) -> keras.Model:
    """Return an untrained network.

    Parameters
    ----------
    config : NetworkConfig
    size : int
        Side of the images in pixels.
    precision : {"float32", "mixed_bfloat16"}
        Weights and logits are float32 in both.
    weights : bool
        Whether published weights are put in, where the config asks for them. Without, nothing is
        read or fetched: for a run whose own weights are put in.

    Returns
    -------
    keras.Model
        Takes pixels (b, size, size, 3), uint8, as they stand in a face set, and
        returns logits (b, 1), float32; the probability of label 1 is their
        sigmoid. All preprocessing is inside.

    Raises
    ------
    ConfigError
        If the images are too small for it, or its published weights cannot be had.
    """
    config.check_size(size)
    policy = keras.DTypePolicy(precision)
    pixels = keras.Input((size, size, 3), dtype="uint8", name="pixels")
    flow = NETWORKS[config.name](pixels, config, policy)
    flow = layers.Dropout(config.dropout, name="dropout", dtype=policy)(flow)
    logit = layers.Dense(1, name=LOGIT, dtype="float32")(flow)
    model = keras.Model(pixels, logit, name=config.name)
    if weights:
        put_published_weights(model, config)
    return model
