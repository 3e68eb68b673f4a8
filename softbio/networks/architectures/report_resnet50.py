"""report_resnet50: the report's attempt with a pretrained network, which failed."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from softbio.config import NetworkConfig
from softbio.networks.architectures.applications import application_body
from softbio.networks.architectures.names import FEATURES

__all__ = ["report_resnet50"]


def report_resnet50(pixels: Any, config: NetworkConfig, policy: keras.DTypePolicy) -> Any:
    """Return the features of the report's ResNet50, with what made it fail, for comparison.

    Pixels are multiplied by 1/255 and go into ResNet50 as they are, where its weights were learnt
    with BGR values around 0 that reach beyond ±100; faces stay as small as they are; and all of
    its layers are frozen (see `softbio.networks.stages`). Behind it the maps' means and a dense
    layer of `config.dense` units with relu. That the maps are pooled and not flattened is ours: the
    report does not say.
    """
    values = layers.Rescaling(1 / 255, name="rescale", dtype="float32")(pixels)
    maps = application_body("resnet50", values, config, policy)
    means = layers.GlobalAveragePooling2D(name="pool", dtype=policy)(maps)
    return layers.Dense(config.dense, activation="relu", name=FEATURES, dtype=policy)(means)
