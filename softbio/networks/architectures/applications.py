"""Networks of keras.applications, each with its own preprocessing, resized inside.

Their layers keep Keras's names. The weights are drawn by the seed;
`softbio.networks.architectures.pretrained` puts published ones in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras
from keras import layers

from softbio.config import NetworkConfig
from softbio.networks.architectures.names import BODY, FEATURES
from softbio.networks.architectures.pixels import ImageNetPixels

__all__ = [
    "APPLICATIONS",
    "Application",
    "application_body",
    "efficientnet_v2_b0",
    "mobilenet_v3_small",
    "resnet50",
]

#: Momentum of the batch norms of a body without published weights. Keras's own, up to 0.999, are
#: made for ImageNet's hundreds of thousands of steps; a training here may have a few hundred.
_MOMENTUM = 0.9


@dataclass(frozen=True)
class Application:
    """One network of keras.applications.

    Attributes
    ----------
    make : callable
        Of keras.applications.
    mode : {"caffe", "tf", "torch"}
        How it wants pixels, in the words of `keras.applications.imagenet_utils`.
    stages : tuple of str
        The layers that end its stages, whose maps the next stage halves; the last stage ends with
        the body and is not among them.
    options : dict
        With which `make` preprocesses nothing itself: in bfloat16 it would do so in bfloat16.
    """

    make: Callable[..., keras.Model]
    mode: str
    stages: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)


APPLICATIONS: dict[str, Application] = {
    "resnet50": Application(
        make=keras.applications.ResNet50,
        mode="caffe",
        stages=("conv2_block3_out", "conv3_block4_out", "conv4_block6_out"),
    ),
    "mobilenet_v3_small": Application(
        make=keras.applications.MobileNetV3Small,
        mode="tf",
        stages=("expanded_conv_project_bn", "expanded_conv_2_add", "expanded_conv_7_add"),
        options={"include_preprocessing": False},
    ),
    "efficientnet_v2_b0": Application(
        make=keras.applications.EfficientNetV2B0,
        mode="torch",
        stages=("block1a_project_activation", "block2b_add", "block3b_add", "block5e_add"),
        options={"include_preprocessing": False},
    ),
}


def resnet50(pixels: Any, config: NetworkConfig, policy: keras.DTypePolicy) -> Any:
    """Return the pooled features of ResNet50 (He et al. 2016, arXiv 1512.03385): 2048."""
    return _features("resnet50", pixels, config, policy)


def mobilenet_v3_small(pixels: Any, config: NetworkConfig, policy: keras.DTypePolicy) -> Any:
    """Return the pooled features of MobileNetV3-Small (Howard et al. 2019, arXiv 1905.02244): 576."""
    return _features("mobilenet_v3_small", pixels, config, policy)


def efficientnet_v2_b0(pixels: Any, config: NetworkConfig, policy: keras.DTypePolicy) -> Any:
    """Return the pooled features of EfficientNetV2-B0 (Tan and Le 2021, arXiv 2104.00298): 1280."""
    return _features("efficientnet_v2_b0", pixels, config, policy)


def application_body(
    name: str, values: Any, config: NetworkConfig, policy: keras.DTypePolicy
) -> Any:
    """Return the last maps of an application, shape (b, h, w, c).

    Parameters
    ----------
    name : str
        One of `APPLICATIONS`.
    values : keras tensor, shape (b, H, W, 3)
        As the application wants them.
    config : NetworkConfig
    policy : keras.DTypePolicy
    """
    application = APPLICATIONS[name]
    with _made_with(policy):
        body = application.make(
            include_top=False, weights=None, input_tensor=values, **application.options
        )
    if config.weights == "none":
        for layer in body.layers:
            if isinstance(layer, layers.BatchNormalization):
                layer.momentum = _MOMENTUM
    # Keras numbers some of its layers anew with each network that is made: this name stays.
    return layers.Identity(name=BODY, dtype=policy)(body.output)


def _features(name: str, pixels: Any, config: NetworkConfig, policy: keras.DTypePolicy) -> Any:
    mode = APPLICATIONS[name].mode
    values = ImageNetPixels(config.side, mode, name="preprocess", dtype="float32")(pixels)
    maps = application_body(name, values, config, policy)
    return layers.GlobalAveragePooling2D(name=FEATURES, dtype="float32")(maps)


@contextmanager
def _made_with(policy: keras.DTypePolicy) -> Iterator[None]:
    """Give layers `policy` while the block lasts: keras.applications has no setting for it."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
