"""How many faces have which attributes together: bit-packed columns and their conjunctions.

Each attribute is packed into 64-bit words, separately for each stratum (group ×
target). A conjunction of attributes is an AND of words, its count a population
count, and the counts of all conjunctions within a tuple give the tuple's
contingency table by inclusion and exclusion. Tuples stand in colexicographic
order: sorted by their last attribute, then by the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import comb

import numpy as np

__all__ = [
    "Conjunctions",
    "PackedFaces",
    "cell_tables",
    "pack_faces",
    "ranks_of",
    "tuples_of",
]

_WORD = 64
# Words of one AND at a time: source and result stay in a core's second-level cache.
_WORDS_AT_ONCE = 1 << 16


@dataclass(frozen=True, eq=False)
class PackedFaces:
    """Attributes of faces, one bit each, the faces sorted by stratum.

    Attributes
    ----------
    bits : ndarray, shape (A, W), uint64
        Each stratum begins at a word of its own; bits beyond its faces are 0.
    starts : ndarray, shape (S,), int64
        The first word of each stratum. Stratum ``2 g + t`` holds the faces of
        group ``g`` with target ``t``.
    sizes : ndarray, shape (S,), int64
        Faces in each stratum.
    faces : ndarray, shape (n,), int64
        Which face stands at each place, strata after each other.
    places : ndarray, shape (n,), int64
        The bit at which each of `faces` stands.
    copies : int
        How often each face stands there, with attributes drawn anew where only their
        chances are known (`material`); tables are per face all the same.
    """

    bits: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray
    faces: np.ndarray
    places: np.ndarray
    copies: int = 1

    @property
    def attributes(self) -> int:
        """How many attributes there are."""
        return len(self.bits)

    def count(self, words: np.ndarray) -> np.ndarray:
        """Count the ones of packed columns (..., W) in each stratum, (..., S) int64."""
        return np.add.reduceat(np.bitwise_count(words), self.starts, axis=-1, dtype=np.int64)

    def pack(self, values: np.ndarray) -> np.ndarray:
        """Pack columns (..., N) of booleans over all faces into words (..., W)."""
        spread = np.zeros((*values.shape[:-1], self.bits.shape[1] * _WORD), np.uint8)
        spread[..., self.places] = values[..., self.faces]
        return np.packbits(spread, axis=-1, bitorder="little").view(np.uint64)

    def everything(self) -> np.ndarray:
        """Return the packed column that is 1 for every face (W,)."""
        return self.pack(np.ones(int(self.faces.max(initial=-1)) + 1, np.uint8))


def pack_faces(
    values: np.ndarray, target: np.ndarray, group: np.ndarray, groups: int, copies: int = 1
) -> PackedFaces:
    """Pack 0/1 attributes by stratum.

    Parameters
    ----------
    values : ndarray, shape (A, N), uint8 or bool
    target : ndarray, shape (N,)
        0 or 1; faces with another value are left out.
    group : ndarray, shape (N,)
        0 to `groups` − 1; faces with another value are left out.
    groups : int
    copies : int
        See `PackedFaces`.
    """
    known = (group >= 0) & (group < groups) & ((target == 0) | (target == 1))
    stratum = np.where(known, 2 * group.astype(np.int64) + target, 2 * groups)
    faces = np.argsort(stratum, kind="stable")[: int(known.sum())]
    sizes = np.bincount(stratum[faces], minlength=2 * groups)[: 2 * groups]
    # No stratum is without a word: sums over words need a place to begin.
    words = np.maximum(-(-sizes // _WORD), 1)
    starts = np.concatenate([[0], np.cumsum(words)[:-1]])
    shift = starts * _WORD - np.concatenate([[0], np.cumsum(sizes)[:-1]])
    places = np.arange(len(faces)) + np.repeat(shift, sizes)
    packed = PackedFaces(np.zeros((0, int(words.sum())), np.uint64), starts, sizes, faces, places)
    bits = np.stack([packed.pack(column) for column in values])
    return PackedFaces(bits, starts, sizes, faces, places, copies)


def tuples_of(attributes: int, size: int) -> np.ndarray:
    """Return all tuples of `size` ascending attributes in colexicographic order (T, size)."""
    if not size:
        return np.zeros((1, 0), np.int64)
    shorter = tuples_of(attributes, size - 1)
    # Before each last attribute stand all shorter tuples of smaller ones: the first so many.
    before = [comb(last, size - 1) for last in range(attributes)]
    rows = np.concatenate([np.zeros(0, np.int64), *(np.arange(count) for count in before)])
    return np.column_stack([shorter[rows], np.repeat(np.arange(attributes), before)])


class Conjunctions:
    """Counts of the conjunctions of up to four attributes, in each stratum.

    Singles, pairs and triples are counted once and kept; the counts of
    quadruples are only passed on, block by block, so memory stays flat.

    Parameters
    ----------
    packed : PackedFaces
    most : int
        The longest conjunctions that will be asked for.
    """

    def __init__(self, packed: PackedFaces, most: int, threads: int) -> None:
        self.packed = packed
        self._threads = threads
        attributes = packed.attributes
        self._counts = {
            0: packed.sizes[None, :],
            1: packed.count(packed.bits),
        }
        for size in range(2, min(most, 3) + 1):
            self._counts[size] = np.empty((comb(attributes, size), len(packed.sizes)), np.int64)
        if most >= 2:
            with ThreadPoolExecutor(threads) as pool:
                # The longest work first: the last attribute is joined with all before it.
                jobs = range(attributes - 1, 0, -1)
                list(pool.map(lambda last: self._count_below(last, min(most, 3)), jobs))

    def tables(self, size: int, tuples: np.ndarray) -> np.ndarray:
        """Return contingency tables of tuples of at most three attributes.

        Returns
        -------
        ndarray, shape (T, S, 2^size), float64
        """
        counts = np.empty((len(tuples), len(self.packed.sizes), 1 << size))
        for mask in range(1 << size):
            chosen = [index for index in range(size) if mask >> index & 1]
            counts[:, :, mask] = self._counts[len(chosen)][ranks_of(tuples[:, chosen])]
        return self._per_face(cell_tables(counts))

    def quadruples(
        self, stop: Callable[[], None], block: int
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield blocks of quadruples (T, 4) and their contingency tables (T, S, 16).

        `stop` is called now and then, and raises if the work should end.
        """
        attributes = self.packed.attributes
        pairs = tuples_of(attributes, 2)
        # The quadruples that end with (c, d) stand next to each other.
        ends = [(c, d) for d in range(3, attributes) for c in range(2, d)]
        batches: list[list[tuple[int, int]]] = []
        size = block
        for c, d in ends:
            if size >= block:
                batches.append([])
                size = 0
            batches[-1].append((c, d))
            size += comb(c, 2)
        with ThreadPoolExecutor(self._threads) as pool:
            for batch in batches:
                stop()
                fours = np.concatenate(list(pool.map(self._count_ending, batch)))
                before = [comb(third, 2) for third, _ in batch]
                firsts = np.concatenate([pairs[:count] for count in before])
                some = np.column_stack([firsts, np.repeat(np.array(batch), before, axis=0)])
                counts = np.empty((len(some), len(self.packed.sizes), 16))
                for mask in range(15):
                    chosen = [index for index in range(4) if mask >> index & 1]
                    counts[:, :, mask] = self._counts[len(chosen)][ranks_of(some[:, chosen])]
                counts[:, :, 15] = fours
                yield some, self._per_face(cell_tables(counts))

    def _per_face(self, tables: np.ndarray) -> np.ndarray:
        if self.packed.copies > 1:
            tables /= self.packed.copies
        return tables

    def _count_below(self, last: int, most: int) -> None:
        """Count the pairs and triples whose last attribute is `last`."""
        bits = self.packed.bits
        first = comb(last, 2)
        pairs = bits[:last] & bits[last]
        self._counts[2][first : first + last] = self.packed.count(pairs)
        if most < 3:
            return
        for middle in range(1, last):
            first = comb(last, 3) + comb(middle, 2)
            self._counts[3][first : first + middle] = self._count_with(pairs[middle], middle)

    def _count_ending(self, end: tuple[int, int]) -> np.ndarray:
        """Count the quadruples that end with two given attributes."""
        third, last = end
        bits = self.packed.bits
        both = bits[third] & bits[last]
        counts = [self._count_with(bits[second] & both, second) for second in range(1, third)]
        return np.concatenate(counts)

    def _count_with(self, column: np.ndarray, attributes: int) -> np.ndarray:
        """Count the conjunctions of a packed column with each of the first attributes."""
        step = max(_WORDS_AT_ONCE // len(column), 1)
        bits = self.packed.bits
        parts = [
            self.packed.count(bits[start : min(start + step, attributes)] & column)
            for start in range(0, attributes, step)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


def cell_tables(counts: np.ndarray) -> np.ndarray:
    """Turn counts of conjunctions into counts of cells, in place.

    Parameters
    ----------
    counts : ndarray, shape (..., 2^k)
        At mask ``m`` the faces that have at least the attributes in ``m``.

    Returns
    -------
    The same array: at ``m`` the faces that have those and none of the others
    (Möbius inversion over subsets, 2^(k-1) k subtractions a table).
    """
    cells = counts.shape[-1]
    step = 1
    while step < cells:
        paired = counts.reshape(*counts.shape[:-1], cells // (2 * step), 2, step)
        paired[..., 0, :] -= paired[..., 1, :]
        step *= 2
    return counts


def ranks_of(tuples: np.ndarray) -> np.ndarray:
    """Return where ascending tuples (T, k) stand among all of their size (T,)."""
    rank = np.zeros(len(tuples), np.int64)
    for index in range(tuples.shape[1]):
        value = tuples[:, index]
        term = value
        for factor in range(1, index + 1):
            term = term * (value - factor) // (factor + 1)
        rank = rank + term
    return rank
