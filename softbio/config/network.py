"""The settings of a network."""

from __future__ import annotations

from typing import Literal

from softbio.config.section import Section, setting
from softbio.errors import ConfigError

__all__ = ["SMALLEST", "NetworkConfig"]

#: Side of the smallest faces, in pixels, that networks take in their default settings.
SMALLEST = 22


class NetworkConfig(Section):
    """The network that is trained."""

    name: Literal[
        "report_cnn",
        "bn_cnn",
        "report_resnet50",
        "resnet50",
        "mobilenet_v3_small",
        "efficientnet_v2_b0",
    ] = setting(
        "bn_cnn",
        "Network",
        "report_cnn: three convolutions and a wide dense layer, the report's network. "
        "bn_cnn: convolution and batch-norm blocks with global average pooling. "
        "report_resnet50: the report's failed attempt, a frozen ResNet50 fed with pixels in 0 … 1. "
        "resnet50, mobilenet_v3_small, efficientnet_v2_b0: networks of keras.applications, each "
        "with its own preprocessing, made for weights learnt on ImageNet.",
    )
    dropout: float = setting(
        0.2,
        "Dropout",
        "Share of the last layer's inputs dropped while training.",
        step=0.05,
        ge=0.0,
        le=0.9,
    )
    depth: int = setting(
        3,
        "Depth",
        "Convolutions; report_cnn only. The report argues for three.",
        step=1,
        ge=1,
        le=5,
    )
    filters: int = setting(
        32,
        "Filters",
        "Filters of the first convolution, twice as many in each after it; report_cnn only.",
        step=8,
        ge=4,
        le=256,
    )
    dense: int = setting(
        512,
        "Dense width",
        "Units of the dense layer before the last; report_cnn and report_resnet50 only.",
        step=64,
        ge=8,
        le=4096,
    )
    weights: Literal["imagenet", "none"] = setting(
        "imagenet",
        "First weights",
        "imagenet: as published for the network of keras.applications. none: drawn by the seed. "
        "Networks of keras.applications only.",
    )
    side: int = setting(
        128,
        "Input side",
        "Side in pixels that faces are resized to, as ImageNet's networks expect larger images; "
        "networks of keras.applications only, and not report_resnet50, which takes them as they "
        "are.",
        step=16,
        ge=32,
        le=512,
    )
    train_layers: Literal["head", "last_stage", "all"] = setting(
        "all",
        "Trained layers",
        "head: the last layer alone. last_stage: it and the last stage of the body. all. Networks "
        "of keras.applications only; report_resnet50 trains its dense layers alone.",
    )
    head_epochs: int = setting(
        1,
        "Head alone",
        "Epochs in which the last layer is trained alone, before the body joins; networks of "
        "keras.applications only.",
        step=1,
        ge=0,
        le=100,
    )
    body_rate: float = setting(
        0.1,
        "Rate of the body",
        "Learning rate of the body as a share of the last layer's; networks of keras.applications "
        "only.",
        step=0.05,
        gt=0.0,
        le=1.0,
    )

    @property
    def smallest(self) -> int:
        """Side of the smallest faces, in pixels, that this network takes."""
        if self.name == "report_resnet50":
            return 32
        if self.name == "report_cnn":
            # The last convolution needs a map of 3×3, each one before it twice that and 2 more.
            side = 3
            for _ in range(self.depth - 1):
                side = 2 * side + 2
            return max(side, SMALLEST)
        return SMALLEST

    def check_size(self, size: int) -> None:
        """Raise `ConfigError` where faces of `size` pixels are too small for this network."""
        if size < self.smallest:
            of = f" with network.depth={self.depth}" if self.name == "report_cnn" else ""
            raise ConfigError(
                f"Faces of {size}×{size} pixels are too small for the network {self.name}{of}, "
                f"which needs at least {self.smallest}×{self.smallest}. Pack them again with "
                "--size 80."
            )
