"""The parts of an aligned face: hair, eyes, lower face, background, at fixed places of the frame.

CelebA's frames are aligned by the eyes and brought to a square whole; synthetic faces are drawn in
the same frame. The places were read from pictures of means: where blond faces differ from dark-
haired ones is hair, where faces with glasses differ from those without is the band of the eyes.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

__all__ = ["ASSUMPTION", "BANDS", "band_areas", "band_shares", "bands"]

#: In the order in which they are shown.
BANDS = ("hair", "eyes", "lower face", "background")

#: What must hold of faces for the bands to mean what their names say.
ASSUMPTION = (
    "The bands stand at fixed places of CelebA's aligned frame, brought to a square whole: eyes at "
    "half of the height. Hair includes the forehead, background the neck and the clothes. In a set "
    "that is framed otherwise they are parts of the picture and no more."
)

#: As shares of the frame: top, bottom, left, right.
_EYES = (0.43, 0.61, 0.24, 0.76)
#: Centre down and across, half height and half width.
_FACE = (0.56, 0.50, 0.29, 0.22)
_HEAD = (0.50, 0.50, 0.43, 0.38)
#: Beside the face long hair falls down to here.
_HAIR_ENDS = 0.86


def bands(size: int) -> dict[str, np.ndarray]:
    """Return which places belong to each band; each place belongs to exactly one.

    Parameters
    ----------
    size : int
        Side of the images in pixels.

    Returns
    -------
    dict of str to ndarray, shape (size, size), bool
        By the names of `BANDS`.
    """
    across = (np.arange(size) + 0.5) / size
    down = across[:, None]
    top, bottom, left, right = _EYES
    eyes = (down >= top) & (down < bottom) & (across >= left) & (across < right)
    face = _inside(down, across, _FACE)
    lower = face & (down >= bottom) & ~eyes
    middle, centre, _, wide = _HEAD
    beside = (down >= middle) & (down < _HAIR_ENDS) & (np.abs(across - centre) < wide)
    above = (down < middle) & _inside(down, across, _HEAD)
    hair = (above | (beside & ~_below_the_face(down, across))) & ~eyes & ~lower
    return {"hair": hair, "eyes": eyes, "lower face": lower, "background": ~(hair | eyes | lower)}


def band_areas(size: int) -> np.ndarray:
    """Return each band's share of the frame, shape (bands,): what a uniform map would give it."""
    return _stacked(size).mean(axis=(1, 2), dtype=np.float64)


def band_shares(evidence: np.ndarray) -> np.ndarray:
    """Return how much of each map's evidence lies in each band.

    Parameters
    ----------
    evidence : ndarray, shape (n, size, size)
        At least 0.

    Returns
    -------
    ndarray, shape (n, bands), float64
        Each row's sum is 1; NaN where a map is 0 everywhere.
    """
    sums = band_sums(evidence)
    total = sums.sum(axis=1, keepdims=True)
    return np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0)


def band_sums(evidence: np.ndarray) -> np.ndarray:
    """Return the sum of each map in each band, (n, size, size) to (n, bands), float64."""
    size = evidence.shape[1]
    flat = _stacked(size).reshape(len(BANDS), -1).astype(np.float64)
    return evidence.reshape(len(evidence), size * size).astype(np.float64) @ flat.T


@lru_cache(maxsize=4)
def _stacked(size: int) -> np.ndarray:
    found = bands(size)
    stacked = np.stack([found[name] for name in BANDS])
    stacked.setflags(write=False)
    return stacked


def _inside(
    down: np.ndarray, across: np.ndarray, oval: tuple[float, float, float, float]
) -> np.ndarray:
    middle, centre, half_height, half_width = oval
    return ((down - middle) / half_height) ** 2 + ((across - centre) / half_width) ** 2 <= 1.0


def _below_the_face(down: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Chin and neck: as wide as the mouth, below it."""
    return (down >= 0.75) & (np.abs(across - 0.5) < 0.17)
