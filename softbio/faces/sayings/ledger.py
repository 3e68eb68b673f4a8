"""The events of a file in the order in which they came, and which batches were undone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from softbio.faces.sayings.batches import batch_of

__all__ = ["Ledger"]


class Ledger(ABC):
    """What was read of a file so far; what an event says is for the subclass to keep.

    Parameters
    ----------
    rows : dict of str to int
        The set's rows by file name.

    Attributes
    ----------
    events : int
        How many were taken in.
    """

    def __init__(self, rows: Mapping[str, int]) -> None:
        self.rows = rows
        self.events = 0
        self._batches: dict[str, int] = {}
        self._owner: list[str] = []
        self._undone: list[bool] = []
        self._strangers: list[tuple[str, int]] = []

    @abstractmethod
    def keep(self, event: Mapping[str, Any], row: int, batch: int) -> None:
        """Keep what an event says of a face.

        Parameters
        ----------
        row : int
            Of the face; −1: the set has no such face.
        batch : int
            Number of the event's batch.

        Raises
        ------
        KeyError, TypeError, AttributeError
            If the event says nothing that can be kept.
        """

    @abstractmethod
    def forget_what_stands(self) -> None:
        """Something was undone: what was worked out may hold no more."""

    @property
    def gone(self) -> int:
        """Faces of which something was said and that are not in the set."""
        return len({name for name, batch in self._strangers if not self._undone[batch]})

    def take(self, events: Sequence[dict[str, Any]]) -> None:
        """Take in the events after those that were taken in already.

        Raises
        ------
        KeyError, TypeError, AttributeError
            If one cannot be kept; `events` tells which, and the ledger is of no use any more.
        """
        for event in events:
            if "of" in event:
                self._undo(event["of"])
            else:
                row = self.rows.get(event["filename"], -1)
                batch = self._number(event)
                if row < 0:
                    self._strangers.append((event["filename"], batch))
                self.keep(event, row, batch)
            self.events += 1

    def undone_batches(self) -> np.ndarray:
        """Return which batches were undone, by their numbers, shape (batches,), bool."""
        return np.array(self._undone, dtype=bool)

    def undone(self, name: str) -> bool:
        """Tell whether a batch was undone."""
        return self._undone[self._batches[name]]

    def last_batch(self, who: str) -> str | None:
        """Return the last batch of a person that was not undone."""
        for name, batch in reversed(self._batches.items()):
            if self._owner[batch] == who and not self._undone[batch]:
                return name
        return None

    def _number(self, event: Mapping[str, Any]) -> int:
        name = batch_of(event)
        batch = self._batches.get(name)
        if batch is None:
            batch = self._batches[name] = len(self._owner)
            self._owner.append(event["who"])
            self._undone.append(False)
        return batch

    def _undo(self, name: str) -> None:
        batch = self._batches.get(name)
        if batch is not None:
            self._undone[batch] = True
            self.forget_what_stands()
