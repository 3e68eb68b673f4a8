"""Products with a matrix of many rows, shared out over threads that sleep while they wait.

A BLAS library's own threads wait for each other in a spin. While a training occupies the cores,
which is when a page is looked at, its many short products took ten times as long with them as
with one thread. So each block of rows has a thread here, and BLAS one thread in each.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from softbio.cores import cores

__all__ = ["RowProducts", "row_products"]

#: Rows that are worth a thread.
_WORTH = 4096
#: Rows that are weighted at once: they stay in the processor's cache until they are multiplied.
_BLOCK = 2048
_MOST_THREADS = 8
#: The number of BLAS threads belongs to the whole process, so only one may change it at a time.
_ALONE = threading.Lock()


@contextmanager
def row_products(matrix: np.ndarray) -> Iterator[RowProducts]:
    """Give the products of `matrix`, (n, w) float32, while BLAS is kept to one thread."""
    threads = min(cores(), _MOST_THREADS, max(1, len(matrix) // _WORTH))
    with (
        _ALONE,
        _blas_libraries().limit(limits=1, user_api="blas"),
        ThreadPoolExecutor(threads) as pool,
    ):
        yield RowProducts(matrix, pool, threads)


class RowProducts:
    """See `row_products`."""

    def __init__(self, matrix: np.ndarray, pool: ThreadPoolExecutor, threads: int) -> None:
        self._matrix = matrix
        self._pool = pool
        self._threads = threads

    def times(self, vector: np.ndarray) -> np.ndarray:
        """Return ``matrix @ vector``, (n,), float32."""
        vector = vector.astype(np.float32)
        return np.concatenate(self._each(len(self._matrix), lambda at: self._matrix[at] @ vector))

    def transposed_times(self, vector: np.ndarray) -> np.ndarray:
        """Return ``matrix.T @ vector``, (w,), float64."""
        vector = vector.astype(np.float32)
        parts = self._each(len(self._matrix), lambda at: self._matrix[at].T @ vector[at])
        return np.asarray(np.sum(parts, axis=0, dtype=np.float64))

    def gram(self, weight: np.ndarray, every: int) -> np.ndarray:
        """Return ``rows.T @ diag(weight) @ rows`` of one row in `every`, (w, w), float64.

        `weight` has the shape (n,) and is not negative.
        """
        rows = self._matrix[::every]
        root = np.sqrt(weight[::every]).astype(np.float32)

        def share(at: slice) -> np.ndarray:
            width = rows.shape[1]
            total = np.zeros((width, width), dtype=np.float32)
            scaled = np.empty((_BLOCK, width), dtype=np.float32)
            for start in range(at.start, at.stop, _BLOCK):
                stop = min(start + _BLOCK, at.stop)
                block = scaled[: stop - start]
                np.multiply(rows[start:stop], root[start:stop, None], out=block)
                total += block.T @ block
            return total

        return np.asarray(np.sum(self._each(len(root), share), axis=0, dtype=np.float64))

    def _each(self, count: int, work: Callable[[slice], np.ndarray]) -> list[np.ndarray]:
        edges = [count * part // self._threads for part in range(self._threads + 1)]
        parts = [slice(start, stop) for start, stop in pairwise(edges)]
        if len(parts) == 1:
            return [work(parts[0])]
        return list(self._pool.map(work, parts))


@cache
def _blas_libraries() -> Any:
    # It comes with scikit-learn.
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()
