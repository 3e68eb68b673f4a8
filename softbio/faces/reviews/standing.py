"""Which reviews stand: of each reviewer and face the latest, without those that were undone."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from softbio.faces.reviews.lines import QUEUES, TAKEN_BACK
from softbio.faces.sayings import Ledger

__all__ = ["DISAGREED", "NOBODY", "UNSURE", "ReviewLedger", "Standing"]

#: Nobody said anything, or, in what is agreed on, nobody is sure.
NOBODY = -1
#: A reviewer cannot tell.
UNSURE = -2
#: Reviewers who are sure say different things.
DISAGREED = -2

_CODES = {1: 1, 0: 0, "unsure": UNSURE, TAKEN_BACK: NOBODY}
_NUMBERS = {queue: number for number, queue in enumerate(QUEUES)}


@dataclass(frozen=True, eq=False)
class Standing:
    """What each reviewer says now, a line for each reviewer and face.

    Attributes
    ----------
    reviewer : ndarray, shape (m,), int64
        Number of the reviewer.
    row : ndarray, shape (m,), int64
        Of the set.
    code : ndarray, shape (m,), int8
        1, 0 or `UNSURE`.
    given : ndarray, shape (m,), int8
        The label that the face had then; −1 none.
    event : ndarray, shape (m,), int64
        Place of the event that says so.
    blind : ndarray, shape (m,), bool
    queue : ndarray, shape (m,), int64
        Index into `QUEUES`.
    """

    reviewer: np.ndarray
    row: np.ndarray
    code: np.ndarray
    given: np.ndarray
    event: np.ndarray
    blind: np.ndarray
    queue: np.ndarray

    def agreed(self, n: int) -> np.ndarray:
        """Return what the reviewers of each of `n` faces agree on, see `Reviews.labels`."""
        ones, zeros = (np.bincount(self.row[self.code == code], minlength=n) > 0 for code in (1, 0))
        agreed = np.full(n, NOBODY, np.int8)
        agreed[ones] = 1
        agreed[zeros] = 0
        agreed[ones & zeros] = DISAGREED
        return agreed

    def of(self, reviewer: int, n: int) -> np.ndarray:
        """Return what one reviewer says of each of `n` faces, see `Reviews.said_by`."""
        said = np.full(n, NOBODY, np.int8)
        mine = self.reviewer == reviewer
        said[self.row[mine]] = self.code[mine]
        return said


class ReviewLedger(Ledger):
    """All events of the file as growing columns, as far as they were read.

    Attributes
    ----------
    reviewers : dict of str to int
        Everybody who ever reviewed, numbered in that order.
    """

    def __init__(self, rows: Mapping[str, int]) -> None:
        super().__init__(rows)
        self.reviewers: dict[str, int] = {}
        # of each event: reviewer, row, code, given label, place, blind, queue, batch
        self._lines = array("q")
        self._standing: dict[bool, Standing] = {}

    def keep(self, event: Mapping[str, Any], row: int, batch: int) -> None:
        """Keep a review."""
        code, given, blind = _CODES[event["says"]], event["given"], event["blind"]
        if given not in (0, 1, None) or not isinstance(blind, bool):
            raise TypeError(event)
        queue = _NUMBERS[event["queue"]]
        reviewer = self.reviewers.setdefault(event["who"], len(self.reviewers))
        given = -1 if given is None else given
        self._lines.extend((reviewer, row, code, given, self.events, blind, queue, batch))
        self._standing.clear()

    def forget_what_stands(self) -> None:
        """Work everything out anew."""
        self._standing.clear()

    def standing(self, sample: bool = False) -> Standing:
        """Return what holds now.

        Parameters
        ----------
        sample : bool
            Of what was said blind in the random sample, as if nothing else had been said.
        """
        found = self._standing.get(sample)
        if found is None:
            found = self._standing[sample] = self._worked_out(sample)
        return found

    def _worked_out(self, sample: bool) -> Standing:
        # A copy: what NumPy still looks at could not grow.
        lines = np.array(self._lines, dtype=np.int64).reshape(-1, 8)
        kept = (lines[:, 1] >= 0) & ~self.undone_batches()[lines[:, 7]]
        if sample:
            kept &= (lines[:, 5] == 1) & (lines[:, 6] == _NUMBERS["sample"])
        lines = lines[kept][::-1]  # the latest first, since `unique` returns the first
        key = lines[:, 0] * max(1, len(self.rows)) + lines[:, 1]
        lines = lines[np.unique(key, return_index=True)[1]]
        lines = lines[lines[:, 2] != NOBODY]
        reviewer, row, code, given, event, blind, queue = lines[:, :7].T
        return Standing(
            reviewer,
            row,
            code.astype(np.int8),
            given.astype(np.int8),
            event,
            blind.astype(bool),
            queue,
        )
