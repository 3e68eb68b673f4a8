"""The hidden folder in which a set grows, and the one step that puts it in its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from filelock import FileLock, Timeout

from softbio.errors import DataError
from softbio.faces.event_log import EVENT_FILES, holding_events

__all__ = ["Workspace"]


class Workspace:
    """``.NAME.packing/`` beside the face set ``NAME``.

    Parameters
    ----------
    out : Path
        Where the set will be.

    Attributes
    ----------
    folder : Path
        The hidden folder.
    set : Path
        The growing set inside it, whose files are the set's and no others.
    images, journal, slots : Path
        The pixels; the journal; where worker processes leave chunks on systems that
        share no memory without a file.
    previous : Path
        Where the set that is replaced stands until the new one is in its place.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.folder = out.parent / f".{out.name}.packing"
        self.set = self.folder / "set"
        self.images = self.set / "images.npy"
        self.journal = self.folder / "journal.jsonl"
        self.slots = self.folder / "slots.bin"
        self.previous = self.folder / "previous"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the workspace alone.

        Raises
        ------
        DataError
            If another process packs to the same place, or nothing can be written there.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / "lock")
            lock.acquire(timeout=0)
        except Timeout:
            raise DataError(
                f"Another process is packing to {self.out} now. Wait for it, or choose another --out."
            ) from None
        except OSError as error:
            raise DataError(
                f"Nothing can be written to {self.out.parent}: {error.strerror or error}."
            ) from None
        try:
            self._recover()
            yield
        finally:
            # Nothing begun, or all done: no trace stays behind.
            if not self.journal.exists():
                shutil.rmtree(self.folder, ignore_errors=True)
            lock.release()

    def publish(self) -> None:
        """Put the finished set in its place, in the stead of what is there.

        What people have added to the old set is in the new one from its first moment on, and
        nobody can add to the old one meanwhile.
        """
        shutil.rmtree(self.previous, ignore_errors=True)
        with holding_events(self.out) if self.out.exists() else nullcontext():
            for name in EVENT_FILES:
                _carry(self.out / name, self.set / name)
            if self.out.exists():
                self.out.rename(self.previous)
            self.set.rename(self.out)
        self.journal.unlink(missing_ok=True)

    def discard(self) -> None:
        """Forget a packing that is no longer wanted."""
        shutil.rmtree(self.set, ignore_errors=True)
        self.journal.unlink(missing_ok=True)

    def _recover(self) -> None:
        """Bring back the old set if a kill came between its going and the new one's coming."""
        if self.previous.exists() and not self.out.exists():
            self.previous.rename(self.out)


def _carry(old: Path, new: Path) -> None:
    if not old.is_file():
        new.unlink(missing_ok=True)  # of a publishing that was killed
        return
    with old.open("rb") as source, new.open("wb") as target:
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())
