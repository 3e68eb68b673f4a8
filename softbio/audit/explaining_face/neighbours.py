"""The faces that a network takes for most alike: nearest by embedding, exactly.

Embeddings are standardised column by column, so that no channel counts for more because its numbers
are larger. They are read from disk block by block and never held at once: memory is the distances,
four bytes a face.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Neighbours", "Scale", "distances", "nearest", "nearest_by", "scale_of"]

#: Bytes of a block as float32.
_BLOCK_BYTES = 8 << 20
#: Columns whose deviation is below this share of the largest one are as good as constant.
_CONSTANT = 1e-6


@dataclass(frozen=True, eq=False)
class Scale:
    """What each column of embeddings is divided by, so that all spread alike.

    Attributes
    ----------
    deviation : ndarray, shape (D,), float32
        Of all faces; infinite for a column that is constant, which then tells nothing.
    """

    deviation: np.ndarray


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Faces in the order of their distance from one.

    Attributes
    ----------
    rows : ndarray, shape (k,), int64
    distance : ndarray, shape (k,), float32
        Euclidean, in standard deviations; ascending. Equal distances stand by row.
    """

    rows: np.ndarray
    distance: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)


def scale_of(values: np.ndarray) -> Scale:
    """Return how far each column of embeddings spreads.

    Parameters
    ----------
    values : ndarray or memmap, shape (N, D), float16 or float32
        Read once, block by block.
    """
    n, width = values.shape
    total, squares = np.zeros(width), np.zeros(width)
    # Summed from the first face, not from 0: far from 0 the squares would swallow the spread.
    origin = np.asarray(values[:1], dtype=np.float32)
    for start, stop in _blocks(n, width):
        block = np.array(values[start:stop], dtype=np.float32)
        block -= origin
        ones = np.ones(len(block), dtype=np.float32)
        total += ones @ block
        block *= block
        squares += ones @ block
    variance = np.maximum(squares / max(n, 1) - (total / max(n, 1)) ** 2, 0.0)
    deviation = np.sqrt(variance)
    flat = deviation <= _CONSTANT * deviation.max(initial=0.0)
    return Scale(np.where(flat, np.inf, deviation).astype(np.float32))


def distances(
    values: np.ndarray, row: int, scale: Scale, among: np.ndarray | None = None
) -> np.ndarray:
    """Return how far faces are from one.

    Parameters
    ----------
    values : ndarray or memmap, shape (N, D)
    row : int
        The face.
    scale : Scale
        Of these embeddings.
    among : ndarray, shape (m,), int, optional
        The faces; by default all.

    Returns
    -------
    ndarray, shape (m,), float32
    """
    here = np.asarray(values[row], dtype=np.float32)
    weight = (1.0 / scale.deviation).astype(np.float32)
    n = len(values) if among is None else len(among)
    found = np.empty(n, dtype=np.float32)
    for start, stop in _blocks(n, values.shape[1]):
        part = values[start:stop] if among is None else values[among[start:stop]]
        block = np.array(part, dtype=np.float32)
        block -= here
        block *= weight
        found[start:stop] = np.sqrt(np.einsum("ij,ij->i", block, block))
    return found


def nearest(
    values: np.ndarray,
    row: int,
    among: np.ndarray | None = None,
    k: int = 8,
    *,
    scale: Scale | None = None,
) -> Neighbours:
    """Return the faces that are nearest to one, without itself.

    Parameters
    ----------
    values : ndarray or memmap, shape (N, D)
        Embeddings in the set's order.
    row : int
        The face.
    among : ndarray, shape (m,), int, optional
        Rows to choose from; by default all.
    k : int
        How many; fewer where there are fewer.
    scale : Scale, optional
        Of these embeddings, where it is known already.
    """
    rows = np.arange(len(values)) if among is None else np.asarray(among, dtype=np.int64)
    rows = rows[rows != row]
    return _closest(distances(values, row, scale or scale_of(values), rows), rows, k)


def nearest_by(
    distance: np.ndarray, row: int, among: np.ndarray | None = None, k: int = 8
) -> Neighbours:
    """Return the same where `distances` of all faces is known already.

    Parameters
    ----------
    distance : ndarray, shape (N,), float32
        Of all faces of the set from the one in `row`.
    row, among, k : optional
        As of `nearest`.
    """
    rows = np.arange(len(distance)) if among is None else np.asarray(among, dtype=np.int64)
    rows = rows[rows != row]
    return _closest(distance[rows], rows, k)


def _closest(far: np.ndarray, rows: np.ndarray, k: int) -> Neighbours:
    k = min(k, len(rows))
    if k < 1:
        return Neighbours(np.zeros(0, np.int64), np.zeros(0, np.float32))
    # Everything as near as the k-th is looked at, so that equal distances do not fall by chance.
    close = np.flatnonzero(far <= np.partition(far, k - 1)[k - 1])
    order = close[np.lexsort((rows[close], far[close]))][:k]
    return Neighbours(rows[order], far[order])


def _blocks(n: int, width: int) -> list[tuple[int, int]]:
    size = max(1, _BLOCK_BYTES // (4 * max(width, 1)))
    return [(start, min(start + size, n)) for start in range(0, n, size)]
