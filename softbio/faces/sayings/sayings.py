"""What people say of the faces of a set, kept beside it in an append-only file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock, RLock
from typing import Any, ClassVar, Generic, Self, TypeVar

from softbio.errors import DataError
from softbio.faces.event_log import EventLog
from softbio.faces.faceset import FaceSet
from softbio.faces.sayings.batches import batch_of, checked_text, undo_of
from softbio.faces.sayings.ledger import Ledger

__all__ = ["Sayings", "each"]

_OPEN = 4
_opening = Lock()
_Kind = TypeVar("_Kind", bound=Ledger)


class Sayings(ABC, Generic[_Kind]):
    """A file of batches and what it says now.

    Safe between threads and processes; each look takes in what others have added meanwhile.

    Parameters
    ----------
    faces : FaceSet
    """

    #: Name of the file in the set, what a line of it is, and who adds one.
    file: ClassVar[str]
    what: ClassVar[str]
    whose: ClassVar[str]
    _opened: ClassVar[OrderedDict[tuple[str, str], Any]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._opened = OrderedDict()

    def __init__(self, faces: FaceSet) -> None:
        self.faces = faces
        self._log = EventLog(faces.path / self.file)
        self._guard = RLock()
        self._by_name: dict[str, int] | None = None
        self._ledger: _Kind | None = None

    @classmethod
    def open(cls, faces: FaceSet) -> Self:
        """Return what is said of a set; of the same set the same object, while it is in use."""
        key = (str(faces.path.resolve()), faces.fingerprint)
        with _opening:
            said = cls._opened.pop(key, None)
            if said is None or len(said.faces) != len(faces):
                said = cls(faces)
            cls._opened[key] = said
            while len(cls._opened) > _OPEN:
                cls._opened.popitem(last=False)
        return said

    @abstractmethod
    def _new_ledger(self, rows: Mapping[str, int]) -> _Kind:
        """Return an empty ledger."""

    @abstractmethod
    def as_csv(self) -> bytes:
        """Return what stands as a CSV file."""

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
        """Of how many faces something is said that the set does not have, since packed anew.

        It stays in the file and holds again when the faces are back.
        """
        with self._guard:
            return self._read().gone

    def undo(self, who: str = "") -> tuple[str, ...]:
        """Take back the last batch of a person; once more, the one before.

        What held before the batch holds again.

        Returns
        -------
        tuple of str
            The faces of the batch; empty if there was nothing to take back.
        """
        who = checked_text(who, self.whose)
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

    def write_csv(self, path: str | Path) -> None:
        """Write what stands to a CSV file.

        Raises
        ------
        DataError
            If it cannot be written.
        """
        try:
            Path(path).write_bytes(self.as_csv())
        except OSError as error:
            raise DataError(f"{path} cannot be written: {error.strerror or error}.") from None

    def _whole(self) -> tuple[list[dict[str, Any]], _Kind]:
        """Return all events, and a ledger that has taken in just these."""
        with self._guard:
            events = self._log.read()
            return events, self._taken(self._new_ledger(self._rows()), events)

    def _check_names(self, names: Sequence[str]) -> None:
        rows = self._rows()
        seen: set[str] = set()
        for name in names:
            if name not in rows:
                raise DataError(f"The face set {self.faces.name} has no face {name!r}.")
            if name in seen:
                raise DataError(f"The face {name!r} stands there twice; {self.what} it once.")
            seen.add(name)

    def _rows(self) -> dict[str, int]:
        if self._by_name is None:
            self._by_name = {name: row for row, name in enumerate(self.faces.table["filename"])}
        return self._by_name

    def _read(self) -> _Kind:
        """Return the ledger with all that is in the file now."""
        events, anew = self._log.new()
        if anew or self._ledger is None:
            self._ledger = self._new_ledger(self._rows())
        try:
            return self._taken(self._ledger, events)
        except DataError:  # begin anew when the line is mended
            self._log, self._ledger = EventLog(self.path), None
            raise

    def _taken(self, ledger: _Kind, events: list[dict[str, Any]]) -> _Kind:
        try:
            ledger.take(events)
        except (KeyError, TypeError, AttributeError):
            raise DataError(
                f"{self.path}, line {ledger.events + 1}: this is no {self.what} as softbio writes "
                "them. Mend or delete the line."
            ) from None
        return ledger


def each(given: Any, n: int, what: str) -> list[Any]:
    """Return one value for all of `n` faces, or the sequence with one for each, as a list."""
    single = isinstance(given, str) or not hasattr(given, "__len__")
    values = [given] * n if single else list(given)
    if len(values) != n:
        raise ValueError(f"`{what}` has {len(values)} entries for {n} faces")
    return values
