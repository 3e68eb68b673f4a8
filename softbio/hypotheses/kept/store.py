"""The hypotheses that are kept with a face set: an append-only file of what was done to them."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from softbio import __version__
from softbio.errors import DataError
from softbio.faces.event_log import EventLog
from softbio.faces.faceset import FaceSet
from softbio.hypotheses.kept.record import Kept, checked_name, checked_note

__all__ = ["KeptHypotheses"]


class KeptHypotheses:
    """The hypotheses of a face set, in its ``hypotheses.jsonl``.

    Parameters
    ----------
    faces : FaceSet
    """

    def __init__(self, faces: FaceSet) -> None:
        self.faces = faces
        self._log = EventLog(faces.path / "hypotheses.jsonl")

    @property
    def path(self) -> Path:
        """The file."""
        return self._log.path

    @property
    def version(self) -> str:
        """Another text after every change, also by others; for the keys of caches."""
        return self._log.version

    def add(self, kept: Kept) -> Kept:
        """Keep a hypothesis.

        Returns
        -------
        Kept
            As it was kept, with its id, the time, and what the face set is now.

        Raises
        ------
        FormulaError
            If its formula cannot be read.
        ConfigError
            If its name or note is too long.
        DataError
            If nothing can be written.
        ValueError
            If its figures are not what JSON knows, or take more than 1 MiB.
        """
        kept = replace(
            kept.checked(),
            id=secrets.token_hex(4),
            when=_now(),
            fingerprint=self.faces.fingerprint,
            faces=len(self.faces),
            softbio_version=__version__,
        )
        self._log.append([{"event": "kept", **kept.as_json()}])
        return kept

    def list(self) -> list[Kept]:
        """Return what is kept, in the order in which it was.

        Raises
        ------
        DataError
            If the file cannot be read or is damaged.
        """
        return [kept for kept, removed in self._all().values() if not removed]

    def get(self, prefix: str) -> Kept:
        """Return the kept hypothesis whose id begins so.

        Raises
        ------
        DataError
            If there is none, or more than one.
        """
        found = [kept for kept in self.list() if prefix and kept.id.startswith(prefix)]
        if len(found) == 1:
            return found[0]
        what = f"{len(found)} kept hypotheses have ids" if found else "No kept hypothesis has an id"
        raise DataError(f"{what} that begins with {prefix!r} in the face set {self.faces.name}.")

    def change(self, id: str, *, name: str | None = None, note: str | None = None) -> Kept:
        """Give a kept hypothesis another name or note; what is None stays.

        Raises
        ------
        ConfigError
            If the name or the note is too long.
        DataError
            If there is no such hypothesis, or nothing can be written.
        """
        kept = self.get(id)
        changes: dict[str, Any] = {}
        if name is not None:
            changes["name"] = checked_name(name)
        if note is not None:
            changes["note"] = checked_note(note)
        if changes:
            self._log.append([{"event": "changed", "id": kept.id, "when": _now(), **changes}])
        return replace(kept, **changes)

    def remove(self, id: str) -> Kept:
        """Remove a hypothesis; `restore` brings it back.

        Raises
        ------
        DataError
            If there is no such hypothesis, or nothing can be written.
        """
        kept = self.get(id)
        self._log.append([{"event": "removed", "id": kept.id, "when": _now()}])
        return kept

    def restore(self, id: str) -> Kept:
        """Bring back a hypothesis that was removed.

        Raises
        ------
        DataError
            If there is no such hypothesis, or nothing can be written.
        """
        kept, removed = self._all().get(id, (None, False))
        if kept is None:
            raise DataError(f"There never was a kept hypothesis {id!r} in {self.faces.name}.")
        if removed:
            self._log.append([{"event": "restored", "id": id, "when": _now()}])
        return kept

    def _all(self) -> dict[str, tuple[Kept, bool]]:
        """Return every hypothesis by its id, and whether it was removed."""
        found: dict[str, tuple[Kept, bool]] = {}
        for number, event in enumerate(self._log.read(), 1):
            try:
                self._take(found, event)
            except (KeyError, TypeError):
                raise DataError(
                    f"{self.path}, line {number}: this is nothing that softbio writes there. Mend "
                    "or delete the line."
                ) from None
        return found

    @staticmethod
    def _take(found: dict[str, tuple[Kept, bool]], event: dict[str, Any]) -> None:
        what, id = event["event"], event["id"]
        if what == "kept":
            found[id] = Kept.from_json(event), False
            return
        kept, removed = found[id]
        if what == "changed":
            changes = {key: event[key] for key in ("name", "note") if key in event}
            found[id] = replace(kept, **changes), removed
        elif what in ("removed", "restored"):
            found[id] = kept, what == "removed"
        else:
            raise KeyError(what)


def _now() -> float:
    return round(time.time(), 3)
