"""Which reader fits a source, and why."""

from __future__ import annotations

from pathlib import Path

from softbio.errors import DataError
from softbio.faces.readers.celeba import (
    ATTRIBUTES_FILE,
    IMAGES_FOLDER,
    celeba_attributes,
    celeba_places,
)
from softbio.faces.readers.challenge import TRAIN_FILE, is_challenge
from softbio.faces.readers.listing import image_files
from softbio.faces.readers.table import TABLE_SUFFIXES, TableOptions

__all__ = ["FORMATS", "detect"]

#: What `--format` takes, besides ``auto``.
FORMATS = ("celeba", "challenge", "table", "folder", "synthetic")


def detect(source: str, options: TableOptions, *, attributes_only: bool = False) -> tuple[str, str]:
    """Return the format of a source and the reason, which completes "recognised as … because".

    With `attributes_only`, an attribute file is enough; its images need not be there.

    Raises
    ------
    DataError
        If nothing is there, or nothing fits; the message lists what was looked for.
    """
    if source.startswith("synthetic:"):
        return "synthetic", "its name begins with `synthetic:`"
    path = Path(source)
    if not path.exists():
        raise DataError(f"There is nothing at {source}.")
    given = options.table is not None
    if (path.is_file() or attributes_only) and not given and (file := celeba_attributes(path)):
        if attributes_only:
            return "celeba", f"{file.name} is CelebA's attribute file"
        raise DataError(
            f"{source} lists attributes, not photographs. Give the folder that holds "
            f"{IMAGES_FOLDER}/ beside it, or pack the attributes alone with --attributes-only."
        )
    if path.is_file():
        if path.suffix.lower() in TABLE_SUFFIXES:
            return "table", f"it is a {path.suffix.lower()} file"
        raise DataError(
            f"{source} is a file, but no table ({', '.join(TABLE_SUFFIXES)}). Give the folder of "
            "images, or the table."
        )
    if (path / "images.npy").is_file() and (path / "meta.json").is_file():
        raise DataError(f"{source} is already a packed face set.")
    if options.table is not None:
        return "table", "a table is given"
    if places := celeba_places(path):
        return "celeba", f"there are {places[0].name}/ and {places[1].name}"
    if is_challenge(path):
        return "challenge", f"there are {TRAIN_FILE} and train/"
    tables = [f for f in sorted(path.iterdir()) if f.suffix.lower() in (".csv", ".tsv", ".parquet")]
    if len(tables) == 1 and _names_files(tables[0], options.filename_column):
        return "table", f"{tables[0].name} has a column `{options.filename_column}`"
    images, _ = image_files(path)
    if images:
        return "folder", f"there are {len(images):,} images and no table that names them"
    raise DataError(
        f"Nothing in {source} is recognised. Looked for: {IMAGES_FOLDER}/ with {ATTRIBUTES_FILE} "
        f"(celeba); {TRAIN_FILE} with train/ (challenge); one CSV or Parquet file with a column "
        f"`{options.filename_column}` (table); images (folder)."
    )


def _names_files(table: Path, column: str) -> bool:
    if table.suffix.lower() == ".parquet":
        import pyarrow.parquet

        try:
            return column in pyarrow.parquet.read_schema(table).names
        except (OSError, ValueError):
            return False
    with table.open(encoding="utf-8-sig", errors="replace") as file:
        header = file.readline(100_000).strip()
    separator = max(",;\t", key=header.count)
    return column in [name.strip().strip('"') for name in header.split(separator)]
