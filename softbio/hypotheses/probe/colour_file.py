"""Colours of a whole set: told once, and kept in the set's folder."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from softbio.cores import cores
from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.hypotheses.probe.colour import COLUMNS, VERSION, describe
from softbio.runs.files import replacing

__all__ = ["colours"]

_AT_A_TIME = 256
#: A value takes part in a probe to three digits at most.
_KIND = np.dtype(np.float16)


def colours(faces: FaceSet, progress: Callable[[int, int], None] | None = None) -> np.ndarray:
    """Tell the colours and edges of every face of a set, or read what was told before.

    They are kept in the set's folder in ``colours-<digest>.npy``, which belongs to no fingerprint
    and can be deleted at any time. While they are told, memory stays flat in the number of faces.
    Where the folder cannot be written to, they are told into memory, anew each time.

    Parameters
    ----------
    faces : FaceSet
    progress : callable, optional
        Called with faces done and faces in all.

    Returns
    -------
    ndarray, shape (N, D), float16
        See `describe`; a memory map where it is kept.

    Raises
    ------
    DataError
        If the set has no images.
    """
    if not faces.has_images:
        raise DataError(
            f"The face set {faces.name} holds no images, only attributes: colours cannot be told. "
            "Choose a run that has embeddings, or pack the photographs."
        )
    digest = hashlib.sha256(f"{VERSION} {faces.fingerprint}".encode()).hexdigest()
    path = faces.path / f"colours-{digest[:16]}.npy"
    kept = _kept(path, len(faces))
    if kept is not None:
        return kept
    try:
        with replacing(path) as sibling, sibling.open("wb") as file:
            header = {"descr": _KIND.str, "fortran_order": False, "shape": (len(faces), COLUMNS)}
            np.lib.format.write_array_header_1_0(file, header)
            # Not through a memory map: writing to one on a full disk would end the process.
            for told in _told(faces, progress):
                file.write(told.tobytes())
        for other in faces.path.glob("colours-*.npy"):
            if other != path:
                other.unlink()  # of the set before it was packed anew
    except OSError:
        # A folder that is full, gone or not ours to write in is no reason to refuse.
        kept = _kept(path, len(faces))
        return np.concatenate(list(_told(faces, progress))) if kept is None else kept
    return np.load(path, mmap_mode="r", allow_pickle=False)


def _kept(path: Path, n: int) -> np.ndarray | None:
    """Return what is kept, None if there is nothing of use."""
    try:
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, EOFError, ValueError):  # a derived file that is damaged is made anew
        return None
    return values if values.dtype == _KIND and values.shape == (n, COLUMNS) else None


def _told(faces: FaceSet, progress: Callable[[int, int], None] | None) -> Iterator[np.ndarray]:
    """Yield what is told of the faces in their order, some hundreds at a time, on all cores."""
    n = len(faces)
    at_once = cores()

    def tell(start: int) -> np.ndarray:
        return describe(np.asarray(faces.images[start : start + _AT_A_TIME])).astype(_KIND)

    with ThreadPoolExecutor(at_once) as threads:
        # A few blocks are under way at a time, so memory does not grow with the set.
        waiting: deque[Future[np.ndarray]] = deque()
        done = 0
        for start in range(0, n + 2 * at_once * _AT_A_TIME, _AT_A_TIME):
            if start < n:
                waiting.append(threads.submit(tell, start))
            if waiting and (start >= n or len(waiting) > 2 * at_once):
                told = waiting.popleft().result()
                done += len(told)
                yield told
                if progress is not None:
                    progress(done, n)
