"""Wear: what cameras and storage do to a photograph (noise, blur, JPEG), and parts that are hidden."""

from __future__ import annotations

import cv2
import numpy as np
import simplejpeg

__all__ = ["blur", "compress", "hide", "noise"]


def noise(pixels: np.ndarray, spread: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """Return the batch with Gaussian noise.

    Parameters
    ----------
    pixels : ndarray, shape (b, H, W, 3), uint8
    spread : ndarray, shape (b,)
        Standard deviation, in grey levels.
    draws : numpy.random.Generator
    """
    added = draws.standard_normal(pixels.shape, dtype=np.float32)
    added *= np.asarray(spread, dtype=np.float32)[:, None, None, None]
    added += pixels
    return np.clip(np.rint(added), 0, 255).astype(np.uint8)


def blur(pixels: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Return the batch blurred by Gaussians of standard deviation `width` (b,), in pixels; 0: not."""
    blurred = np.empty_like(pixels)
    for place, face in enumerate(pixels):
        if width[place] > 0:
            cv2.GaussianBlur(
                np.ascontiguousarray(face), (0, 0), float(width[place]), dst=blurred[place]
            )
        else:
            blurred[place] = face
    return blurred


def compress(pixels: np.ndarray, quality: np.ndarray) -> np.ndarray:
    """Return the batch as JPEG of `quality` (b,), 1 to 100, gives it back; 0: as it is."""
    kept = pixels.copy()
    for place in np.flatnonzero(quality):
        face = pixels[place]
        data = simplejpeg.encode_jpeg(
            np.ascontiguousarray(face), int(quality[place]), colorspace="RGB"
        )
        kept[place] = simplejpeg.decode_jpeg(data, colorspace="RGB")
    return kept


def hide(pixels: np.ndarray, centre: np.ndarray, side: int, chosen: np.ndarray) -> np.ndarray:
    """Return the batch with a square of the chosen faces hidden by the face's mean colour.

    Parameters
    ----------
    pixels : ndarray, shape (b, H, W, 3), uint8
    centre : ndarray, shape (b, 2), int64
        Row and column; the square is cut off at the edge.
    side : int
        Of the square, in pixels.
    chosen : ndarray, shape (b,), bool

    References
    ----------
    DeVries and Taylor, "Improved regularization of convolutional neural networks with cutout",
    arXiv 1708.04552.
    """
    hidden = pixels.copy()
    for place in np.flatnonzero(chosen):
        top, left = np.maximum(centre[place] - side // 2, 0)
        bottom, right = centre[place] - side // 2 + side
        colour = pixels[place].mean((0, 1))
        hidden[place, top:bottom, left:right] = np.rint(colour).astype(np.uint8)
    return hidden
