"""Images out of uploads: files and zips from a stranger, written safely into one folder."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from softbio.errors import DataError
from softbio.faces.decode import MAX_BYTES, looks_like_image
from softbio.faces.readers.listing import IMAGE_SUFFIXES

__all__ = ["MAX_FILES", "MAX_TOTAL_BYTES", "Extracted", "extract_images"]

#: An upload with more files, or more bytes after unpacking, is refused.
MAX_FILES = 20_000
MAX_TOTAL_BYTES = 2 * 2**30

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BAD_ZIP = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
_PIECE = 1 << 20
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Extracted:
    """What was in an upload.

    Attributes
    ----------
    written : dict of str to str
        The file name in the folder → the name in the upload, in the upload's order.
    ignored : list of dict
        ``filename`` and ``reason`` of what was not taken.
    """

    written: dict[str, str]
    ignored: list[dict[str, str]]


def extract_images(
    files: Iterable[tuple[str, bytes | BinaryIO]],
    folder: Path,
    *,
    max_files: int = MAX_FILES,
    max_total_bytes: int = MAX_TOTAL_BYTES,
) -> Extracted:
    """Write the images of an upload into `folder`.

    Zips are opened, but none inside another. Folders inside a zip are dropped
    from the names, and a name that is taken gets a number, so that nothing is
    written outside `folder` and nothing is lost. Sizes are counted while
    reading: what a zip says of itself is not believed.

    Parameters
    ----------
    files : iterable of (name, bytes or binary file)
        What was uploaded.
    folder : Path
        Where the images go; made if it is not there.
    max_files, max_total_bytes : int
        Limits for the whole upload.

    Raises
    ------
    DataError
        If a zip is damaged or encrypted, a limit is exceeded, or there is no image.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, str] = {}
    ignored: list[dict[str, str]] = []
    total = 0
    taken = {path.name.casefold() for path in folder.iterdir()}
    for name, pieces, reason in _members(files, max_files):
        if reason is None and len(written) >= max_files:
            raise DataError(f"The upload holds more than {max_files:,} images; send fewer at once.")
        if reason is None:
            data = bytearray()
            for piece in pieces:
                data += piece
                total += len(piece)
                if total > max_total_bytes:
                    raise DataError(
                        f"The upload unpacks to more than {max_total_bytes / 2**20:,.0f} MiB; "
                        "send fewer images at once."
                    )
                if len(data) > MAX_BYTES:
                    reason = f"larger than {MAX_BYTES >> 20} MiB"
                    break
            if reason is None:
                reason = _refusal(name, bytes(data[:12]))
        if reason is not None:
            ignored.append({"filename": name, "reason": reason})
            continue
        own = _own_name(name, taken)
        (folder / own).write_bytes(data)
        written[own] = name
    if not written:
        why = f" ({ignored[0]['filename']}: {ignored[0]['reason']})" if ignored else ""
        raise DataError(f"There is no image in the upload{why}.")
    return Extracted(written, ignored)


def _members(
    files: Iterable[tuple[str, bytes | BinaryIO]], max_files: int
) -> Iterator[tuple[str, Iterator[bytes], str | None]]:
    """Yield each file's name, its bytes piece by piece, and why it is ignored, if it is."""
    for name, content in files:
        upload = io.BytesIO(content) if isinstance(content, bytes) else content
        upload.seek(0)
        is_zip = upload.read(4).startswith(_ZIP)
        upload.seek(0)
        if not is_zip:
            yield name, _pieces(upload, name), None
            continue
        with _telling_bad_zip(name), zipfile.ZipFile(upload) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > 2 * max_files:
                raise DataError(f"{name} holds {len(entries):,} files; send fewer at once.")
            for entry in entries:
                inside = f"{name}/{entry.filename}"
                if entry.flag_bits & 1:
                    raise DataError(f"{name} is encrypted. Unpack it, or zip it without password.")
                if (reason := _passed_over(entry.filename)) is not None:
                    yield inside, iter(()), reason
                    continue
                with archive.open(entry) as stream:
                    yield inside, _pieces(stream, name), None


def _pieces(stream: BinaryIO | IO[bytes], name: str) -> Iterator[bytes]:
    # A damaged member shows only here, while the caller reads.
    with _telling_bad_zip(name):
        while piece := stream.read(_PIECE):
            yield piece


@contextmanager
def _telling_bad_zip(name: str) -> Iterator[None]:
    try:
        yield
    except _BAD_ZIP as error:
        raise DataError(f"{name} is no zip that can be read: {error}.") from None


def _passed_over(name: str) -> str | None:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if any(part.startswith(".") and part not in (".", "..") for part in parts) or (
        "__MACOSX" in parts
    ):
        return "a hidden file"
    return None


def _refusal(name: str, head: bytes) -> str | None:
    if not head:
        return "empty"
    if head.startswith(_ZIP):
        return "a zip inside a zip"
    if PurePosixPath(name).suffix.lower() in IMAGE_SUFFIXES or looks_like_image(head):
        return None
    return "not an image"


def _own_name(name: str, taken: set[str]) -> str:
    """Return a plain file name that no other face has, on any file system."""
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c if c.isalnum() or c in "._- ()" else "_" for c in plain).strip(" .")
    path = PurePosixPath(kept or "image")
    stem, suffix = path.stem[:_LONGEST_NAME], path.suffix[:10]
    own, number = f"{stem}{suffix}", 1
    while own.casefold() in taken:
        number += 1
        own = f"{stem}-{number}{suffix}"
    taken.add(own.casefold())
    return own
