"""Where in the picture the cells of an inner layer look."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from softbio.errors import ConfigError
from softbio.networks.architectures.pixels import ImageNetPixels
from softbio.networks.layers import ConvPoolRelu

__all__ = ["cell_centres"]

#: Step from one cell's middle to the next, and the first one's middle, in pixels.
_Grid = tuple[float, float]


def cell_centres(model: keras.Model, layer: keras.layers.Layer, axis: int) -> np.ndarray:
    """Return the middle, in pixels, of what each cell of a layer's map sees.

    A cell sees the pixels that its convolutions and poolings reach; their middle is where it
    looks. Without padding the maps' cells lie further inside than an equal division of the image:
    with three blocks of the report's network on 80 pixels, the first of eight cells looks around
    pixel 10.5 and not 4.5.

    Parameters
    ----------
    model : keras.Model
        Branches that meet may differ in how far they see; where they look is taken as the mean.
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
        If the layer has no places, or one in front of it changes them in an unknown way.
    """
    grids: dict[int, _Grid | None] = {}
    for each in model.operations:
        grids[id(each.output)] = _behind(each, grids, axis)
        if each is layer:
            break
    grid = grids[id(layer.output)]
    if grid is None:
        raise ConfigError(f"The layer {layer.name!r} has no places: it sees the face as a whole.")
    step, first = grid
    return first + step * np.arange(int(layer.output.shape[axis]))


def _behind(operation: Any, grids: dict[int, _Grid | None], axis: int) -> _Grid | None:
    """Return where the outputs of an operation look; None where they have no places."""
    if isinstance(operation, layers.InputLayer):
        return (1.0, 0.0)
    inputs = operation.input if isinstance(operation.input, list) else [operation.input]
    # What comes from all places at once, as a squeeze's weights do, moves nothing.
    seen = [each for each in inputs if grids[id(each)] is not None]
    if not seen or len(operation.output.shape) != 4 or _is_global(operation):
        return None
    steps, firsts = zip(*(grids[id(each)] for each in seen), strict=True)
    steps_of = _steps(operation, int(seen[0].shape[axis]), axis)
    if steps_of is None:
        changed = seen[0].shape[1:3] != operation.output.shape[1:3]
        if changed or len(set(steps)) > 1:
            raise ConfigError(
                f"It is not known where the layer {operation.name!r} of kind "
                f"{type(operation).__name__} looks."
            )
    step, first = steps[0], sum(firsts) / len(firsts)
    for wide, stride, before in steps_of or ():
        first += step * ((wide - 1) / 2 - before)
        step *= stride
    return step, first


def _is_global(operation: Any) -> bool:
    return isinstance(operation, layers.GlobalAveragePooling2D | layers.GlobalMaxPooling2D)


def _steps(layer: Any, length: int, axis: int) -> list[tuple[float, float, float]] | None:
    """Return what a layer does to places, one after the other: width, stride and padding in front.

    None for one that is not known to do anything to them.
    """
    if isinstance(layer, ConvPoolRelu):
        return [(3, 1, 0), (2, 2, 0)]
    if isinstance(layer, ImageNetPixels):
        ratio = length / layer.side
        return [(ratio, ratio, 0)]
    if isinstance(layer, layers.ZeroPadding2D):
        return [(1, 1, layer.padding[axis - 1][0])]
    if isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D):
        wide = layer.dilation_rate[axis - 1] * (layer.kernel_size[axis - 1] - 1) + 1
    elif isinstance(layer, layers.MaxPooling2D | layers.AveragePooling2D):
        wide = layer.pool_size[axis - 1]
    else:
        return None
    stride, before = layer.strides[axis - 1], 0
    if layer.padding == "same":
        # What is odd is put behind, so the first cell starts `before` ahead.
        missing = max((-(-length // stride) - 1) * stride + wide - length, 0)
        before = missing // 2
    return [(wide, stride, before)]
