"""How alike faces look to a network: the cosine of their standardised embeddings."""

from __future__ import annotations

from typing import Self

import numpy as np

__all__ = ["Likeness"]

#: Rows at a time: their floats stay in the processor's cache.
_AT_A_TIME = 1024
#: Faces that mean and variance are taken from, at least.
_MOMENTS_FROM = 32_768

_HALF = np.array(0x8FFFE000, np.uint32).view(np.int32)[()]


class Likeness:
    """The embeddings of a set, standardised as they are read, so that memory stays flat.

    Each column has mean 0 and variance 1 over the set (over faces spread through it, where it is
    large); columns that are the same for all faces
    tell nothing. The cosine is then of directions away from the average face.

    Parameters
    ----------
    values : ndarray, shape (N, D)
        Perhaps mapped from disk, in any float type.
    """

    def __init__(self, values: np.ndarray) -> None:
        self._values = values
        self._mean, scale = _moments(values)
        self._inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
        self._norm = self._norms()

    @classmethod
    def of_last_block(cls, values: np.ndarray, ranges: dict[str, tuple[int, int]]) -> Self:
        """Look at a run's last block alone, the inputs of its last layer."""
        start, stop = list(ranges.values())[-1]
        return cls(values[:, start:stop])

    def to(self, row: int) -> np.ndarray:
        """Return the cosine of each face with the face `row`, shape (N,), float32.

        0 for a face that does not differ from the average.
        """
        direction = (self._values[row].astype(np.float32) - self._mean) * self._inverse
        weights = direction * self._inverse
        offset = float(self._mean @ weights)
        cosine: np.ndarray = np.empty(len(self._values), np.float32)
        for start in range(0, len(cosine), _AT_A_TIME):
            block = _floats(self._values[start : start + _AT_A_TIME])
            cosine[start : start + len(block)] = block @ weights - offset
        norms = self._norm * np.float32(np.linalg.norm(direction))
        np.divide(cosine, norms, out=cosine, where=norms > 0)
        cosine[norms == 0] = 0
        return np.clip(cosine, -1, 1, out=cosine)

    def _norms(self) -> np.ndarray:
        norms: np.ndarray = np.empty(len(self._values), np.float32)
        for start in range(0, len(norms), _AT_A_TIME):
            block = _floats(self._values[start : start + _AT_A_TIME])
            block -= self._mean
            block *= self._inverse
            norms[start : start + len(block)] = np.sqrt(np.einsum("ij,ij->i", block, block))
        return norms


def _moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of each column, float32, from blocks of rows."""
    # About the first row: the squares of large values would drown their differences.
    first = values[0].astype(np.float32) if len(values) else np.zeros(values.shape[1], np.float32)
    # Of a large set, blocks that are spread evenly: more would not move the moments.
    stride = _AT_A_TIME * max(1, len(values) // _MOMENTS_FROM)
    n = 0
    total = np.zeros(values.shape[1])
    squares = np.zeros(values.shape[1])
    for start in range(0, len(values), stride):
        block = _floats(values[start : start + _AT_A_TIME]) - first
        n += len(block)
        total += block.sum(axis=0, dtype=np.float64)
        squares += np.einsum("ij,ij->j", block, block)
    n = max(n, 1)
    variance = np.maximum(squares / n - (total / n) ** 2, 0)
    scale = np.sqrt(variance)
    # What is left of a column that is the same for all faces is rounding.
    scale[scale <= 1e-6 * np.maximum(np.abs(first), 1)] = 0
    return (first + total / n).astype(np.float32), scale.astype(np.float32)


def _floats(block: np.ndarray) -> np.ndarray:
    """Return finite values as float32, contiguous and not shared."""
    if block.dtype != np.float16:
        return np.array(block, np.float32, order="C")
    # A half has the bits of a float but for 112 in the exponent. Moving them takes a quarter of the
    # time that NumPy's own conversion does, which goes value by value.
    bits = block.view(np.int16).astype(np.int32, order="C")
    bits <<= 13
    bits &= _HALF
    values: np.ndarray = bits.view(np.float32)
    values *= np.float32(2.0**112)
    return values
