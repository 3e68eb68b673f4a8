"""augment: all changes of a batch that a config asks for, in one order."""

from __future__ import annotations

import numpy as np

from softbio.config import Augmentation
from softbio.training.augmentation.light import relight
from softbio.training.augmentation.moves import flip, shift, turn
from softbio.training.augmentation.wear import blur, compress, hide, noise

__all__ = ["augment"]

#: JPEG quality at full strength.
_LOWEST_QUALITY = 10


def augment(pixels: np.ndarray, config: Augmentation, draws: np.random.Generator) -> np.ndarray:
    """Return the batch changed as `config` says.

    What is off draws nothing, so that a new kind of change leaves the others as they were.

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
    count, side = int(pixels.shape[0]), int(pixels.shape[1])

    def around(reach: float, middle: float = 0.0) -> np.ndarray:
        return draws.uniform(middle - reach, middle + reach, count)

    def half() -> np.ndarray:
        return draws.random(count) < 0.5

    if config.flip:
        pixels = flip(pixels, half())
    reach = round(config.shift * side)
    if reach:
        pixels = shift(pixels, draws.integers(-reach, reach + 1, size=(count, 2)), reach)
    if config.rotation or config.zoom:
        pixels = turn(pixels, around(config.rotation), around(config.zoom, 1.0))
    if config.brightness or config.contrast:
        pixels = relight(pixels, around(config.brightness, 1.0), around(config.contrast, 1.0))
    if config.blur:
        pixels = blur(pixels, draws.uniform(0, config.blur, count) * half())
    if config.noise:
        pixels = noise(pixels, draws.uniform(0, 255 * config.noise, count) * half(), draws)
    if config.jpeg:
        lowest = 100 - config.jpeg * (100 - _LOWEST_QUALITY)
        quality = np.where(half(), draws.uniform(lowest, 100, count), 0)
        pixels = compress(pixels, np.rint(quality))
    if config.cutout:
        centre = draws.integers(0, side, size=(count, 2))
        pixels = hide(pixels, centre, max(round(config.cutout * side), 1), half())
    return pixels
