"""Faces that the network takes for alike and whose labels are opposite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from softbio.audit.duplicates.descriptors import heed
from softbio.errors import DataError

__all__ = ["AlikePairs", "alike"]

_BLOCK = 2048


@dataclass(frozen=True, eq=False)
class AlikePairs:
    """Pairs of faces, the most alike first.

    Attributes
    ----------
    one, zero : ndarray, shape (m,), int64
        Places of the face with label 1, and of that with label 0.
    similarity : ndarray, shape (m,), float32
        Cosine of their standardised embeddings.
    """

    one: np.ndarray
    zero: np.ndarray
    similarity: np.ndarray

    def __len__(self) -> int:
        return len(self.one)


def alike(
    embeddings: np.ndarray,
    label: np.ndarray,
    *,
    most: int = 200,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> AlikePairs:
    """Find the pairs of similar faces with opposite labels.

    Each face with label 1 is compared with all faces of label 0; kept is its nearest, and of each
    face with label 0 its nearest. Products are made block by block, so memory does not grow with
    the number of pairs.

    Parameters
    ----------
    embeddings : ndarray, shape (n, D)
        May be a memory map.
    label : ndarray, shape (n,)
        0 or 1; faces with another value are left out.
    most : int
        Pairs at most.

    Raises
    ------
    DataError
        If embeddings and labels are not of the same faces.
    """
    if len(embeddings) != len(label):
        raise DataError(f"There are {len(embeddings):,} embeddings of {len(label):,} faces.")
    ones, zeros = (np.flatnonzero(label == value) for value in (1, 0))
    if not len(ones) or not len(zeros):
        nothing = np.zeros(0, np.int64)
        return AlikePairs(nothing, nothing, np.zeros(0, np.float32))
    known = np.sort(np.concatenate([ones, zeros]))
    sample = np.asarray(embeddings[known[:: max(len(known) // 20_000, 1)]], np.float32)
    mean, spread = sample.mean(axis=0), sample.std(axis=0)
    spread[spread == 0] = 1.0
    left, right = (_unit(embeddings, rows, mean, spread) for rows in (ones, zeros))
    best_one = np.full(len(ones), -2.0, np.float32)
    best_zero = np.full(len(zeros), -2.0, np.float32)
    of_one, of_zero = np.zeros(len(ones), np.int64), np.zeros(len(zeros), np.int64)
    for start in range(0, len(ones), _BLOCK):
        heed(stop)
        mine = slice(start, start + _BLOCK)
        for begin in range(0, len(zeros), _BLOCK):
            theirs = slice(begin, begin + _BLOCK)
            product = left[mine] @ right[theirs].T
            nearest, value = product.argmax(axis=1), product.max(axis=1)
            better = value > best_one[mine]
            best_one[mine][better] = value[better]
            of_one[mine][better] = begin + nearest[better]
            nearest, value = product.argmax(axis=0), product.max(axis=0)
            better = value > best_zero[theirs]
            best_zero[theirs][better] = value[better]
            of_zero[theirs][better] = start + nearest[better]
        if progress is not None:
            progress(min(start + _BLOCK, len(ones)), len(ones))
    pairs = np.concatenate(
        [
            np.stack([np.arange(len(ones)), of_one], axis=1),
            np.stack([of_zero, np.arange(len(zeros))], axis=1),
        ]
    )
    pairs, first = np.unique(pairs, axis=0, return_index=True)
    similarity = np.concatenate([best_one, best_zero])[first]
    order = np.argsort(-similarity, kind="stable")[:most]
    return AlikePairs(ones[pairs[order, 0]], zeros[pairs[order, 1]], similarity[order])


def _unit(
    embeddings: np.ndarray, rows: np.ndarray, mean: np.ndarray, spread: np.ndarray
) -> np.ndarray:
    found = np.empty((len(rows), embeddings.shape[1]), np.float32)
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        values = (np.asarray(embeddings[block], np.float32) - mean) / spread
        length = np.linalg.norm(values, axis=1, keepdims=True)
        found[start : start + len(block)] = values / np.maximum(length, 1e-6)
    return found
