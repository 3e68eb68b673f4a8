"""Rounds of tagging: the faces that a person is asked about, and what was said so far.

The browser tells everything that was said in a round each time, so that a message that is lost,
comes twice or overtakes another does no harm: what differs from what is known is written down.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from softbio.faces.tags import TAKEN_BACK, Tags

__all__ = ["SAYINGS", "Round", "open_faces"]

#: What can be said of a face.
SAYINGS = ("yes", "no", "unsure")


@dataclass(eq=False)
class Round:
    """Faces that are asked about together.

    Attributes
    ----------
    word : str
    rows : ndarray, shape (n,), int64
        Of the set, in the order in which they are shown.
    names : tuple of str
        Their file names.
    why : tuple of str
        Why each was proposed.
    who : str
        Who tags.
    wanted : int
        Faces that were asked for; fewer are left at the end.
    before : Round, optional
        The one before, whose last answer can still be taken back.
    said : dict of int to str
        What is written down of each face, by its place in the round, as it was last said.
    closed : bool
        Nothing more is said: all were told, or the person wants the next round.
    """

    word: str
    rows: np.ndarray
    names: tuple[str, ...]
    why: tuple[str, ...]
    who: str = ""
    wanted: int = 0
    before: Round | None = None
    said: dict[int, str] = field(default_factory=dict)
    closed: bool = False
    id: str = field(default_factory=lambda: secrets.token_hex(6))

    @property
    def left(self) -> np.ndarray:
        """Rows of the faces of which nothing was said, ascending by their place."""
        return self.rows[[place for place in range(len(self.rows)) if place not in self.said]]

    def hear(self, message: Mapping[str, Any], tags: Tags) -> None:
        """Write down what a message says that was not known.

        Parameters
        ----------
        message : mapping
            From the browser: ``said``, everything that was said, as pairs of place and value, the
            last one last; ``closed``. What is no answer in it is passed over.
        tags : Tags

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
            values = [said.get(place, TAKEN_BACK) for place in places]
            names = [self.names[place] for place in places]
            why = [self.why[place] for place in places]
            tags.add(self.word, names, values, who=self.who, why=why)
        self.said = said
        self.closed = len(said) == len(self.rows) or bool(message.get("closed"))

    def step_back(self, tags: Tags) -> Round | None:
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
        tags.add(self.word, before.names[place], TAKEN_BACK, who=self.who, why=before.why[place])
        del before.said[place]
        again = Round(
            self.word,
            np.concatenate([before.rows[[place]], self.rows]),
            (before.names[place], *self.names),
            (before.why[place], *self.why),
            self.who,
            self.wanted,
            before,
        )
        again.said = {1 + key: value for key, value in self.said.items()}
        return again

    def _answers(self, told: Any) -> dict[int, str]:
        answers: dict[int, str] = {}
        for pair in told if isinstance(told, list) else []:
            place, value = pair if isinstance(pair, list) and len(pair) == 2 else (None, None)
            if isinstance(place, int) and 0 <= place < len(self.rows) and value in SAYINGS:
                answers.pop(place, None)  # the last said stands last
                answers[place] = value
        return answers


def open_faces(values: np.ndarray, unsure: np.ndarray) -> np.ndarray:
    """Return what is said of faces as `propose` wants it: −1 only where nothing was said.

    Parameters
    ----------
    values : ndarray, shape (N,), int8
        1 yes, 0 no, −1 neither.
    unsure : ndarray, int
        Rows that somebody could not tell; they are not asked about again.
    """
    said = values.copy()
    said[unsure] = -2
    return said
