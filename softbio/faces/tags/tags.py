"""Tags: who said of which face that a word holds, kept beside the face set."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock, RLock
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from softbio.errors import DataError
from softbio.faces.event_log import EventLog
from softbio.faces.faceset import FaceSet
from softbio.faces.tags.history import history_of
from softbio.faces.tags.lines import (
    VALUES,
    TagLine,
    batch_of,
    checked_text,
    events_of,
    undo_of,
)
from softbio.faces.tags.standing import CODES, Ledger, Standing
from softbio.faces.tags.table import as_csv, read_lines_of
from softbio.faces.tags.words import checked_word

__all__ = ["TagCounts", "Tags"]

_OPEN = 4
_opened: OrderedDict[tuple[str, str], Tags] = OrderedDict()
_opening = Lock()


class TagCounts(NamedTuple):
    """How many faces of a set are tagged with a word, by what was said of them last."""

    yes: int
    no: int
    unsure: int


class Tags:
    """The tags of a face set: an append-only file, and what it says now.

    Of several tags of the same face and word the latest holds, whoever gave it. Words are
    matched without case. Safe between threads and processes; each look takes in what others
    have added meanwhile.

    Parameters
    ----------
    faces : FaceSet
    """

    def __init__(self, faces: FaceSet) -> None:
        self.faces = faces
        self._log = EventLog(faces.path / "tags.jsonl")
        self._guard = RLock()
        self._by_name: dict[str, int] | None = None
        self._ledger: Ledger | None = None

    @classmethod
    def open(cls, faces: FaceSet) -> Tags:
        """Return the tags of a set; of the same set the same object, as long as it is in use."""
        key = (str(faces.path.resolve()), faces.fingerprint)
        with _opening:
            tags = _opened.pop(key, None)
            if tags is None or len(tags.faces) != len(faces):
                tags = cls(faces)
            _opened[key] = tags
            while len(_opened) > _OPEN:
                _opened.popitem(last=False)
        return tags

    @property
    def path(self) -> Path:
        """The file."""
        return self._log.path

    @property
    def version(self) -> str:
        """Another text after every change, also by others; for the keys of caches."""
        return self._log.version

    @property
    def gone(self) -> int:
        """How many tagged faces the set does not have, since it was packed anew.

        Their tags stay in the file and hold again when the faces are back.
        """
        with self._guard:
            return self._read().gone

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
        values = _each(value, len(names), "value")
        reasons = _each(why, len(names), "why")
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

    def undo(self, who: str = "") -> tuple[str, ...]:
        """Take back the last batch of a person; once more, the one before.

        What held before the batch holds again.

        Returns
        -------
        tuple of str
            The faces of the batch; empty if there was nothing to take back.
        """
        who = checked_text(who, "Who tags")
        with self._guard:
            batch = self._read().last_batch(who)
            if batch is None:
                return ()
            self._log.append([undo_of(batch, who)])
            return tuple(
                event["filename"]
                for event in self._log.read()
                if "of" not in event and batch_of(event) == batch
            )

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
        with self._guard:
            events = self._log.read()
            ledger = self._taken(Ledger(self._rows()), events)
        return history_of(events, ledger)

    def as_csv(self) -> bytes:
        """Return the tags that stand as a CSV file, see `softbio.faces.tags.table`."""
        history = self.history()
        return as_csv(history[history["stands"]])

    def write_csv(self, path: str | Path) -> None:
        """Write the tags that stand to a CSV file.

        Raises
        ------
        DataError
            If it cannot be written.
        """
        try:
            Path(path).write_bytes(self.as_csv())
        except OSError as error:
            raise DataError(f"{path} cannot be written: {error.strerror or error}.") from None

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

    def _check_names(self, names: Sequence[str]) -> None:
        rows = self._rows()
        seen: set[str] = set()
        for name in names:
            if name not in rows:
                raise DataError(f"The face set {self.faces.name} has no face {name!r}.")
            if name in seen:
                raise DataError(f"The face {name!r} stands there twice; tag it once.")
            seen.add(name)

    def _standing(self, word: str) -> Standing | None:
        with self._guard:
            ledger = self._read()
            key = " ".join(word.split()).casefold()
            return ledger.standing(key) if key in ledger.words else None

    def _rows(self) -> dict[str, int]:
        if self._by_name is None:
            self._by_name = {name: row for row, name in enumerate(self.faces.table["filename"])}
        return self._by_name

    def _read(self) -> Ledger:
        """Return the ledger with all that is in the file now."""
        events, anew = self._log.new()
        if anew or self._ledger is None:
            self._ledger = Ledger(self._rows())
        try:
            return self._taken(self._ledger, events)
        except DataError:  # begin anew when the line is mended
            self._log, self._ledger = EventLog(self.path), None
            raise

    def _taken(self, ledger: Ledger, events: list[dict[str, Any]]) -> Ledger:
        try:
            ledger.take(events)
        except (KeyError, TypeError, AttributeError):
            raise DataError(
                f"{self.path}, line {ledger.events + 1}: this is no tag as softbio writes them. "
                "Mend or delete the line."
            ) from None
        return ledger


def _each(given: str | Sequence[str], n: int, what: str) -> list[str]:
    values = [given] * n if isinstance(given, str) else [str(one) for one in given]
    if len(values) != n:
        raise ValueError(f"`{what}` has {len(values)} entries for {n} faces")
    return values
