"""Batches with the wanted number of faces of each part: which faces an epoch shows, in which batch."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from softbio.config import TrainConfig
from softbio.training.balancing import target_shares

__all__ = ["balanced_places", "balances_batches", "batch_counts"]


def balances_batches(config: TrainConfig) -> bool:
    """Tell whether the batches of a training are filled by parts."""
    return config.balancing.method == "batches" and config.balancing.mixture > 0


def batch_counts(shares: Sequence[Fraction], size: int, steps: int) -> np.ndarray:
    """Return how many faces of each part each batch holds, shape (steps, K), int64.

    Every count is ``size · share`` rounded down or up, every batch is full, and what rounding
    gives to the parts evens out over the batches: those that are furthest behind are rounded up.

    Parameters
    ----------
    shares : sequence of Fraction
        K of them, with the sum 1.
    size, steps : int
    """
    wanted = [size * share for share in shares]
    whole = [int(number) for number in wanted]
    left = size - sum(whole)
    rest = [number - floor for number, floor in zip(wanted, whole, strict=True)]
    rounded = [part for part, number in enumerate(rest) if number]
    counts = np.tile(np.array(whole, dtype=np.int64), (steps, 1))
    behind = [Fraction(0)] * len(whole)
    for batch in counts:
        behind = [one + more for one, more in zip(behind, rest, strict=True)]
        for part in sorted(rounded, key=lambda one: -behind[one])[:left]:
            batch[part] += 1
            behind[part] -= 1
    return counts


def balanced_places(
    part: np.ndarray, mixture: float, size: int, steps: int, seed: int, epoch: int
) -> np.ndarray:
    """Return the places of the faces of each batch of an epoch, shape (steps, size), int64.

    The faces of a part are gone through in one order after another, each by chance and from end
    to end, across batches and epochs: none is shown again before all others of its part were, so
    that large parts lose no face in the long run and scarce ones are repeated evenly.

    Parameters
    ----------
    part : ndarray, shape (n,), int64
        The part of each face, 0 … K − 1; each has a face.
    mixture : float
        0 to 1, as in `target_shares`.
    size, steps : int
        Of a batch, and of an epoch.
    seed : int
    epoch : int
        From 1; nothing but the arguments decides, so that a training can be taken up anywhere.
    """
    sizes = np.bincount(part)
    counts = batch_counts(target_shares(sizes, mixture), size, steps)
    places = np.empty((steps, size), dtype=np.int64)
    start = np.cumsum(counts, axis=1) - counts
    for number in range(len(sizes)):
        of_part = counts[:, number]
        members = np.flatnonzero(part == number)
        stream = _stream(members, int(of_part.sum()), seed, number, epoch)
        # Column j of a batch is of this part where it lies behind the parts before it.
        column = np.arange(size) - start[:, number, None]
        places[(column >= 0) & (column < of_part[:, None])] = stream
    return places


def _stream(members: np.ndarray, count: int, seed: int, number: int, epoch: int) -> np.ndarray:
    """Return the next `count` faces of a part, those of the epochs before being `count` each."""
    position = np.arange((epoch - 1) * count, epoch * count)
    turn, within = position // len(members), position % len(members)
    drawn = np.empty(count, dtype=np.int64)
    for one in range(turn[0], turn[-1] + 1) if count else ():
        order = np.random.default_rng((seed, 0, 1, number, one)).permutation(members)
        drawn[turn == one] = order[within[turn == one]]
    return drawn
