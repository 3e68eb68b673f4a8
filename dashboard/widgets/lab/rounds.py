"""Rounds of tagging: faces that are asked whether a word holds."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from dashboard.widgets.tagger.component import Answer, Asking, Texts
from dashboard.widgets.tagger.round import Round
from softbio.faces.tags import Tags

__all__ = ["SAYINGS", "WordRound", "asking_of", "open_faces"]

#: What can be said of a face.
SAYINGS = ("yes", "no", "unsure")

_ANSWERS = (
    Answer("yes", "Yes", ("y",), "yes", "✓", "yes", "yes"),
    Answer("no", "No", ("n",), "no", "✕", "no", "no"),
    Answer("unsure", "Unsure", ("u",), "unsure", "?", "unsure", "unsure"),
)


@dataclass(eq=False)
class WordRound(Round[Tags]):
    """Faces that are asked whether a word holds, see `Round`.

    Attributes
    ----------
    word : str
    why : tuple of str
        Why each face was proposed.
    wanted : int
        Faces that were asked for; fewer are left at the end.
    """

    SAYINGS: ClassVar[tuple[str, ...]] = SAYINGS

    word: str
    rows: np.ndarray
    names: tuple[str, ...]
    why: tuple[str, ...]
    who: str = ""
    wanted: int = 0
    before: WordRound | None = None
    said: dict[int, str] = field(default_factory=dict)
    closed: bool = False
    id: str = field(default_factory=lambda: secrets.token_hex(6))

    def write(self, kept: Tags, places: Sequence[int], values: Sequence[str]) -> None:
        """Tag faces."""
        names = [self.names[place] for place in places]
        why = [self.why[place] for place in places]
        kept.add(self.word, names, values, who=self.who, why=why)

    def behind(self, before: WordRound, place: int) -> WordRound:
        """Return this round anew, with one face of the round before in front."""
        return WordRound(
            self.word,
            np.concatenate([before.rows[[place]], self.rows]),
            (before.names[place], *self.names),
            (before.why[place], *self.why),
            self.who,
            self.wanted,
            before,
        )


def asking_of(word: str, many: bool) -> Asking:
    """Return how a word is asked about: all faces side by side, or one after the other."""
    waiting, heard, close = "Learning …", "Learning from what you said.", "Learn from these now"
    if many:
        texts = Texts(
            f"Which are “{word}”?",
            f"Many faces: which of them are {word}?",
            "Click those that are; u on a face that you cannot tell. One button answers for all "
            "others.",
            waiting,
            heard,
            close,
        )
    else:
        texts = Texts(
            f"“{word}”?",
            f"Tagging {word}: y yes, n no, u unsure, z back, arrow keys to look at other faces",
            "Click the face or go there with Tab, then a key for each face. Arrow keys look at "
            "others.",
            waiting,
            heard,
            close,
        )
    return Asking([_ANSWERS], SAYINGS, texts)


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
