"""Variants: another photograph of the same face, as near as an image allows, for repeated faces."""

from __future__ import annotations

import numpy as np

from softbio.training.augmentation.moves import flip, move
from softbio.training.augmentation.wear import blur, noise

__all__ = ["vary"]

#: Largest changes at full strength: degrees, shares of the size and of the side, pixels of blur
#: on an image of 80, grey levels.
_TURN, _RESIZE, _SHIFT, _BLUR, _NOISE = 25.0, 0.2, 0.1, 1.2, 10.0
_SIDE = 80


def vary(pixels: np.ndarray, strength: float, draws: np.random.Generator) -> np.ndarray:
    """Return a new variant of each face: turned, resized, shifted, mirrored, a little worn.

    Colours stay: hair colour may be what the label is about.

    Parameters
    ----------
    pixels : ndarray, shape (b, H, W, 3), uint8
        Not changed.
    strength : float
        0 changes nothing, 1 turns by up to 25 degrees, resizes by a fifth, shifts by a tenth of
        the side, and blurs or coarsens half of the faces.
    draws : numpy.random.Generator
        The same state gives the same variants.

    Returns
    -------
    ndarray, shape (b, H, W, 3), uint8
    """
    if not strength or not len(pixels):
        return pixels
    count, side = len(pixels), pixels.shape[1]

    def around(reach: float, middle: float = 0.0) -> np.ndarray:
        return draws.uniform(middle - reach * strength, middle + reach * strength, count)

    def worn(most: float) -> np.ndarray:
        return draws.uniform(0, most * strength, count) * (draws.random(count) < 0.5)

    pixels = flip(pixels, draws.random(count) < 0.5)
    by = np.stack([around(_SHIFT * side), around(_SHIFT * side)], axis=1)
    pixels = move(pixels, around(_TURN), around(_RESIZE, 1.0), by)
    pixels = blur(pixels, worn(_BLUR * side / _SIDE))
    return noise(pixels, worn(_NOISE), draws)
