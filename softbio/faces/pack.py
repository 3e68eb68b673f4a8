"""Packing: every photograph is decoded once, into a memory-mapped face set.

Chunks of faces are decoded on all cores and appended in order; a journal says
which of them are safely on disk. So memory does not grow with the number of
faces, and a packing that was stopped or killed goes on where it was and ends
with the same bytes. The set is put in its place only when it is whole.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import PIL
import simplejpeg

from softbio.cores import cores
from softbio.errors import DataError
from softbio.faces.assemble import PIXELS_START, TooManySkippedError, assemble, skipped_faces
from softbio.faces.attributes_only import write_attributes
from softbio.faces.chunks import Chunk, chunk_length, pack_chunks, stamp
from softbio.faces.decode import RESIZE, UnreadableImageError
from softbio.faces.faceset import FaceSet
from softbio.faces.journal import Journal
from softbio.faces.source import Source
from softbio.faces.splits import CUT, SplitPlan, assign_splits
from softbio.faces.workspace import Workspace

__all__ = ["MAX_SIZE", "MIN_SIZE", "pack"]

MIN_SIZE, MAX_SIZE = 8, 1024

# Fewer faces are decoded sooner than processes have started.
_WORTH_A_PROCESS = 1_500
_WORTH_A_PROCESS_DRAWN = 400

# Beside the pixels: the table, the journal, and some air for the disk.
_BYTES_BESIDE = 400
_AIR = 64 * 2**20

_DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def pack(
    source: Source,
    out: str | Path,
    *,
    size: int = 80,
    workers: int | None = None,
    on_error: str = "skip",
    max_skipped: float = 0.05,
    split: SplitPlan | None = None,
    overwrite: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> FaceSet:
    """Pack a source into the folder `out`.

    Parameters
    ----------
    source : Source
        From `read_source`. Of one without images, what is known of the faces is written.
    out : path
        The face set's folder; it must not be there yet.
    size : int
        Side of the square images, in pixels, from 8 to 1024; of no account without images.
    workers : int, optional
        Processes that decode. Default: one per core that this process may use.
    on_error : {"skip", "fail"}
        Whether an image that cannot be read is skipped and told, or ends the packing.
    max_skipped : float
        The share of skipped images beyond which the packing fails.
    split : SplitPlan, optional
        How faces are divided. Default: 60/20/20, seed 0.
    overwrite : bool
        Replace the face set that is at `out`.
    progress : callable, optional
        ``progress(done, total)`` is called in this process after each chunk.

    Returns
    -------
    FaceSet
        The new set; or the one at `out`, if it was packed from the same source with
        the same options.

    Raises
    ------
    DataError
        If `out` is taken, too many images cannot be read (`TooManySkippedError`), the
        disk is or becomes full, or another process packs to the same place.
    """
    out, plan = Path(out), split or SplitPlan()
    _check(size, workers, on_error, max_skipped)
    size = size if source.has_images else 0
    request = _request(source, size, plan)
    space = Workspace(out)
    if (there := _already_there(out, request, overwrite)) is not None:
        if space.folder.exists():  # from a kill in the very last step
            with space.locked():
                space.discard()
        return there
    if plan.use_partition or plan.balanced_test:
        # What cannot be divided as asked is told before hours of decoding, not after.
        assign_splits(source.rows, source.group_column, plan)
    try:
        with space.locked():
            if source.has_images:
                _decode(
                    space, source, size, workers, on_error, max_skipped, plan, request, progress
                )
            else:
                space.set.mkdir(exist_ok=True)
                write_attributes(space.set, source, plan, request)
            space.publish()
    except OSError as error:
        if error.errno not in _DISK_IS_FULL:
            raise
        raise DataError(
            f"The disk that holds {out} is full. Make room and run the same command again: it goes "
            "on where it was."
        ) from None
    return FaceSet.open(out)


def _decode(
    space: Workspace,
    source: Source,
    size: int,
    workers: int | None,
    on_error: str,
    max_skipped: float,
    plan: SplitPlan,
    request: str,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Bring the set in the workspace to its end, from wherever it is."""
    total, face = len(source), size * size * 3
    chunks = _chunks(source, size)
    space.set.mkdir(exist_ok=True)
    journal = Journal(
        space.journal, space.images, _key(source, size), header=PIXELS_START, face=face
    )
    try:
        journal.keep(_unchanged(chunks, journal))
        begun = len(journal.done)
        done = sum(packed.faces for packed in journal.done)
        _check_space(space.folder, (total - done) * (face + _BYTES_BESIDE))
        if progress:
            progress(done, total)
        steps = pack_chunks(chunks[begun:], _processes(workers, source, total - done), space.slots)
        with closing(steps):
            for packed, pixels in steps:
                if packed.skipped and on_error == "fail":
                    number, reason = packed.skipped[0]
                    raise UnreadableImageError(source.rows["path"].iloc[number], reason)
                journal.add(packed, pixels.data)
                done += packed.faces
                if progress:
                    progress(done, total)
        journal.commit()
        _check_skipped(source, journal, on_error, max_skipped)
    finally:
        try:
            journal.commit()
        finally:
            journal.close()
    assemble(space.set, source, journal.done, size, plan, request)


