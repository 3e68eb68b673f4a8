"""Colours of hair, eyes and skin, and the edges that glasses draw: what pixels tell of a face.

Faces of a set stand at the same place (CelebA's frames are aligned by the eyes and brought to a
square whole), so bands at fixed places hold the hair, the eyes, the skin. Both sides of a face
are taken together: a trait stands on either, and half as many columns need half as many tags.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np

__all__ = ["BLOCKS", "COLUMNS", "VERSION", "describe"]

#: Raised when `describe` tells something else: kept colours of another version are not read.
VERSION = 2

#: Faces are looked at in this size.
_SIDE = 80

#: Where the bands stand, as shares of the frame: (top, bottom, left, right), one place or two.
_BANDS: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "hair above": ((0.08, 0.22, 0.30, 0.70),),
    "hairline": ((0.20, 0.32, 0.28, 0.72),),
    "hair beside": ((0.22, 0.42, 0.14, 0.26), (0.22, 0.42, 0.74, 0.86)),
    "hair below": ((0.42, 0.68, 0.10, 0.24), (0.42, 0.68, 0.76, 0.90)),
    "forehead": ((0.32, 0.42, 0.34, 0.66),),
    "eyes": ((0.44, 0.56, 0.27, 0.73),),
    "under the eyes": ((0.54, 0.62, 0.30, 0.70),),
    "cheeks": ((0.58, 0.70, 0.30, 0.70),),
    "mouth": ((0.66, 0.78, 0.36, 0.64),),
    "chin": ((0.78, 0.86, 0.38, 0.62),),
    "neck": ((0.88, 1.00, 0.30, 0.70),),
    "shoulders": ((0.80, 1.00, 0.00, 0.20), (0.80, 1.00, 0.80, 1.00)),
    "background": ((0.00, 0.15, 0.00, 0.15), (0.00, 0.15, 0.85, 1.00)),
}
_QUANTILES = (0.1, 0.5, 0.9)
_PER_BAND = 3 * (2 + len(_QUANTILES))

#: Parts of the frame as above, and how many rows and columns of cells each is cut into.
_FACE = (0.25, 0.80, 0.20, 0.80)
_EYES = (0.40, 0.62, 0.20, 0.80)
_EDGE_CELLS, _EYE_CELLS, _LIGHT_CELLS = (10, 8), (6, 12), (22, 24)
_DIRECTIONS = 4

_WIDTHS = {
    "colours": _PER_BAND * len(_BANDS),
    "edges": _EDGE_CELLS[0] * _EDGE_CELLS[1] // 2 * _DIRECTIONS,
    "eyes": _EYE_CELLS[0] * _EYE_CELLS[1] // 2 * _DIRECTIONS,
    "light": _LIGHT_CELLS[0] * _LIGHT_CELLS[1] // 2,
}
_ENDS = tuple(accumulate(_WIDTHS.values()))
#: First column and the one behind the last, of what is told.
BLOCKS: dict[str, tuple[int, int]] = {
    name: (end - width, end) for (name, width), end in zip(_WIDTHS.items(), _ENDS, strict=True)
}
#: How many numbers are told of a face.
COLUMNS = _ENDS[-1]


def describe(images: np.ndarray) -> np.ndarray:
    """Tell the colours and edges of faces.

    Parameters
    ----------
    images : ndarray, shape (n, S, S, 3), uint8
        RGB.

    Returns
    -------
    ndarray, shape (n, D), float32
        For the columns see `BLOCKS`. Colours: of each band mean, standard deviation and the 10th,
        50th and 90th percentile of CIE L*, a*, b*, each in 0 … 255. Edges, of the face and finer
        of the eyes: the square root of the summed slope of L* in each cell and direction, as in
        histograms of oriented gradients (Dalal & Triggs 2005, doi:10.1109/CVPR.2005.177). Light:
        the mean L* of small cells. All averaged with the mirrored face.
    """
    import cv2

    if images.shape[1] != _SIDE:
        way = cv2.INTER_AREA if images.shape[1] > _SIDE else cv2.INTER_LINEAR
        images = np.stack(
            [cv2.resize(image, (_SIDE, _SIDE), interpolation=way) for image in images]
        )
    tall = np.ascontiguousarray(images).reshape(-1, _SIDE, 3)
    lab = cv2.cvtColor(tall, cv2.COLOR_RGB2LAB).reshape(images.shape)
    told = np.empty((len(images), COLUMNS), np.float32)
    for number, places in enumerate(_BANDS.values()):
        told[:, number * _PER_BAND : (number + 1) * _PER_BAND] = _band(lab, places)
    told[:, slice(*BLOCKS["edges"])] = _edges(lab[..., 0], _FACE, _EDGE_CELLS)
    told[:, slice(*BLOCKS["eyes"])] = _edges(lab[..., 0], _EYES, _EYE_CELLS)
    told[:, slice(*BLOCKS["light"])] = _light(lab[..., 0], _FACE, _LIGHT_CELLS)
    return told


def _place(share: float) -> int:
    return round(share * _SIDE)


def _band(lab: np.ndarray, places: tuple[tuple[float, float, float, float], ...]) -> np.ndarray:
    """Return mean, standard deviation and percentiles of a band, shape (n, 15)."""
    n = len(lab)
    parts = [
        lab[:, _place(top) : _place(bottom), _place(left) : _place(right)].reshape(n, -1, 3)
        for top, bottom, left, right in places
    ]
    pixels = np.ascontiguousarray(np.concatenate(parts, axis=1).transpose(0, 2, 1))
    mean = pixels.mean(axis=2, dtype=np.float32)
    square = np.square(pixels.astype(np.float32)).mean(axis=2)
    spread = np.sqrt(np.maximum(square - mean * mean, 0))
    pixels.sort(axis=2)
    last = pixels.shape[2] - 1
    quantiles = [pixels[:, :, round(share * last)].astype(np.float32) for share in _QUANTILES]
    return np.concatenate([mean, spread, *quantiles], axis=1)


def _edges(
    light: np.ndarray, part: tuple[float, float, float, float], cells: tuple[int, int]
) -> np.ndarray:
    """Return the slopes of (n, S, S) lightness by cell and direction, shape (n, cells · 2)."""
    top, bottom, left, right = (_place(share) for share in part)
    here = light[:, top - 1 : bottom + 1, left - 1 : right + 1].astype(np.float32)
    across = here[:, 1:-1, 2:] - here[:, 1:-1, :-2]
    down = here[:, 2:, 1:-1] - here[:, :-2, 1:-1]
    steep = np.hypot(across, down)
    # Directions are of lines, not of arrows: π apart is the same.
    angle = np.mod(np.arctan2(down, across) * (_DIRECTIONS / np.pi), _DIRECTIONS)
    summed = np.empty((len(light), *cells, _DIRECTIONS), np.float32)
    for direction in range(_DIRECTIONS):
        apart = np.abs(angle - direction)
        share = np.maximum(1 - np.minimum(apart, _DIRECTIONS - apart), 0) * steep
        summed[..., direction] = _sums(share, cells)
    mirrored = summed[:, :, ::-1][..., -np.arange(_DIRECTIONS) % _DIRECTIONS]
    half = ((summed + mirrored) / 2)[:, :, : cells[1] // 2]
    return np.sqrt(half).reshape(len(light), -1)


def _light(
    light: np.ndarray, part: tuple[float, float, float, float], cells: tuple[int, int]
) -> np.ndarray:
    """Return the mean lightness by cell, shape (n, cells / 2)."""
    top, bottom, left, right = (_place(share) for share in part)
    here = light[:, top:bottom, left:right].astype(np.float32)
    means = _sums(here, cells) / _sums(np.ones_like(here[:1]), cells)
    return ((means + means[:, :, ::-1]) / 2)[:, :, : cells[1] // 2].reshape(len(light), -1)


def _sums(values: np.ndarray, cells: tuple[int, int]) -> np.ndarray:
    """Add (n, rows, columns) up in cells of about the same size."""
    rows, columns = (
        np.linspace(0, length, count + 1).round().astype(int)[:-1]
        for length, count in zip(values.shape[1:], cells, strict=True)
    )
    return np.add.reduceat(np.add.reduceat(values, rows, axis=1), columns, axis=2)
