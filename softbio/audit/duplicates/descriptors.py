"""What photographs look like, in 63 numbers that survive a copy: low frequencies of their greys."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from softbio.errors import CancelledError
from softbio.faces.faceset import FaceSet

__all__ = ["AXES", "MIRROR", "Described", "describe", "descriptors", "heed"]

_SIDE = 8
_BLOCK = 2048
_GREY = np.array([0.299, 0.587, 0.114], np.float32)

# Frequencies (down, across), the lowest first; the mean brightness, (0, 0), is left out.
_FREQUENCIES = sorted(
    ((u, v) for u in range(_SIDE) for v in range(_SIDE) if u + v),
    key=lambda one: (one[0] + one[1], one),
)
#: Numbers of a descriptor.
AXES = len(_FREQUENCIES)
#: What a descriptor is multiplied by to get that of the mirrored photograph.
MIRROR = np.array([(-1.0) ** v for _, v in _FREQUENCIES], np.float32)


@dataclass(frozen=True, eq=False)
class Described:
    """All faces of a set, read once.

    Attributes
    ----------
    descriptor : ndarray, shape (N, 63), float32
        Of length 1; zeros for a photograph of one grey.
    digest : ndarray, shape (N,), bytes
        Of the pixels: equal where all pixels are.
    """

    descriptor: np.ndarray
    digest: np.ndarray


def descriptors(pixels: np.ndarray) -> np.ndarray:
    """Return the low frequencies of photographs, whatever their brightness and contrast.

    The cosine transform of the greys without their mean, scaled to length 1: the numbers whose
    signs are the usual perceptual hash (Zauner 2010).

    Parameters
    ----------
    pixels : ndarray, shape (n, H, W, 3), uint8

    Returns
    -------
    ndarray, shape (n, 63), float32
    """
    down, across = (_cosines(size) for size in pixels.shape[1:3])
    grey = pixels.astype(np.float32) @ _GREY
    waves = np.matmul(np.matmul(down, grey), across.T)
    u, v = np.array(_FREQUENCIES).T
    found = waves[:, u, v]
    length = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(np.divide(found, length, out=np.zeros_like(found), where=length > 1e-3))


def describe(
    faces: FaceSet,
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Described:
    """Read all faces once, in blocks: what they look like, and a digest of their pixels."""
    n = len(faces)
    described = np.empty((n, AXES), np.float32)
    digests = np.empty(n, "S32")
    for start in range(0, n, _BLOCK):
        heed(stop)
        block = np.asarray(faces.images[start : start + _BLOCK])
        described[start : start + _BLOCK] = descriptors(block)
        # In hexadecimal: NumPy cuts zero bytes from the end of text.
        digests[start : start + _BLOCK] = [
            hashlib.blake2b(face.tobytes(), digest_size=16).hexdigest().encode() for face in block
        ]
        if progress is not None:
            progress(min(start + _BLOCK, n), n)
    return Described(described, digests)


def heed(stop: Callable[[], bool] | None) -> None:
    """Give up if `stop` says so."""
    if stop is not None and stop():
        raise CancelledError("The search for duplicates was stopped.")


def _cosines(size: int) -> np.ndarray:
    """Return the cosines of the first frequencies over `size` pixels (8, size), float32."""
    place = (np.arange(size) + 0.5) / size
    waves = np.cos(np.pi * np.arange(_SIDE)[:, None] * place)
    return np.asarray(waves / np.linalg.norm(waves, axis=1, keepdims=True), np.float32)
