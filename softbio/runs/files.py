"""Files that are there whole or not at all, also when the process or the machine is killed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

__all__ = ["replacing", "sha256_of", "write_atomically"]

_CHUNK = 1 << 20


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a hidden sibling of `path` to write to, and put it in the place of `path` at the end.

    The sibling's name ends with the name of `path`, for writers that look at
    the suffix. A reader sees the old file or the new one. If the block raises,
    the sibling is removed and `path` stays as it was.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "figure.txt"
    >>> with replacing(target) as sibling:
    ...     _ = sibling.write_text("42")
    ...     target.exists()
    False
    >>> target.read_text()
    '42'
    """
    sibling = path.with_name(f".{secrets.token_hex(4)}.{path.name}")
    try:
        yield sibling
        _flush_to_disk(sibling)
        sibling.replace(path)
    except BaseException:
        sibling.unlink(missing_ok=True)
        raise
    _flush_to_disk(path.parent)


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path`, replacing what is there; a reader never sees a torn file."""
    with replacing(path) as sibling:
        sibling.write_bytes(data)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def _flush_to_disk(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # a folder cannot be opened there, and need not be
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
