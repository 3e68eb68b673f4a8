"""Pixels as the networks of ImageNet want them."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops
from keras.applications import imagenet_utils

__all__ = ["ImageNetPixels"]


@keras.saving.register_keras_serializable(package="softbio")
class ImageNetPixels(keras.layers.Layer):
    """Resize pixels and bring them to the range that a network of keras.applications expects.

    Resizing is bilinear, with as wide a filter as the scale needs where images shrink, and rounds
    nothing.

    Parameters
    ----------
    side : int
        Side of the images that it returns.
    mode : {"caffe", "tf", "torch"}
        As `keras.applications.imagenet_utils.preprocess_input` has it: BGR with the means
        subtracted; -1 to 1; or 0 to 1 and then standardised by channel.
    """

    def __init__(self, side: int, mode: str, **options: Any) -> None:
        super().__init__(**options)
        self.side = side
        self.mode = mode

    def call(self, inputs: Any) -> Any:
        """Return values (b, side, side, 3) of pixels (b, h, w, 3) in 0 to 255."""
        values = ops.cast(inputs, self.compute_dtype)
        height, width = inputs.shape[1:3]
        if (height, width) != (self.side, self.side):
            values = ops.image.resize(
                values,
                (self.side, self.side),
                interpolation="bilinear",
                antialias=self.side < max(height, width),
                data_format="channels_last",
            )
        return imagenet_utils.preprocess_input(values, data_format="channels_last", mode=self.mode)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return (b, side, side, 3)."""
        return (input_shape[0], self.side, self.side, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Return what is needed to make the layer again."""
        return {**super().get_config(), "side": self.side, "mode": self.mode}
