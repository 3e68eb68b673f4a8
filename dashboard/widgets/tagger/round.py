"""Rounds: the faces that a person is asked about together, and what was said so far.

The browser tells everything that was said in a round each time, so that a message that is lost,
comes twice or overtakes another does no harm: what differs from what is known is written down.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np

from softbio.faces.sayings import TAKEN_BACK

__all__ = ["Round"]

_Kept = TypeVar("_Kept")


class Round(ABC, Generic[_Kept]):
    """Faces that are asked about together; where it is written down is for the subclass to know.

    Attributes
    ----------
    SAYINGS : tuple of str
        What can be said of a face.
    rows : ndarray, shape (n,), int64
        Of the set, in the order in which they are shown.
    names : tuple of str
        Their file names.
    who : str
        Who says it.
    before : Round, optional
        The one before, whose last answer can still be taken back.
    said : dict of int to str
        What is written down of each face, by its place in the round, as it was last said.
    closed : bool
        Nothing more is said: all were told, or the person wants the next round.
    """

    SAYINGS: ClassVar[tuple[str, ...]]
    rows: np.ndarray
    names: tuple[str, ...]
    who: str
    before: Self | None
    said: dict[int, str]
    closed: bool
    id: str

    @abstractmethod
    def write(self, kept: _Kept, places: Sequence[int], values: Sequence[str]) -> None:
        """Write down what was said, or `TAKEN_BACK`, of the faces in `places`.

        Raises
        ------
        DataError
            If nothing can be written.
        """

    @abstractmethod
    def behind(self, before: Self, place: int) -> Self:
        """Return this round anew, nothing said, with one face of the round before in front."""

    @property
    def left(self) -> np.ndarray:
        """Rows of the faces of which nothing was said, ascending by their place."""
        return self.rows[[place for place in range(len(self.rows)) if place not in self.said]]

    def hear(self, message: Mapping[str, Any], kept: _Kept) -> None:
        """Write down what a message says that was not known.

        Parameters
        ----------
        message : mapping
            From the browser: ``said``, everything that was said, as pairs of place and value, the
            last one last; ``closed``. What is no answer in it is passed over.
        kept
            Where it is written down.

        Raises
        ------
        DataError
            If nothing can be written; the next message brings it again.
        """
        said = self._answers(message.get("said"))
        places = [
            place for place in range(len(self.rows)) if said.get(place) != self.said.get(place)
        ]
        if places:
            self.write(kept, places, [said.get(place, TAKEN_BACK) for place in places])
        self.said = said
        self.closed = len(said) == len(self.rows) or bool(message.get("closed"))

    def step_back(self, kept: _Kept) -> Self | None:
        """Take back the last answer of the round before, and ask about that face again first.

        Returns
        -------
        Round or None
            The round that takes the place of this one; None where there is nothing to take back.
        """
        before = self.before
        if before is None or not before.said:
            return None
        place = next(reversed(before.said))
        before.who = self.who
        before.write(kept, [place], [TAKEN_BACK])
        del before.said[place]
        again = self.behind(before, place)
        again.said = {1 + key: value for key, value in self.said.items()}
        return again

    def _answers(self, told: Any) -> dict[int, str]:
        answers: dict[int, str] = {}
        for pair in told if isinstance(told, list) else []:
            place, value = pair if isinstance(pair, list) and len(pair) == 2 else (None, None)
            if isinstance(place, int) and 0 <= place < len(self.rows) and value in self.SAYINGS:
                answers.pop(place, None)  # the last said stands last
                answers[place] = value
        return answers
