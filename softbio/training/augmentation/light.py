"""Light: brightness and contrast. They change how blond hair looks, so they are off by default."""

from __future__ import annotations

import cv2
import numpy as np

__all__ = ["relight"]

_LEVELS = np.arange(256, dtype=np.float32)


def relight(pixels: np.ndarray, brightness: np.ndarray, contrast: np.ndarray) -> np.ndarray:
    """Return the batch with each face in another light.

    Parameters
    ----------
    pixels : ndarray, shape (b, H, W, 3), uint8
    brightness : ndarray, shape (b,)
        What every value is multiplied by.
    contrast : ndarray, shape (b,)
        What each value's distance from the face's mean is multiplied by, before that.

    Returns
    -------
    ndarray, shape (b, H, W, 3), uint8
        Rounded, and cut at 0 and 255.
    """
    lit = np.empty_like(pixels)
    for place, face in enumerate(pixels):
        mean = np.float32(face.mean())
        levels = ((_LEVELS - mean) * contrast[place] + mean) * brightness[place]
        table = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
        cv2.LUT(np.ascontiguousarray(face), table, dst=lit[place])
    return lit
