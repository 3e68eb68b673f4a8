"""Pairs of photographs that are copies of one another: candidates by hash, then held to their pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from softbio.audit.duplicates.descriptors import AXES, MIRROR, heed
from softbio.faces.faceset import FaceSet

__all__ = ["LEAST_ALIKE", "near_pairs"]

#: Correlation of the greys from which on two photographs are copies. On CelebA photographs of the
#: same moment had .96 and more, those that are merely alike .94 and less.
LEAST_ALIKE = 0.95

# Copies whose descriptors differ by more are not looked at.
_LEAST_COSINE = 0.96
_BANDS, _BITS = 3, 16
_AT_ONCE = 1 << 19
_PIXELS_AT_ONCE = 2048
_GREY = np.array([0.299, 0.587, 0.114], np.float32)


def near_pairs(
    faces: FaceSet,
    rows: np.ndarray,
    descriptor: np.ndarray,
    *,
    least: float = LEAST_ALIKE,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find the pairs of photographs that are copies, mirrored ones too.

    Each descriptor is cut into three bands of 16 bits: whether a number exceeds its median over
    the set. Candidates differ in one bit at most of some band (multi-index hashing, Norouzi et
    al. 2012); then descriptors and at last the greys of the pixels must agree.

    Parameters
    ----------
    faces : FaceSet
    rows : ndarray, shape (n,), int64
        The photographs to compare, no two with the same pixels.
    descriptor : ndarray, shape (n, 63), float32
        Of these rows.
    least : float
        The least correlation of their greys, at half the resolution.

    Returns
    -------
    pairs : ndarray, shape (m, 2), int64
        Rows of the set, the smaller first, the most alike pair first.
    correlation : ndarray, shape (m,), float64
    mirrored : ndarray, shape (m,), bool
    """
    found = []
    for turn, mirror in enumerate((False, True)):
        places = _candidates(
            descriptor,
            mirror,
            None if progress is None else lambda done, turn=turn: progress(done + turn * _BANDS, 6),  # type: ignore[misc]
            stop,
        )
        pairs = rows[places]
        correlation = _correlations(faces, pairs, mirror, stop)
        kept = correlation >= least
        found.append((pairs[kept], correlation[kept], np.full(int(kept.sum()), mirror)))
    pairs, correlation, mirrored = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(-correlation, kind="stable")
    # A symmetric photograph is its own mirror: such a pair is told once, as it is more alike.
    code = pairs[order] @ np.array([int(pairs.max(initial=0)) + 1, 1])
    _, first = np.unique(code, return_index=True)
    order = order[np.sort(first)]
    return pairs[order], correlation[order], mirrored[order]


def _candidates(
    descriptor: np.ndarray,
    mirror: bool,
    progress: Callable[[int], None] | None,
    stop: Callable[[], bool] | None,
) -> np.ndarray:
    """Return the pairs of places whose descriptors agree (m, 2), each once."""
    # A photograph of one grey looks like nothing, and like everything.
    some = np.flatnonzero(descriptor.any(axis=1))
    mine = descriptor[some]
    asked = mine * MIRROR if mirror else mine
    middle = np.median(mine, axis=0) if len(mine) else np.zeros(AXES)
    found = [np.zeros((0, 2), np.int64)]
    for band in range(_BANDS):
        columns = np.arange(band, AXES, _BANDS)[:_BITS]
        keys, queries = (_keys(values[:, columns] > middle[columns]) for values in (mine, asked))
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        for flip in (0, *(1 << bit for bit in range(_BITS))):
            heed(stop)
            for first, second in _joined(ordered, order, queries ^ flip):
                kept = first < second
                first, second = first[kept], second[kept]
                cosine = np.einsum("ij,ij->i", asked[first], mine[second])
                near = cosine >= _LEAST_COSINE
                found.append(np.stack([first[near], second[near]], axis=1))
        # The same pair may come from several bands.
        found = [np.unique(np.concatenate(found), axis=0)]
        if progress is not None:
            progress(band + 1)
    return np.asarray(some[found[0]].reshape(-1, 2))


def _keys(bits: np.ndarray) -> np.ndarray:
    return bits.astype(np.int64) @ (1 << np.arange(bits.shape[1]))


def _joined(
    ordered: np.ndarray, order: np.ndarray, queries: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield who asks and who answers, where a query is the key, so many at a time."""
    start = np.searchsorted(ordered, queries, "left")
    count = np.searchsorted(ordered, queries, "right") - start
    ends = np.cumsum(count)
    done = 0
    while done < len(queries):
        before = ends[done - 1] if done else 0
        until = max(int(np.searchsorted(ends, before + _AT_ONCE, "right")), done + 1)
        several = count[done:until]
        who = np.repeat(np.arange(done, until), several)
        step = np.arange(len(who)) - np.repeat(np.cumsum(several) - several, several)
        yield who, order[start[who] + step]
        done = until


def _correlations(
    faces: FaceSet, pairs: np.ndarray, mirror: bool, stop: Callable[[], bool] | None
) -> np.ndarray:
    """Return how the greys of each pair correlate (m,)."""
    found = np.empty(len(pairs))
    for start in range(0, len(pairs), _PIXELS_AT_ONCE):
        heed(stop)
        first, second = pairs[start : start + _PIXELS_AT_ONCE].T
        one, other = faces.images[first], faces.images[second]
        found[start : start + len(first)] = np.einsum(
            "ij,ij->i", _greys(one), _greys(other[:, :, ::-1] if mirror else other)
        )
    return found


def _greys(pixels: np.ndarray) -> np.ndarray:
    """Return greys at half the resolution without mean, of length 1: (n, …) float32."""
    grey = pixels.astype(np.float32) @ _GREY
    height, width = (size - size % 2 for size in grey.shape[1:])
    even = grey[:, :height, :width].reshape(len(grey), height // 2, 2, width // 2, 2)
    flat = even.mean(axis=(2, 4)).reshape(len(grey), -1)
    flat -= flat.mean(axis=1, keepdims=True)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6))