def _chunks(source: Source, size: int) -> list[Chunk]:
    length = chunk_length(size)
    starts = range(0, len(source), length)
    if source.draw is None:
        paths = source.rows["path"].tolist()
        return [Chunk(start, paths[start : start + length], size) for start in starts]
    rows = source.rows
    return [
        Chunk(start, [""] * len(part), size, part, source.draw)
        for start in starts
        if (part := rows.iloc[start : start + length]) is not None
    ]


def _unchanged(chunks: list[Chunk], journal: Journal) -> int:
    """Count the journal's chunks before the first whose files have changed since."""
    for number, (chunk, packed) in enumerate(zip(chunks, journal.done, strict=False)):
        if chunk.draw is None and stamp(chunk.paths) != packed.stamp:
            return number
    return min(len(chunks), len(journal.done))


def _processes(workers: int | None, source: Source, faces: int) -> int:
    chosen = workers or cores()
    least = _WORTH_A_PROCESS_DRAWN if source.draw else _WORTH_A_PROCESS
    if workers is None and faces < least:
        return 1
    return min(chosen, -(-faces // 64))


def _check(size: int, workers: int | None, on_error: str, max_skipped: float) -> None:
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise DataError(f"The size must be from {MIN_SIZE} to {MAX_SIZE} pixels. Received: {size}.")
    if workers is not None and workers < 1:
        raise DataError(f"At least one worker decodes. Received: {workers}.")
    if on_error not in ("skip", "fail"):
        raise DataError(f"`on_error` is skip or fail. Received: {on_error}.")
    if not 0 <= max_skipped <= 1:
        raise DataError(f"The share of skipped images is from 0 to 1. Received: {max_skipped:g}.")


def _check_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + _AIR:
        raise DataError(
            f"The set needs {needed / 1e9:.1f} GB more, and the disk that holds {folder.parent} has "
            f"{free / 1e9:.1f} GB free. Make room, or pack fewer or smaller faces."
        )


def _check_skipped(source: Source, journal: Journal, on_error: str, max_skipped: float) -> None:
    skipped = skipped_faces(source, journal.done)
    if skipped and on_error == "fail":
        first = skipped[0]
        raise UnreadableImageError(first["filename"], first["reason"])
    if len(skipped) == len(source):
        raise TooManySkippedError(
            f"None of the {len(source):,} images in {source.meta['source']} can be read.", skipped
        )
    if len(skipped) > max_skipped * len(source):
        first = skipped[0]
        raise TooManySkippedError(
            f"{len(skipped):,} of {len(source):,} images cannot be read, more than "
            f"{max_skipped:.0%}; the first is {first['filename']}: {first['reason']}. Mend them, or "
            "accept it with --max-skipped 1.",
            skipped,
        )


def _already_there(out: Path, request: str, overwrite: bool) -> FaceSet | None:
    """Return the set at `out` if it is the one that is asked for; refuse what is another."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return None
    if not (out / "meta.json").is_file() or not (out / "images.npy").is_file():
        raise DataError(f"{out} is there and is no face set. Choose another --out.")
    if overwrite:
        return None
    there = FaceSet.open(out)
    if there.meta.get("request") == request:
        return there
    raise DataError(
        f"{out} holds a face set of another source or other options. Choose another --out, or "
        "replace it with --overwrite."
    )


def _key(source: Source, size: int) -> str:
    """Digest of what determines the pixels, besides the files' content."""
    columns = source.rows if source.draw else source.rows[["filename", "path"]]
    versions = (simplejpeg.__version__, cv2.__version__, PIL.__version__)
    return _digest([size, RESIZE, repr(source.draw), *versions], columns)


def _request(source: Source, size: int, plan: SplitPlan) -> str:
    """Digest of everything that was asked for: two sets that share it were packed alike."""
    asked = [size, RESIZE, repr(source.draw), repr(plan), CUT, source.group_column, source.groups]
    return _digest([*map(repr, asked), source.meta["label"], source.meta["source"]], source.rows)


def _digest(values: list[object], rows: pd.DataFrame) -> str:
    digest = hashlib.sha256(json.dumps([values, list(rows.columns)]).encode())
    digest.update(np.ascontiguousarray(pd.util.hash_pandas_object(rows, index=False)).tobytes())
    return digest.hexdigest()[:32]
