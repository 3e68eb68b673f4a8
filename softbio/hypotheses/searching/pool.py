"""The shortest descriptions found so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.hypotheses.searching.functions import MOST_INPUTS

__all__ = ["TIE", "Candidates", "Pool"]

#: Descriptions closer than this, in bits, are as long as each other.
TIE = 1e-6


@dataclass(frozen=True, eq=False)
class Candidates:
    """Formulas by their functions.

    Attributes
    ----------
    bits : ndarray, shape (M,), float64
        Description lengths.
    truth : ndarray, shape (M,), int64
        Truth tables over four inputs (`functions.widened`).
    attributes : ndarray, shape (M, 4), int64
        The attribute of each input; −1 for inputs that do not matter.
    """

    bits: np.ndarray
    truth: np.ndarray
    attributes: np.ndarray

    def __len__(self) -> int:
        return len(self.bits)

    @classmethod
    def of(cls, bits: np.ndarray, truth: np.ndarray, tuples: np.ndarray) -> Candidates:
        """Make candidates over tuples of fewer than four attributes, or of four."""
        attributes: np.ndarray = np.full((len(bits), MOST_INPUTS), -1, np.int64)
        attributes[:, : tuples.shape[1]] = tuples
        return cls(bits, truth, attributes)

    def take(self, rows: np.ndarray) -> Candidates:
        """Return some of them."""
        return Candidates(self.bits[rows], self.truth[rows], self.attributes[rows])

    def sorted(self) -> Candidates:
        """Return them in an order that does not depend on how they were found."""
        return self.take(np.lexsort((self.truth, *self.attributes.T[::-1], self.bits.round(6))))


class Pool:
    """Keeps the best `capacity` candidates, and all that are as good as the last of them."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        empty = np.zeros((0, MOST_INPUTS), np.int64)
        self.candidates = Candidates.of(np.zeros(0), np.zeros(0, np.int64), empty)

    @property
    def limit(self) -> float:
        """What a description must not exceed to be kept."""
        if len(self.candidates) < self.capacity:
            return float("inf")
        return float(self.candidates.bits[self.capacity - 1]) + TIE

    def add(self, found: Candidates) -> None:
        """Add what is good enough."""
        found = found.take(np.flatnonzero(found.bits <= self.limit))
        if not len(found):
            return
        kept = self.candidates
        every = Candidates(
            np.concatenate([kept.bits, found.bits]),
            np.concatenate([kept.truth, found.truth]),
            np.concatenate([kept.attributes, found.attributes]),
        ).sorted()
        self.candidates = every
        # Ties with the last one stay, unless there are absurdly many of them.
        within = np.flatnonzero(every.bits <= self.limit)[: 4 * self.capacity]
        self.candidates = every.take(within)
