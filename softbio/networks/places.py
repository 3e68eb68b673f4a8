"""Where in the picture the cells of a layer look."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from softbio.errors import ConfigError
from softbio.networks.layers import ConvPoolRelu

__all__ = ["cell_centres"]


def cell_centres(model: keras.Model, layer: keras.layers.Layer, axis: int) -> np.ndarray:
    """Return the middle of what each cell of a layer's output sees, in pixels of the image.

    Convolutions without padding lose the edge, so cells of `report_cnn` do not share the frame
    evenly: of its 8 last cells at 80 pixels, the first looks around pixel 10.5 and not 4.5.

    Parameters
    ----------
    model : keras.Model
        A chain of layers, or one whose branches keep their cells' middles, as residuals do.
    layer : keras.layers.Layer
        One of its layers with places, output (b, h, w, c).
    axis : {1, 2}
        Of the output: 1 for rows, 2 for columns.

    Returns
    -------
    ndarray, shape (h,) or (w,), float64

    Raises
    ------
    ConfigError
        If a layer in front of it changes places in an unknown way.
    """
    step, first = 1.0, 0.0
    for each in model.layers:
        for wide, strides, padding in _steps(each, axis):
            # Padding of kind "same" puts what is odd behind, so the first cell starts `before` ahead.
            before = 0
            if padding == "same":
                length = int(each.input.shape[axis])
                missing = max((-(-length // strides) - 1) * strides + wide - length, 0)
                before = missing // 2
            first += step * ((wide - 1) / 2 - before)
            step *= strides
        if each is layer:
            break
    return first + step * np.arange(int(layer.output.shape[axis]))


def _steps(layer: Any, axis: int) -> list[tuple[int, int, str]]:
    """Return width, stride and padding of what a layer does to places, one after the other."""
    if isinstance(layer, ConvPoolRelu):
        return [(3, 1, "valid"), (2, 2, "valid")]
    if isinstance(layer, layers.Conv2D):
        wide = layer.dilation_rate[axis - 1] * (layer.kernel_size[axis - 1] - 1) + 1
        return [(wide, layer.strides[axis - 1], layer.padding)]
    if isinstance(layer, layers.MaxPooling2D | layers.AveragePooling2D):
        return [(layer.pool_size[axis - 1], layer.strides[axis - 1], layer.padding)]
    if isinstance(layer, layers.InputLayer):
        return []
    if isinstance(layer, layers.Add):  # of branches that look at the same places
        return []
    changed = len(layer.output.shape) == 4 and layer.input.shape[1:3] != layer.output.shape[1:3]
    if changed:
        raise ConfigError(
            f"It is not known where the layer {layer.name!r} of kind {type(layer).__name__} looks."
        )
    return []
