"""The hidden folder in which a set grows, and the one step that puts it in its place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from softbio.errors import DataError

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
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.folder = out.parent / f".{out.name}.packing"
        self.set = self.folder / "set"
        self.images = self.set / "images.npy"
        self.journal = self.folder / "journal.jsonl"
        self.slots = self.folder / "slots.bin"

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
            yield
        finally:
            # Nothing begun, or all done: no trace stays behind.
            if not self.journal.exists():
                shutil.rmtree(self.folder, ignore_errors=True)
            lock.release()

    def publish(self) -> None:
        """Put the finished set in its place, in the stead of what is there."""
        previous = self.folder / "previous"
        shutil.rmtree(previous, ignore_errors=True)
        if self.out.exists():
            self.out.rename(previous)
        self.set.rename(self.out)
        self.journal.unlink(missing_ok=True)

    def discard(self) -> None:
        """Forget a packing that is no longer wanted."""
        shutil.rmtree(self.set, ignore_errors=True)
        self.journal.unlink(missing_ok=True)
