"""Photographs as batches of pixels, decoded ahead of whoever uses them, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import numpy as np

from softbio.faces.decode import UnreadableImageError, decode_face, read_bytes

__all__ = ["decoded_batches"]

#: Batches that are being decoded while the consumer works on one.
_AHEAD = 3
#: Faces that a thread takes at a time.
_CHUNK = 16

_Chunk = tuple[list[np.ndarray], list[tuple[str, str]]]


def decoded_batches(
    names: Sequence[str],
    paths: Sequence[str],
    size: int,
    batch_size: int,
    *,
    skipped: list[tuple[str, str]] | None = None,
    workers: int = 2,
) -> Iterator[np.ndarray]:
    """Yield the photographs in order, `batch_size` at a time; threads decode the next ones.

    The decoders work outside Python's global lock, so threads suffice.

    Parameters
    ----------
    names, paths : sequence of str
        Of each face: how it is called in messages, and where it is.
    size : int
    batch_size : int
    skipped : list of (str, str), optional
        Name and reason of each photograph that cannot be read are added to it
        before the batch is yielded that it is missing from. Without it, such a
        photograph is an error.
    workers : int
        Threads.

    Yields
    ------
    ndarray, shape (b, size, size, 3), uint8
        Never empty.

    Raises
    ------
    UnreadableImageError
        For the first photograph, in order, that cannot be read.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="decode")
    waiting: deque[list[Future[_Chunk]]] = deque()
    starts = iter(range(0, len(names), batch_size))

    def submit(start: int) -> None:
        stop = min(start + batch_size, len(names))
        waiting.append(
            [
                pool.submit(_decode, names[at:end], paths[at:end], size)
                for at in range(start, stop, _CHUNK)
                for end in [min(at + _CHUNK, stop)]
            ]
        )

    try:
        for start in islice(starts, _AHEAD):
            submit(start)
        while waiting:
            pixels: list[np.ndarray] = []
            for future in waiting.popleft():
                decoded, failed = future.result()
                if failed and skipped is None:
                    raise UnreadableImageError(*failed[0])
                pixels += decoded
                if skipped is not None:
                    skipped += failed
            if (start := next(starts, -1)) >= 0:
                submit(start)
            if pixels:
                yield np.stack(pixels)
    finally:
        pool.shutdown(cancel_futures=True)


def _decode(names: Sequence[str], paths: Sequence[str], size: int) -> _Chunk:
    decoded: list[np.ndarray] = []
    failed: list[tuple[str, str]] = []
    for name, path in zip(names, paths, strict=True):
        try:
            decoded.append(decode_face(read_bytes(path), size, path))
        except UnreadableImageError as error:
            failed.append((name, error.reason))
    return decoded, failed
