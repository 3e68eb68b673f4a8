"""What people add to a face set: files of events that are only ever appended to.

One JSON object a line, in UTF-8. Whatever was appended is on the disk when the call returns; a
process that is killed while it writes leaves at most a torn last line, which readers pass over
and the next writer cuts off. Such files name faces by file name, belong to no fingerprint, and
move into the new set when a set is packed anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from softbio.errors import DataError

__all__ = ["EVENT_FILES", "EventLog", "holding_events"]

#: The files of events that a face set may have.
EVENT_FILES = ("tags.jsonl", "reviews.jsonl", "hypotheses.jsonl")

_PATIENCE = 30.0  # seconds that a writer waits for another one
_TAIL = 64  # bytes by which a file is known again
_LONGEST = 1 << 20  # bytes of a line


@contextmanager
def holding_events(folder: Path) -> Iterator[None]:
    """Keep others from writing events to the set in `folder` inside the block.

    The lock stands beside the set, not in it, so that it is the same one before and after the
    set is replaced by another.

    Raises
    ------
    DataError
        If another process holds on to it, or nothing can be written there.
    """
    folder = folder.resolve()
    path = folder.with_name(f".{folder.name}.events.lock")
    lock = FileLock(path, timeout=_PATIENCE, poll_interval=0.005)
    try:
        lock.acquire()
    except Timeout:
        raise DataError(
            f"Another process has been writing to {folder} for {_PATIENCE:.0f} seconds. Try again."
        ) from None
    except OSError as error:
        raise DataError(
            f"Nothing can be written to {folder.parent}: {error.strerror or error}."
        ) from None
    try:
        yield
    finally:
        lock.release()


class EventLog:
    """An append-only file of events; reading takes what is new since the last time.

    Safe between processes and between threads.

    Parameters
    ----------
    path : Path
        The file in the face set's folder; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = Lock()
        self._forget()

    @property
    def version(self) -> str:
        """Another text after every change of the file; for the keys of caches."""
        try:
            stat = self.path.stat()
        except OSError:
            return "0"
        return f"{stat.st_size}-{stat.st_mtime_ns}"

    def append(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Add events, all in one write that has reached the disk at the end.

        Raises
        ------
        DataError
            If the face set is gone, the disk is full or may not be written, or another process
            does not let go of it.
        ValueError
            If an event has a number that JSON does not know, or is longer than 1 MiB.
        """
        lines = [
            json.dumps(event, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
            for event in events
        ]
        if any(len(line) >= _LONGEST for line in lines):
            raise ValueError(f"an event is at most {_LONGEST} bytes long")
        if not lines:
            return
        self._check_set()
        with holding_events(self.path.parent):
            self._check_set()  # it may have been removed while somebody else wrote
            try:
                _append(self.path, b"\n".join(lines) + b"\n")
            except OSError as error:
                raise DataError(
                    f"{self.path} cannot be written: {error.strerror or error}. Nothing was added."
                ) from None

    def read(self) -> list[dict[str, Any]]:
        """Return all events, in the order in which they came.

        Raises
        ------
        DataError
            If the file cannot be read, or a line before the last is no event.
        """
        return EventLog(self.path).new()[0]

    def new(self) -> tuple[list[dict[str, Any]], bool]:
        """Return the events since the last call, and whether they begin anew.

        They do when the file is no continuation of what was read before: forget that then.

        Raises
        ------
        DataError
            As for `read`. The next call begins anew.
        """
        with self._guard:
            try:
                with self.path.open("rb") as file:
                    return self._take(file)
            except (FileNotFoundError, NotADirectoryError):
                began = self._length > 0
                self._forget()
                return [], began
            except OSError as error:
                raise DataError(f"{self.path} cannot be read: {error.strerror or error}.") from None

    def _check_set(self) -> None:
        if not (self.path.parent / "meta.json").is_file():
            raise DataError(
                f"There is no packed face set at {self.path.parent}, so nothing can be kept with "
                "it. Pack the faces first."
            )

    def _forget(self) -> None:
        self._count = self._length = 0
        self._tail = b""

    def _take(self, file: BinaryIO) -> tuple[list[dict[str, Any]], bool]:
        file.seek(self._length - len(self._tail))
        if anew := file.read(len(self._tail)) != self._tail:
            self._forget()
            file.seek(0)
        data = file.read()
        data = data[: data.rfind(b"\n") + 1]  # the rest is torn, or still being written
        if not data:
            return [], anew
        try:
            events = _parsed(self.path, data, self._count)
        except DataError:
            self._forget()
            raise
        self._count += len(events)
        self._length += len(data)
        self._tail = (self._tail + data)[-_TAIL:]
        return events, anew


def _append(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    try:
        size = os.lseek(handle, 0, os.SEEK_END)
        whole = _whole(handle, size)
        if whole != size:
            os.ftruncate(handle, whole)  # torn by a kill: nobody was ever told that it was kept
        os.lseek(handle, whole, os.SEEK_SET)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, whole)
            raise
    finally:
        os.close(handle)
    if not whole and os.name != "nt":  # a new file's name has to reach the disk too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _whole(handle: int, size: int) -> int:
    """Return the length of a file up to the end of its last whole line."""
    end = size
    while end:
        start = max(0, end - _LONGEST)
        os.lseek(handle, start, os.SEEK_SET)
        found = os.read(handle, end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _parsed(path: Path, data: bytes, before: int) -> list[dict[str, Any]]:
    lines = data.split(b"\n")[:-1]
    try:
        # One call for all of them takes a third of the time of one call for each.
        events = json.loads(b"[" + b",".join(lines) + b"]")
        if len(events) == len(lines) and all(type(event) is dict for event in events):
            return events
    except ValueError:
        pass
    for number, line in enumerate(lines, before + 1):
        try:
            fine = isinstance(json.loads(line), dict)
        except ValueError:
            fine = False
        if not fine:
            raise DataError(
                f"{path}, line {number}: this is no event as softbio writes them. Mend or delete "
                "the line."
            )
    raise AssertionError(path)
