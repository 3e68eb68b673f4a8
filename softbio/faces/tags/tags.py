"""Tags: who said of which face that a word holds, kept beside the face set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from softbio.errors import DataError
from softbio.faces.sayings import Sayings, each
from softbio.faces.tags.history import history_of
from softbio.faces.tags.lines import VALUES, TagLine, events_of
from softbio.faces.tags.standing import CODES, Standing, TagLedger
from softbio.faces.tags.table import as_csv, read_lines_of
from softbio.faces.tags.words import checked_word, is_judgement

__all__ = ["TagCounts", "Tags"]


class TagCounts(NamedTuple):
    """How many faces of a set are tagged with a word, by what was said of them last."""

    yes: int
    no: int
    unsure: int


class Tags(Sayings[TagLedger]):
    """The tags of a face set: an append-only file, and what it says now.

    Of several tags of the same face and word the latest holds, whoever gave it. Words are
    matched without case. Safe between threads and processes; each look takes in what others
    have added meanwhile.

    Parameters
    ----------
    faces : FaceSet
    """

    file = "tags.jsonl"
    what = "tag"
    whose = "Who tags"

    def add(
        self,
        word: str,
        filenames: str | Sequence[str],
        value: str | Sequence[str],
        who: str = "",
        why: str | Sequence[str] = "",
    ) -> str:
        """Tag faces.

        Parameters
        ----------
        word : str
            See `checked_word`.
        filenames : str or sequence of str
            Faces of the set, each once.
        value : {"yes", "no", "unsure", "taken back"} or a sequence of them
            One for all, or one for each. What is taken back leaves the face untagged.
        who : str
            Who says so; may be empty.
        why : str or sequence of str
            Why the face was proposed: ``diverse``, ``uncertain``, ``likely``, ``check``, or empty.

        Returns
        -------
        str
            The batch, which `undo` takes back as one.

        Raises
        ------
        DataError
            If the word, a face, a value or a text is not allowed, or nothing can be written.
            Nothing is added then.
        """
        names = [filenames] if isinstance(filenames, str) else list(filenames)
        values = each(value, len(names), "value")
        reasons = each(why, len(names), "why")
        with self._guard:
            word = checked_word(word, self.faces.attributes)
            self._check_names(names)
            for one in values:
                if one not in VALUES:
                    raise DataError(f"A tag is {', '.join(VALUES)}. Received: {one!r}.")
            lines = [
                TagLine(*line, who)
                for line in zip(names, [word] * len(names), values, reasons, strict=True)
            ]
            return self._append(lines)

    def words(self) -> dict[str, TagCounts]:
        """Return the words that any face is tagged with, in the order of their first tag."""
        with self._guard:
            ledger = self._read()
            counted = {}
            for key, word in ledger.words.items():
                code = ledger.standing(key).code
                counts = TagCounts(*(int((code == CODES[value]).sum()) for value in VALUES[:3]))
                if any(counts):
                    counted[word.spelling] = counts
            return counted

    def trait_words(self) -> dict[str, TagCounts]:
        """Return the words that name a trait: all but judgements of the photograph."""
        return {word: counts for word, counts in self.words().items() if not is_judgement(word)}

    def values(self, word: str) -> np.ndarray:
        """Return what is said of each face: 1 yes, 0 no, −1 unsure or not tagged.

        Returns
        -------
        ndarray, shape (N,), int8
        """
        standing = self._standing(word)
        if standing is None:
            return np.full(len(self.faces), -1, np.int8)
        return np.maximum(standing.code, np.int8(-1))

    def unsure(self, word: str) -> np.ndarray:
        """Return of which faces somebody said that it cannot be told, shape (N,), bool."""
        standing = self._standing(word)
        if standing is None:
            return np.zeros(len(self.faces), bool)
        return standing.code == CODES["unsure"]

    def asked(self, word: str) -> np.ndarray:
        """Return why each tagged face was proposed when it was first tagged.

        So a face of the random check sample stays in it when its tag is mended later. Empty for
        faces that were not proposed or are not tagged.

        Returns
        -------
        ndarray, shape (N,), object
        """
        standing = self._standing(word)
        if standing is None:
            return np.full(len(self.faces), "", dtype=object)
        return standing.why.copy()

    def history(self) -> pd.DataFrame:
        """Return everything that was ever said, in its order.

        Returns
        -------
        DataFrame
            ``id``, ``when`` (UTC), ``who``, ``filename``, ``word``, ``value``, ``why``;
            ``undone``: whether it was undone later; ``stands``: whether it is what holds now;
            ``present``: whether the set has the face. An undo is a line without face and word,
            and ``of`` is the batch that it took back.
        """
        return history_of(*self._whole())

    def as_csv(self) -> bytes:
        """Return the tags that stand as a CSV file, see `softbio.faces.tags.table`."""
        history = self.history()
        return as_csv(history[history["stands"]])

    def read_csv(self, path: str | Path, who: str = "") -> int:
        """Add the tags of a CSV file; each person's are one batch.

        Parameters
        ----------
        path : path
            ``filename,word,value`` and perhaps ``who`` and ``why``, in any order.
        who : str
            Whose they are where the file does not say.

        Returns
        -------
        int
            How many were added.

        Raises
        ------
        DataError
            If anything in the file is not allowed; nothing is added then.
        """
        with self._guard:
            lines = read_lines_of(Path(path), self._rows(), self.faces.attributes, who)
            self._append(lines)
        return len(lines)

    def _append(self, lines: Sequence[TagLine]) -> str:
        spelled = {key: word.spelling for key, word in self._read().words.items()}
        events, batch = events_of(lines, spelled)
        self._log.append(events)
        return batch

    def _standing(self, word: str) -> Standing | None:
        with self._guard:
            ledger = self._read()
            key = " ".join(word.split()).casefold()
            return ledger.standing(key) if key in ledger.words else None

    def _new_ledger(self, rows: Mapping[str, int]) -> TagLedger:
        return TagLedger(rows)
