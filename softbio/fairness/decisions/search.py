"""The best combination of thresholds, one for each group, whose rates agree within a tolerance.

Every group's rates rise together as its threshold falls, so the cuts of a
group whose rates lie in a window are neighbours, and the best of them is one
look-up in a table of range maxima. That makes a search over all combinations
n log n, where trying them would take n to the number of groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

__all__ = ["Ladder", "agreeing"]

#: Rates are fractions of counts; windows are this much wider than the tolerance.
_SLACK = 1e-12
#: Places at which a window is laid around a group's rate, where there are more than two groups.
_OFFSETS = 4


@dataclass(frozen=True, eq=False)
class Ladder:
    """The cuts of one group, from predicting nobody 1 to predicting everybody.

    Attributes
    ----------
    thresholds : ndarray, shape (T,)
        Descending.
    gain : ndarray, shape (T,), float64
        What each cut adds to the objective.
    rates : ndarray, shape (T, K), float64
        What is to agree between groups; every column ascends.
    """

    thresholds: np.ndarray
    gain: np.ndarray
    rates: np.ndarray

    def best_within(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the best cut in each of Q windows of the rates, and its gain.

        Parameters
        ----------
        low, high : ndarray, shape (Q, K)
            Bounds of the windows, both inside.

        Returns
        -------
        place : ndarray, shape (Q,), int64
        gain : ndarray, shape (Q,), float64
            Minus infinity where no cut lies in the window.
        """
        start = np.zeros(len(low), dtype=np.int64)
        stop = np.full(len(low), len(self.gain), dtype=np.int64)
        for column, rate in enumerate(self.rates.T):
            inside = np.searchsorted(rate, low[:, column] - _SLACK, side="left")
            outside = np.searchsorted(rate, high[:, column] + _SLACK, side="right")
            start, stop = np.maximum(start, inside), np.minimum(stop, outside)
        empty = stop <= start
        length = np.where(empty, 1, stop - start)
        level = np.log2(length).astype(np.int64)
        start = np.where(empty, 0, start)
        first = self._maxima[level, start]
        second = self._maxima[level, start + length - (1 << level)]
        place = np.where(self.gain[second] > self.gain[first], second, first)
        return place, np.where(empty, -np.inf, self.gain[place])

    @cached_property
    def _maxima(self) -> np.ndarray:
        """Place of the best of the 2**level cuts that begin at each cut, shape (levels, T)."""
        rows = [np.arange(len(self.gain))]
        while (width := 1 << len(rows)) <= len(self.gain):
            before, half = rows[-1], width // 2
            row = before.copy()
            count = len(self.gain) - width + 1
            left, right = before[:count], before[half : half + count]
            row[:count] = np.where(self.gain[right] > self.gain[left], right, left)
            rows.append(row)
        return np.stack(rows)


def agreeing(ladders: list[Ladder], tolerance: float) -> list[int]:
    """Return a cut for each group: the most gain in all, no two groups' rates further apart.

    Predicting nobody has rate 0 in every group, so there always is one. Among
    equally good combinations the one whose rates lie closest together is taken.

    Parameters
    ----------
    ladders : list of Ladder, at least one
    tolerance : float
        Largest difference between two groups, for every rate.

    Notes
    -----
    Exact for one rate, and for two groups. Two rates of more groups are
    searched in windows that start at every rate of the shortest ladder and at
    some places below it, which finds everything whose rates lie within
    three quarters of the tolerance.
    """
    order = sorted(range(len(ladders)), key=lambda index: len(ladders[index].gain))
    anchor, rates = ladders[order[0]], ladders[0].rates.shape[1]
    if rates == 1:
        low = np.unique(np.concatenate([ladder.rates[:, 0] for ladder in ladders]))[:, None]
        found = [ladder.best_within(low, low + tolerance) for ladder in ladders]
    elif len(ladders) <= 2:
        # Two groups agree where the second lies within the tolerance on either side of the first.
        every = np.arange(len(anchor.gain))
        found = [
            (every, anchor.gain)
            if ladder is anchor
            else ladder.best_within(anchor.rates - tolerance, anchor.rates + tolerance)
            for ladder in ladders
        ]
    else:
        steps = np.arange(_OFFSETS + 1) / _OFFSETS * tolerance
        offsets = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
        low = (anchor.rates[:, None] - offsets).reshape(-1, 2)
        found = [ladder.best_within(low, low + tolerance) for ladder in ladders]
    total = np.sum([gain for _, gain in found], axis=0)
    best = np.flatnonzero(total >= total.max() - _SLACK)
    chosen = np.stack(
        [ladder.rates[place[best]] for ladder, (place, _) in zip(ladders, found, strict=True)]
    )
    winner = best[np.argmin(np.ptp(chosen, axis=0).max(axis=-1))]
    return [int(place[winner]) for place, _ in found]
