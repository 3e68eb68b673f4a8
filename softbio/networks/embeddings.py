"""Embeddings: what each block of a network saw on a face."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from softbio.networks.architectures import FEATURES, block_names

__all__ = ["embed", "with_embeddings"]

#: Faces of one forward pass; more is no faster on a processor.
_BATCH = 256


def embed(model: keras.Model, pixels: np.ndarray) -> np.ndarray:
    """Return the embeddings of faces.

    Parameters
    ----------
    model : keras.Model
        As `softbio.networks.architectures.build` or `softbio.networks.load.load_network` gives it.
    pixels : ndarray, shape (n, H, W, 3), uint8
        Of the size that the model was built for.

    Returns
    -------
    ndarray, shape (n, D), float32
        The mean over all places of each block's outputs, ending with the last layer's inputs;
        which columns are whose is said by `with_embeddings`.
    """
    both, _ = with_embeddings(model)
    found = np.zeros((len(pixels), int(both.outputs[1].shape[-1])), dtype=np.float32)
    for start in range(0, len(pixels), _BATCH):
        # Called as it is: to compile it first would take longer than some hundred faces do.
        batch = np.ascontiguousarray(pixels[start : start + _BATCH])
        _, values = both([batch], training=False)
        found[start : start + _BATCH] = ops.convert_to_numpy(values)
    return found


def with_embeddings(model: keras.Model) -> tuple[keras.Model, dict[str, list[int]]]:
    """Return a network that gives each face's embedding beside its logit.

    Parameters
    ----------
    model : keras.Model
        As `softbio.networks.architectures.build` makes it; the weights are shared.

    Returns
    -------
    model : keras.Model
        Outputs ``[logit (b, 1) float32, embedding (b, D) float32]``. The embedding
        is the mean over all places of each block's outputs, ending with the last
        layer's inputs.
    ranges : dict of str to [int, int]
        First column and the one behind the last, per block; ``features`` are the
        last layer's inputs, and stand only once where they are the last block's means.
    """
    parts, ranges, start = [], {}, 0
    features = model.get_layer(FEATURES)
    names = block_names(model)
    pooled_last = isinstance(features, keras.layers.GlobalAveragePooling2D)
    for name in names[:-1] if pooled_last else names:
        output = model.get_layer(name).output
        parts.append(_mean_over_places(output))
        ranges[name] = [start, start + int(output.shape[-1])]
        start = ranges[name][1]
    parts.append(ops.cast(features.output, "float32"))
    ranges[FEATURES] = [start, start + int(features.output.shape[-1])]
    if pooled_last:
        ranges = {**ranges, names[-1]: ranges[FEATURES]}
        ranges[FEATURES] = ranges.pop(FEATURES)
    embedding = ops.concatenate(parts, axis=-1)
    return keras.Model(model.inputs, [model.output, embedding], name="embedding"), ranges


def _mean_over_places(values: Any) -> Any:
    return ops.mean(ops.cast(values, "float32"), axis=(1, 2))
