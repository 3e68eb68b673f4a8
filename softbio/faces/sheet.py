"""Sheets: many faces as one image, which a page shows far faster than many images."""

from __future__ import annotations

import cv2
import numpy as np

__all__ = ["contact_sheet", "to_jpeg"]


def contact_sheet(
    images: np.ndarray, columns: int, gap: int = 2, background: int = 255
) -> np.ndarray:
    """Lay images out in rows of `columns`, from left to right and top to bottom.

    Parameters
    ----------
    images : ndarray, shape (n, H, W, 3), uint8
        At least one.
    columns : int
        At least 1. Fewer images than columns give a narrower sheet.
    gap : int
        Pixels between neighbours; there are none around the sheet.
    background : int
        Grey level in [0, 255] of the gaps and of the places that are left over.

    Returns
    -------
    ndarray, shape (rows·H + (rows−1)·gap, columns·W + (columns−1)·gap, 3), uint8

    Raises
    ------
    ValueError
        If there is no image, or an argument has another shape, type or range.

    Examples
    --------
    >>> contact_sheet(np.zeros((5, 80, 80, 3), np.uint8), columns=3).shape
    (162, 244, 3)
    """
    if images.ndim != 4 or images.shape[-1] != 3 or images.dtype != np.uint8:
        raise ValueError(
            f"`images` must be uint8 (n, H, W, 3). Received: {images.dtype} {images.shape}"
        )
    count, height, width = images.shape[:3]
    if count < 1 or columns < 1 or gap < 0:
        raise ValueError(
            f"A sheet needs n ≥ 1, `columns` ≥ 1, `gap` ≥ 0. Received: {count}, {columns}, {gap}"
        )
    columns = min(columns, count)
    rows = -(-count // columns)
    cells = np.full((rows * columns, height + gap, width + gap, 3), background, dtype=np.uint8)
    cells[:count, :height, :width] = images
    grid = cells.reshape(rows, columns, height + gap, width + gap, 3).swapaxes(1, 2)
    sheet = grid.reshape(rows * (height + gap), columns * (width + gap), 3)
    return np.ascontiguousarray(
        sheet[: rows * (height + gap) - gap, : columns * (width + gap) - gap]
    )


def to_jpeg(array: np.ndarray, quality: int = 85) -> bytes:
    """Encode an RGB image, uint8 (h, w, 3), as a JPEG of a quality in [1, 100].

    Raises
    ------
    ValueError
        If the array is not such an image, or the quality is out of range.
    """
    if array.ndim != 3 or array.shape[-1] != 3 or array.dtype != np.uint8 or not array.size:
        raise ValueError(f"An image must be uint8 (h, w, 3). Received: {array.dtype} {array.shape}")
    if not 1 <= quality <= 100:
        raise ValueError(f"`quality` must be between 1 and 100. Received: {quality}")
    ok, data = cv2.imencode(".jpg", array[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not ok:
        raise ValueError(f"An image of {array.shape} cannot be written as JPEG")
    return data.tobytes()
