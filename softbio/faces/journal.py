"""The journal of a packing: which chunks are safely on disk, so that a killed packing goes on.

One JSON object a line. The first holds the key of what is packed; each other
one a chunk, in order. A chunk's line is written after its pixels have reached
the disk, so whatever the journal holds is true, also after a loss of power.
"""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from softbio.faces.chunks import Packed

__all__ = ["Journal"]

# Lines wait this long for the pixels' way to the disk; a kill costs about as much work.
_SECONDS = 0.5


class Journal:
    """An append-only file beside the growing pixels.

    Parameters
    ----------
    path : Path
        The journal; it is read if it is there and begins with `key`.
    pixels : Path
        The file of pixels, to which chunks are appended.
    key : str
        Digest of what determines the pixels. Another key starts over.
    header, face : int
        Bytes before the first face, and bytes of a face.
    """

    def __init__(self, path: Path, pixels: Path, key: str, *, header: int, face: int) -> None:
        self.done: list[Packed] = []
        self._pending: list[Packed] = []
        self._header, self._face = header, face
        self.restarted = False
        length = 0
        if path.exists():
            self.done, length = _read(path, key)
            self.restarted = not length
        present = pixels.stat().st_size if pixels.exists() else 0
        while self.done and self._end(self.done) > present:
            self.done.pop()
        self._file = path.open("r+b" if length else "w+b")
        self._pixels = pixels.open("r+b" if pixels.exists() else "w+b", buffering=0)
        if not length:
            self._file.write(json.dumps({"key": key}).encode() + b"\n")
            self._file.flush()
        self.keep(len(self.done))
        self._committed = time.monotonic()
        # A disk may take seconds to take what it was given; decoding goes on meanwhile.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._running: Future[None] | None = None

    def keep(self, chunks: int) -> None:
        """Forget every chunk after the first `chunks`, and its pixels."""
        del self.done[chunks:]
        self._file.seek(0)
        self._file.readline()
        for _ in range(chunks):
            self._file.readline()
        self._file.truncate(self._file.tell())
        end = self._end(self.done)
        self._pixels.truncate(end)
        self._pixels.seek(end)

    def add(self, packed: Packed, pixels: memoryview) -> None:
        """Append a chunk's pixels; its line follows when they are safely on disk."""
        view = pixels.cast("B") if packed.kept else pixels[:0]
        while len(view):
            view = view[self._pixels.write(view) :]
        self._pending.append(packed)
        if self._running is not None and self._running.done():
            self._running.result()
            self._running = None
        if self._running is None and time.monotonic() - self._committed > _SECONDS:
            self._running = self._thread.submit(self._write, self._pending)
            self._pending = []
            self._committed = time.monotonic()

    def commit(self) -> None:
        """Wait until every chunk's pixels are on the disk, and then their lines."""
        running, self._running = self._running, None
        if running is not None:
            running.result()
        batch, self._pending = self._pending, []
        self._write(batch)

    def close(self) -> None:
        """Close both files; what was not committed is packed again."""
        self._thread.shutdown()
        self._file.close()
        self._pixels.close()

    def _write(self, batch: list[Packed]) -> None:
        if batch:
            os.fsync(self._pixels.fileno())
            self._file.writelines(_line(packed) for packed in batch)
            self._file.flush()
            os.fsync(self._file.fileno())
            self.done += batch

    def _end(self, chunks: list[Packed]) -> int:
        return self._header + self._face * sum(packed.kept for packed in chunks)


def _line(packed: Packed) -> bytes:
    record = {
        "start": packed.start,
        "faces": packed.faces,
        "skipped": packed.skipped,
        "digests": packed.digests.hex(),
        "checksums": packed.checksums.hex(),
        "stamp": packed.stamp,
    }
    return json.dumps(record).encode() + b"\n"


def _read(path: Path, key: str) -> tuple[list[Packed], int]:
    """Return the chunks of a journal of this `key`, and its length in bytes as far as it is whole."""
    done: list[Packed] = []
    length = 0
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True)):
        try:
            record = json.loads(line) if line.endswith(b"\n") else None
        except ValueError:
            record = None
        if record is None:
            break  # torn when the process was killed
        if number == 0:
            if record.get("key") != key:
                return [], 0
        else:
            skipped = tuple((int(at), str(reason)) for at, reason in record["skipped"])
            digests = bytes.fromhex(record["digests"])
            checksums = bytes.fromhex(record["checksums"])
            done.append(
                Packed(
                    record["start"], record["faces"], skipped, digests, checksums, record["stamp"]
                )
            )
        length += len(line)
    return done, length
