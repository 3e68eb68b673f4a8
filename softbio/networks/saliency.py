"""Where a network looks: how much the logit falls when a place is hidden, and Grad-CAM.

Both use Keras 3 alone and work with each of its backends: occlusion needs only forward passes, and
Grad-CAM the gradient of the few layers behind the last convolution, which is written out in
`pull_back` rather than asked of a backend.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
from keras import ops

from softbio.errors import CancelledError, ConfigError
from softbio.networks.architectures import block_names
from softbio.networks.places import cell_centres
from softbio.networks.pulling_back import pull_back, tail_of
from softbio.networks.trainer import forward

__all__ = ["BATCH", "FILLS", "grad_cam", "occlusion", "usual_patch"]

#: What can stand in the place of what is hidden.
FILLS = ("blur", "mean", "grey")
#: Faces of one forward pass; more is no faster on a processor.
BATCH = 256

_GREY = 127
#: Deviation of the blur, as a share of the patch: what is smaller than the patch is gone, and
#: colours run into those around them.
_BLUR = 1.0


def usual_patch(size: int) -> int:
    """Return the side of the patch in pixels for faces of `size`: an eighth, an even number."""
    return max(2, 2 * round(size / 16))


def occlusion(
    model: keras.Model,
    pixels: np.ndarray,
    *,
    patch: int | None = None,
    stride: int | None = None,
    fill: str = "blur",
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> np.ndarray:
    """Return how much the logit falls when a place is hidden.

    A square patch is laid over each place of the face in turn (Zeiler & Fergus 2014, arXiv
    1311.2901). A place's value is the mean over all patches that cover it. Patches reach over the
    frame's edge, so that every place is covered by as many, where `stride` divides `patch`.

    Parameters
    ----------
    model : keras.Model
        As `softbio.networks.load.load_network` gives it, or any that takes such pixels and
        returns logits (b, 1).
    pixels : ndarray, shape (b, H, W, 3), uint8
    patch : int, optional
        Its side in pixels; by default an eighth of the image's, see `usual_patch`.
    stride : int, optional
        How far two patches are apart, at most `patch`; by default half of it.
    fill : {"blur", "mean", "grey"}
        What hides: a blurred copy of the face, its mean colour, or a middle grey. Patches of one
        colour draw edges of their own, which networks take for glasses: see docs/benchmarks.md.
    progress : callable, optional
        Called with how many of the hidden faces are scored, and of how many.
    stop : callable, optional
        Asked between batches whether to stop.

    Returns
    -------
    ndarray, shape (b, H, W), float32
        In logits; positive where what is there speaks for label 1, negative where it speaks
        against it.

    Raises
    ------
    ConfigError
        If the patch does not fit the faces, or the stride the patch, or there is no such fill.
    CancelledError
        If `stop` said so.
    """
    count, height, width = pixels.shape[:3]
    patch = usual_patch(min(height, width)) if patch is None else patch
    stride = max(1, patch // 2) if stride is None else stride
    _check(patch, stride, fill, min(height, width))
    if not count:
        return np.zeros((0, height, width), dtype=np.float32)
    windows = [
        (rows, columns)
        for rows in _spans(height, patch, stride)
        for columns in _spans(width, patch, stride)
    ]
    asked = len(windows) + 1  # the first is the face itself, with nothing hidden
    logits = np.empty(count * asked, dtype=np.float32)
    done = 0
    size = _even_batch(count * asked)
    batches = _hidden(pixels, _filled(pixels, patch, fill), windows, size)
    for output in forward(model, batches, size):
        if stop is not None and stop():
            raise CancelledError("The look at the faces was stopped.")
        logits[done : done + len(output)] = np.asarray(output)[:, 0]
        done += len(output)
        if progress is not None:
            progress(done, count * asked)
    logits = logits.reshape(count, asked)
    return _spread(logits[:, :1] - logits[:, 1:], windows, height, width)


def grad_cam(model: keras.Model, pixels: np.ndarray, toward: int = 1) -> np.ndarray:
    """Return what of the last convolutional block speaks for a label (Grad-CAM).

    The block's channels, weighted by the mean gradient of the logit over their places, summed, and
    cut at zero (Selvaraju et al. 2017, arXiv 1610.02391). Cells are put where the middle of what
    they see is, and drawn linearly between: convolutions without padding see less of the edge.

    Parameters
    ----------
    model : keras.Model
        One of `softbio.networks.architectures.build`.
    pixels : ndarray, shape (b, H, W, 3), uint8
    toward : {0, 1}
        The label that it speaks for.

    Returns
    -------
    ndarray, shape (b, H, W), float32
        In 0 … 1, each face by its own maximum; all 0 where nothing speaks for that label.

    Raises
    ------
    ConfigError
        If `toward` is no label, or the network ends in layers of an unknown kind.
    """
    if toward not in (0, 1):
        raise ConfigError(f"A label is 0 or 1. Received: toward={toward!r}.")
    height, width = pixels.shape[1:3]
    blocks = block_names(model)
    if not blocks:
        raise ConfigError("Grad-CAM needs a network with a convolutional block, and this has none.")
    block = model.get_layer(blocks[-1])
    tail = tail_of(model, block)
    watched = keras.Model(model.input, [block.output, *(layer.output for layer in tail)])
    rows, columns = (
        _between(cell_centres(model, block, axis), length)
        for axis, length in ((1, height), (2, width))
    )
    maps = np.zeros((len(pixels), height, width), dtype=np.float32)
    for start in range(0, len(pixels), BATCH):
        # Called as it is: to compile it first would take longer than the few faces of a look.
        output = watched(np.ascontiguousarray(pixels[start : start + BATCH]), training=False)
        seen, *after = (_as_float(each) for each in output)
        gradient = pull_back(tail, seen.shape, after)
        weights = gradient.mean(axis=(1, 2)) * (1.0 if toward else -1.0)
        cells = np.maximum(np.einsum("bhwc,bc->bhw", seen, weights), 0.0)
        maps[start : start + BATCH] = rows @ cells @ columns.T
    top = maps.max(axis=(1, 2), keepdims=True, initial=0.0)
    return np.divide(maps, top, out=np.zeros_like(maps), where=top > 0)


def _check(patch: int, stride: int, fill: str, side: int) -> None:
    if not 1 <= patch <= side:
        raise ConfigError(f"The patch must be 1 … {side} pixels wide. Received: patch={patch}.")
    if not 1 <= stride <= patch:
        raise ConfigError(
            f"The stride must be 1 … {patch} pixels, or places stay uncovered. "
            f"Received: stride={stride}."
        )
    if fill not in FILLS:
        raise ConfigError(f"There is no fill {fill!r}. The fills are: {', '.join(FILLS)}.")


def _even_batch(total: int) -> int:
    """Return a batch size of at most `BATCH` that fills the last batch too, or nearly."""
    size = -(-total // -(-total // BATCH))
    return min(BATCH, -(-size // 8) * 8)


def _spans(length: int, patch: int, stride: int) -> list[slice]:
    """Return where the patches stand along one side, cut at the edges."""
    starts = range(stride * -((patch - 1) // stride), length, stride)
    return [slice(max(start, 0), min(start + patch, length)) for start in starts]


def _filled(pixels: np.ndarray, patch: int, fill: str) -> np.ndarray:
    """Return what stands in the hidden places, shape (b, H, W, 3) or one that spreads to it."""
    if fill == "grey":
        return np.full((len(pixels), 1, 1, 3), _GREY, dtype=np.uint8)
    if fill == "mean":
        return np.rint(pixels.mean(axis=(1, 2), keepdims=True)).astype(np.uint8)
    import cv2

    deviation = _BLUR * patch
    return np.stack([cv2.GaussianBlur(np.asarray(face), (0, 0), deviation) for face in pixels])


def _hidden(
    pixels: np.ndarray, filled: np.ndarray, windows: list[tuple[slice, slice]], size: int
) -> Iterator[np.ndarray]:
    """Yield batches of each face as it is and with each window hidden, faces after one another."""
    filled = np.broadcast_to(filled, pixels.shape)
    asked = len(windows) + 1
    total = len(pixels) * asked
    for start in range(0, total, size):
        numbers = np.arange(start, min(start + size, total))
        batch = pixels[numbers // asked]  # a copy
        for place, number in enumerate(numbers):
            face, window = divmod(int(number), asked)
            if window:
                where = windows[window - 1]
                batch[place][where] = filled[face][where]
        yield batch


def _spread(
    falls: np.ndarray, windows: list[tuple[slice, slice]], height: int, width: int
) -> np.ndarray:
    """Return the mean of (b, K) falls at each place over the windows that cover it."""
    maps = np.zeros((len(falls), height, width), dtype=np.float32)
    covered = np.zeros((height, width), dtype=np.float32)
    for window, fall in zip(windows, falls.T, strict=True):
        maps[:, *window] += fall[:, None, None]
        covered[window] += 1
    return maps / covered


def _as_float(values: Any) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(ops.cast(values, "float32")))


def _between(centres: np.ndarray, length: int) -> np.ndarray:
    """Return the weights (length, cells) of linear interpolation; beyond the ends, the ends."""
    cells = np.eye(len(centres), dtype=np.float32)
    places = np.arange(length)
    return np.stack([np.interp(places, centres, cell) for cell in cells], axis=1).astype(np.float32)
