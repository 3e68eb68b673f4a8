"""Layers that Keras has only in slower pieces."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

__all__ = ["ConvPoolRelu"]


@keras.saving.register_keras_serializable(package="softbio")
class ConvPoolRelu(keras.layers.Layer):
    """A 3×3 convolution with bias and relu, followed by 2×2 max pooling.

    It is the same function as ``Conv2D(activation="relu")`` and
    ``MaxPooling2D(2)``, to the last bit: adding a bias and relu never change
    which of four values is the largest, so both are done after the pooling,
    on a quarter of the values.

    Parameters
    ----------
    filters : int
    scale : float
        What the inputs are multiplied by. The kernel is, which is the same and
        saves a pass over all pixels; bytes are also exact in bfloat16, and their
        255th parts are not.
    """

    def __init__(self, filters: int, scale: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.filters = filters
        self.scale = scale

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the kernel and the bias, initialised as in ``Conv2D``."""
        self.kernel = self.add_weight(
            shape=(3, 3, input_shape[-1], self.filters),
            initializer="glorot_uniform",
            name="kernel",
            autocast=False,
        )
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, inputs: Any) -> Any:
        """Return the pooled activations, shape (b, (h−2)//2, (w−2)//2, filters)."""
        kernel = self.kernel if self.scale == 1.0 else ops.multiply(self.kernel, self.scale)
        kernel = ops.cast(kernel, self.compute_dtype)
        pooled = ops.max_pool(ops.conv(ops.cast(inputs, self.compute_dtype), kernel), 2, strides=2)
        return ops.relu(ops.add(pooled, self.bias))

    def get_config(self) -> dict[str, Any]:
        """Return what is needed to make the layer again."""
        return {**super().get_config(), "filters": self.filters, "scale": self.scale}
