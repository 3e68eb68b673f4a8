"""Which tags stand: the events of a word in columns, without those that were taken back."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from softbio.faces.sayings import TAKEN_BACK, Ledger

__all__ = ["CODES", "Standing", "TagLedger", "Word"]

#: Values as numbers; what was taken back leaves nothing.
CODES = {"yes": 1, "no": 0, "unsure": -1, TAKEN_BACK: -2}
_NOTHING = CODES[TAKEN_BACK]


class Word:
    """All events of one word in the order in which they came, as growing columns."""

    def __init__(self, spelling: str) -> None:
        self.spelling = spelling
        self.event: list[int] = []  # place among all events
        self.batch: list[int] = []
        self.row: list[int] = []  # −1: the set has no such face
        self.code: list[int] = []
        self.why: list[str] = []


@dataclass(frozen=True, eq=False)
class Standing:
    """What holds now of one word.

    Attributes
    ----------
    code : ndarray, shape (N,), int8
        1 yes, 0 no, −1 unsure, −2 not tagged.
    event : ndarray, shape (N,), int64
        Place of the event that says so; −1 where there is none.
    why : ndarray, shape (N,), object
        Why the face was proposed when it was first tagged; empty where it is not tagged.
    """

    code: np.ndarray
    event: np.ndarray
    why: np.ndarray

    @classmethod
    def of(cls, word: Word, undone: np.ndarray, n: int) -> Standing:
        """Work it out from a word's events.

        Parameters
        ----------
        undone : ndarray, shape (batches,), bool
            Which batches were undone: as if they had never been.
        n : int
            Faces of the set.
        """
        kept = np.flatnonzero(
            (np.asarray(word.row, np.int64) >= 0) & ~undone[np.asarray(word.batch, np.int64)]
        )
        row = np.asarray(word.row, np.int64)[kept]
        code = np.asarray(word.code, np.int8)[kept]
        latest = np.full(n, _NOTHING, np.int8)
        event = np.full(n, -1, np.int64)
        latest[row] = code  # of events of the same face, NumPy lets the last one stand
        event[row] = np.asarray(word.event, np.int64)[kept]
        event[latest == _NOTHING] = -1
        # A face that was drawn at random stays so when somebody tags it anew for another reason.
        cleared = np.full(n, -1, np.int64)
        emptied = code == _NOTHING
        cleared[row[emptied]] = np.flatnonzero(emptied)
        told = np.flatnonzero(~emptied & (np.arange(len(row)) > cleared[row]))[::-1]
        why = np.full(n, "", dtype=object)
        why[row[told]] = np.array(word.why, dtype=object)[kept][told]
        for array in (latest, event, why):
            array.setflags(write=False)
        return cls(latest, event, why)


class TagLedger(Ledger):
    """The events of a file, sorted by word and batch, as far as they were read.

    Attributes
    ----------
    words : dict of str to Word
        By the casefolded spelling, in the order in which they were first tagged.
    """

    def __init__(self, rows: Mapping[str, int]) -> None:
        super().__init__(rows)
        self.words: dict[str, Word] = {}
        self._standing: dict[str, Standing] = {}

    def keep(self, event: Mapping[str, Any], row: int, batch: int) -> None:
        """Keep a tag."""
        key = event["word"].casefold()
        word = self.words.get(key)
        if word is None:
            word = self.words[key] = Word(event["word"])
        word.code.append(CODES[event["value"]])
        word.why.append(sys.intern(event["why"]))
        word.event.append(self.events)
        word.batch.append(batch)
        word.row.append(row)
        self._standing.pop(key, None)

    def forget_what_stands(self) -> None:
        """Work everything out anew."""
        self._standing.clear()

    def standing(self, key: str) -> Standing:
        """Return what holds now of the word with this casefolded spelling."""
        found = self._standing.get(key)
        if found is None:
            undone = self.undone_batches()
            found = self._standing[key] = Standing.of(self.words[key], undone, len(self.rows))
        return found
