"""Which files a folder holds, and which of them may be images."""

from __future__ import annotations

import os
from pathlib import Path

from softbio.errors import DataError
from softbio.faces.decode import looks_like_image

__all__ = ["IMAGE_SUFFIXES", "image_files", "names_in"]

#: Suffixes under which photographs are usually stored.
IMAGE_SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
)


def names_in(folder: Path) -> list[str]:
    """Return the names of the files that lie in `folder` itself, sorted; no hidden ones."""
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name
                for entry in entries
                if not entry.name.startswith(".") and entry.is_file()
            )
    except OSError as error:
        raise DataError(f"The folder {folder} cannot be read: {error.strerror}.") from None


def image_files(root: Path) -> tuple[list[str], list[str]]:
    """Return the images under `root`, at any depth, and the files that are none.

    A file counts as an image by its suffix, or else by its first bytes. Names
    are relative to `root`, with forward slashes, sorted. Hidden files and
    folders are passed over, and links to folders are not followed.
    """
    images: list[str] = []
    others: list[str] = []

    def refuse(error: OSError) -> None:
        raise DataError(f"The folder {error.filename} cannot be read: {error.strerror}.") from None

    for folder, inner, names in os.walk(root, onerror=refuse):
        inner[:] = [name for name in inner if not name.startswith(".")]
        prefix = Path(folder).relative_to(root).as_posix()
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118 — hundreds of thousands of them
            if name.startswith(".") or not os.path.isfile(path):  # noqa: PTH113
                continue
            suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122
            known = suffix in IMAGE_SUFFIXES or _begins_like_image(path)
            (images if known else others).append(name if prefix == "." else f"{prefix}/{name}")
    return sorted(images), sorted(others)


def _begins_like_image(path: str) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return looks_like_image(file.read(12))
    except OSError:
        return False
