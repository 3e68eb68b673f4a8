"""The plane of largest variance, in blocks: memory stays flat however many faces there are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from softbio.errors import DataError

__all__ = ["principal_plane", "standardised_axes"]

_BLOCK = 16_384


def principal_plane(values: np.ndarray) -> np.ndarray:
    """Return the first two principal components of standardised columns.

    Parameters
    ----------
    values : ndarray, shape (N, D), float
        Read block by block; a memory map may be larger than memory.

    Returns
    -------
    ndarray, shape (N, 2), float32
        The axis of larger variance first. The sign of each is such that its largest loading is
        positive. 0 in an axis that does not exist.
    """
    return standardised_axes(values, 2)


def standardised_axes(values: np.ndarray, count: int) -> np.ndarray:
    """Return the first `count` principal components of standardised columns, shape (N, count).

    Raises
    ------
    DataError
        If a value is not a number.
    """
    n, width = values.shape
    found = np.zeros((n, count), dtype=np.float32)
    if not n or not width:
        return found
    total = np.zeros(width)
    for block in _blocks(values):
        total += block.sum(0)
    mean = total / n
    if not np.isfinite(mean).all():
        raise DataError("The embeddings are not all numbers, so they have no map. Train anew.")
    products = np.zeros((width, width))
    for block in _blocks(values):
        # Centred before it is squared: a column far from 0 would lose its digits.
        centred = block - mean
        products += centred.T @ centred
    spread = np.sqrt(np.diag(products) / n)
    moving = spread > 1e-6 * max(float(spread.max()), 1e-12)
    scale = np.where(moving, 1 / np.where(moving, spread, 1.0), 0.0)
    correlation = products * scale[:, None] * scale[None, :] / n
    _, axes = np.linalg.eigh(correlation)
    axes = axes[:, ::-1][:, :count]
    largest = np.abs(axes).argmax(0)
    axes = axes * np.where(axes[largest, np.arange(axes.shape[1])] < 0, -1.0, 1.0)
    loadings = scale[:, None] * axes
    start = 0
    for block in _blocks(values):
        found[start : start + len(block), : axes.shape[1]] = (block - mean) @ loadings
        start += len(block)
    return found


def _blocks(values: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(values), _BLOCK):
        yield np.asarray(values[start : start + _BLOCK], dtype=np.float64)
