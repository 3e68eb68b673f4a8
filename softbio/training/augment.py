"""Changes drawn for each face of a batch; none of them changes hair colour."""

from __future__ import annotations

import numpy as np

from softbio.config import Augmentation

__all__ = ["augment", "flip", "shift"]


def augment(pixels: np.ndarray, config: Augmentation, draws: np.random.Generator) -> np.ndarray:
    """Return the batch changed as `config` says.

    Parameters
    ----------
    pixels : ndarray, shape (b, H, W, 3), uint8
        Not changed.
    config : Augmentation
    draws : numpy.random.Generator
        The same state gives the same changes.

    Returns
    -------
    ndarray, shape (b, H, W, 3), uint8
    """
    if config.flip:
        pixels = flip(pixels, draws.random(len(pixels)) < 0.5)
    reach = round(config.shift * pixels.shape[1])
    if reach:
        pixels = shift(pixels, draws.integers(-reach, reach + 1, size=(len(pixels), 2)), reach)
    return pixels


def flip(pixels: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the batch with the faces where `chosen` (b,) is true mirrored left to right."""
    flipped = pixels.copy()
    flipped[chosen] = pixels[chosen, :, ::-1]
    return flipped


def shift(pixels: np.ndarray, by: np.ndarray, reach: int) -> np.ndarray:
    """Return the batch with each face moved; the edge is repeated where nothing was.

    Parameters
    ----------
    pixels : ndarray, shape (b, H, W, 3), uint8
    by : ndarray, shape (b, 2), int64
        Pixels down and to the right, each in −reach … reach.
    reach : int
    """
    count, height, width, channels = pixels.shape
    margin = ((0, 0), (reach, reach), (reach, reach), (0, 0))
    lines = np.pad(pixels, margin, mode="edge").reshape(count, height + 2 * reach, -1)
    # A window is whole lines of pixels, so that taking one copies lines and not single values.
    windows = np.lib.stride_tricks.sliding_window_view(
        lines, (height, width * channels), axis=(1, 2)
    )
    taken = windows[np.arange(count), reach - by[:, 0], channels * (reach - by[:, 1])]
    return taken.reshape(pixels.shape)
