"""The networks that can be trained, one small function each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import layers

from softbio.config import NetworkConfig
from softbio.errors import ConfigError
from softbio.networks.layers import ConvPoolRelu

__all__ = ["FEATURES", "NETWORKS", "SMALLEST", "block_names", "build", "multiplications"]

#: Name of the layer whose outputs are the inputs of the last layer.
FEATURES = "features"
#: Smallest side of an image, in pixels, that every network can take.
SMALLEST = 22

_LOGIT = "logit"


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


#: Each takes uint8 pixels, the config and a dtype policy, and returns features (b, D).
NETWORKS: dict[str, Callable[[Any, NetworkConfig, keras.DTypePolicy], Any]] = {
    "report_cnn": report_cnn,
    "bn_cnn": bn_cnn,
}


def build(config: NetworkConfig, size: int, precision: str) -> keras.Model:
    """Return an untrained network.

    Parameters
    ----------
    config : NetworkConfig
    size : int
        Side of the images in pixels, at least `SMALLEST`.
    precision : {"float32", "mixed_bfloat16"}
        Weights and logits are float32 in both.

    Returns
    -------
    keras.Model
        Takes pixels (b, size, size, 3), uint8, as they stand in a face set, and
        returns logits (b, 1), float32; the probability of label 1 is their
        sigmoid. All preprocessing is inside.

    Raises
    ------
    ConfigError
        If the images are too small for it.
    """
    if size < SMALLEST:
        raise ConfigError(
            f"Faces of {size}×{size} pixels are too small for the networks, which need at least "
            f"{SMALLEST}×{SMALLEST}. Pack them again with --size 80."
        )
    policy = keras.DTypePolicy(precision)
    pixels = keras.Input((size, size, 3), dtype="uint8", name="pixels")
    flow = NETWORKS[config.name](pixels, config, policy)
    flow = layers.Dropout(config.dropout, name="dropout", dtype=policy)(flow)
    logit = layers.Dense(1, name=_LOGIT, dtype="float32")(flow)
    return keras.Model(pixels, logit, name=config.name)


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
