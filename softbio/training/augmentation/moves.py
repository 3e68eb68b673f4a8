"""Moves: mirroring, shifting, turning and zooming."""

from __future__ import annotations

import cv2
import numpy as np

__all__ = ["flip", "move", "shift", "turn"]


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


def turn(pixels: np.ndarray, degrees: np.ndarray, zoom: np.ndarray) -> np.ndarray:
    """Return the batch with each face turned about its centre and brought nearer; as `move`."""
    return move(pixels, degrees, zoom, np.zeros((len(pixels), 2)))


def move(pixels: np.ndarray, degrees: np.ndarray, zoom: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Return the batch with each face turned about its centre, brought nearer and shifted.

    Parameters
    ----------
    pixels : ndarray, shape (b, H, W, 3), uint8
    degrees : ndarray, shape (b,)
        Counter-clockwise.
    zoom : ndarray, shape (b,)
        1 is as it was, 1.1 shows a tenth less of the frame on either side together.
    by : ndarray, shape (b, 2)
        Pixels down and to the right, after that.

    Returns
    -------
    ndarray, shape (b, H, W, 3), uint8
        Interpolated linearly, once; the edge is repeated where nothing was.
    """
    _, height, width, _ = pixels.shape
    centre = ((width - 1) / 2, (height - 1) / 2)
    moved = np.empty_like(pixels)
    for place, face in enumerate(pixels):
        matrix = cv2.getRotationMatrix2D(centre, float(degrees[place]), float(zoom[place]))
        matrix[:, 2] += by[place, ::-1]
        cv2.warpAffine(
            np.ascontiguousarray(face),
            matrix,
            (width, height),
            dst=moved[place],
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
    return moved
