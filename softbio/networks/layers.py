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
    """

    def __init__(self, filters: int, **options: Any) -> None:
        super().__init__(**options)
        self.filters = filters

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the kernel and the bias, initialised as in ``Conv2D``."""
        self.kernel = self.add_weight(
            shape=(3, 3, input_shape[-1], self.filters), initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, inputs: Any) -> Any:
        """Return the pooled activations, shape (b, (h−2)//2, (w−2)//2, filters)."""
        pooled = ops.max_pool(ops.conv(inputs, self.kernel), 2)
        return ops.relu(ops.add(pooled, self.bias))

    def get_config(self) -> dict[str, Any]:
        """Return what is needed to make the layer again."""
        return {**super().get_config(), "filters": self.filters}
