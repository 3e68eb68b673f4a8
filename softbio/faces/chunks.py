"""Chunks of faces, decoded or drawn by worker processes into shared slots.

Workers import neither pandas nor TensorFlow to decode, so they start in a
fraction of a second. Pixels do not travel through pipes: each chunk is written
into a slot of shared memory, from which the packing process copies it.
"""

from __future__ import annotations

import hashlib
import os
import signal
import struct
import threading
import zlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from softbio.errors import DataError
from softbio.faces.decode import UnreadableImageError, decode_face, read_bytes

if TYPE_CHECKING:
    import pandas as pd

    from softbio.faces.source import Draw

__all__ = ["DIGEST_BYTES", "Chunk", "Packed", "chunk_length", "pack_chunks", "stamp"]

#: Bytes of the digest of each face's source; enough that two files never share one by chance.
DIGEST_BYTES = 16

# A chunk of usual faces fits a core's cache, so that it is still there when it is copied.
_CHUNK_BYTES = 8 * 2**20
_CHUNK_FACES = 64


@dataclass(frozen=True)
class Chunk:
    """Consecutive faces of a source: files to decode, or rows to draw.

    `start` is the number of the first face in the source.
    """

    start: int
    paths: Sequence[str]
    size: int
    rows: pd.DataFrame | None = None
    draw: Draw | None = None

    def __len__(self) -> int:
        return len(self.paths)


@dataclass(frozen=True)
class Packed:
    """What became of a chunk.

    Attributes
    ----------
    start, faces : int
        The first face's number in the source, and how many there were.
    skipped : tuple of (int, str)
        Number in the source of each face that could not be read, and why.
    digests : bytes
        `DIGEST_BYTES` for each face that was read: of its file, or of its pixels if drawn.
    checksums : bytes
        Four bytes for each face that was read: the CRC-32 of its pixels.
    stamp : str
        Changes when one of the chunk's files does; see `stamp`.
    """

    start: int
    faces: int
    skipped: tuple[tuple[int, str], ...]
    digests: bytes
    checksums: bytes
    stamp: str

    @property
    def kept(self) -> int:
        """How many faces were read."""
        return self.faces - len(self.skipped)


def chunk_length(size: int) -> int:
    """Return how many faces of this size make a chunk."""
    return max(1, min(_CHUNK_FACES, _CHUNK_BYTES // (size * size * 3)))


def stamp(paths: Iterable[str]) -> str:
    """Return a short digest of the files' sizes and times, which changes when a file does."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            found = os.stat(path)  # noqa: PTH116 — asked of every face
            digest.update(struct.pack("<qq", found.st_size, found.st_mtime_ns))
        except OSError:
            digest.update(b"missing")
    return digest.hexdigest()[:16]


def pack_chunks(
    chunks: Sequence[Chunk], workers: int, spare: Path
) -> Generator[tuple[Packed, np.ndarray], None, None]:
    """Yield what became of each chunk, in order, with the pixels of the faces that were read.

    The pixels (kept, size, size, 3) are a view that holds until the next step.
    Where the system shares no memory between processes without a file, the file
    is `spare`.

    Raises
    ------
    DataError
        If a worker process dies.
    """
    if not chunks:
        return
    side = chunks[0].size
    shape = (chunk_length(side), side, side, 3)
    if workers <= 1:
        room = np.empty(shape, np.uint8)
        for chunk in chunks:
            packed = _fill(chunk, room)
            yield packed, room[: packed.kept]
        return
    # More slots than workers: nobody waits while a finished chunk is written.
    with _Slots.made(spare, (4 * workers, *shape)) as slots:
        yield from _by_processes(chunks, workers, slots)


def _by_processes(
    chunks: Sequence[Chunk], workers: int, slots: _Slots
) -> Generator[tuple[Packed, np.ndarray], None, None]:
    pool = ProcessPoolExecutor(
        workers,
        mp_context=get_context("spawn"),
        initializer=_start_worker,
        initargs=(slots.path, slots.shape),
    )
    waiting: deque[tuple[int, Future[Packed]]] = deque()
    ahead = iter(chunks)
    try:
        for slot, chunk in zip(range(len(slots)), ahead, strict=False):
            waiting.append((slot, pool.submit(_fill_slot, chunk, slot)))
        while waiting:
            slot, future = waiting.popleft()
            packed = future.result()
            yield packed, slots[slot][: packed.kept]
            if (following := next(ahead, None)) is not None:
                waiting.append((slot, pool.submit(_fill_slot, following, slot)))
    except BrokenProcessPool:
        raise DataError(
            "A process that decodes images was ended from outside; the machine may be short of "
            "memory. Run the same command again, with fewer --workers: it goes on where it was."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


class _Slots:
    """Rooms for one chunk each, which several processes map into their memory."""

    def __init__(self, path: str, shape: tuple[int, ...]) -> None:
        self.path, self.shape = path, shape
        self._rooms = np.memmap(path, np.uint8, "r+", shape=shape)

    @classmethod
    @contextmanager
    def made(cls, spare: Path, shape: tuple[int, ...]) -> Iterator[_Slots]:
        """Make the rooms: in memory, which vanishes with us, or else in the file `spare`."""
        length = int(np.prod(shape))
        if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
            handle = os.memfd_create("softbio")
            try:
                os.truncate(handle, length)
                yield cls(f"/proc/{os.getpid()}/fd/{handle}", shape)
            finally:
                os.close(handle)
            return
        try:
            spare.write_bytes(bytes(length))
            yield cls(str(spare), shape)
        finally:
            spare.unlink(missing_ok=True)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, slot: int) -> np.ndarray:
        return self._rooms[slot]


_slots: _Slots | None = None


def _start_worker(slots_path: str, shape: tuple[int, ...]) -> None:
    global _slots
    import cv2

    # Ctrl-C reaches the whole process group; only the packing process answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    _slots = _Slots(slots_path, shape)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave when the packing process is gone, however it went."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _fill_slot(chunk: Chunk, slot: int) -> Packed:
    assert _slots is not None
    return _fill(chunk, _slots[slot])


def _fill(chunk: Chunk, room: np.ndarray) -> Packed:
    """Decode or draw a chunk into `room`, without holes."""
    if chunk.draw is not None:
        room[: len(chunk)] = chunk.draw(chunk.rows, chunk.size, chunk.start)  # type: ignore[arg-type]
        digests = [_digest(room[at].data) for at in range(len(chunk))]
        return _packed(chunk, [], digests, room)
    skipped: list[tuple[int, str]] = []
    digests = []
    # Before reading: a file that changes meanwhile is then seen to have changed.
    mark = stamp(chunk.paths)
    for number, path in enumerate(chunk.paths, start=chunk.start):
        try:
            data = read_bytes(path)
            room[len(digests)] = decode_face(data, chunk.size, path)
        except UnreadableImageError as error:
            skipped.append((number, error.reason))
        else:
            digests.append(_digest(data))
    return _packed(chunk, skipped, digests, room, mark)


def _packed(
    chunk: Chunk,
    skipped: list[tuple[int, str]],
    digests: list[bytes],
    room: np.ndarray,
    mark: str = "",
) -> Packed:
    checksums = b"".join(zlib.crc32(room[at].data).to_bytes(4, "big") for at in range(len(digests)))
    return Packed(chunk.start, len(chunk), tuple(skipped), b"".join(digests), checksums, mark)


def _digest(data: bytes | memoryview) -> bytes:
    return hashlib.sha256(data).digest()[:DIGEST_BYTES]
