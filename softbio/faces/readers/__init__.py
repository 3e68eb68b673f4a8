"""Readers: each turns one layout of photographs and annotations into a `Source`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from softbio.errors import DataError
from softbio.faces.readers.detect import FORMATS, detect
from softbio.faces.readers.table import TableOptions

if TYPE_CHECKING:
    from softbio.faces.source import Source

__all__ = ["FORMATS", "TableOptions", "detect", "read_source"]


def read_source(
    source: str | Path,
    *,
    format: str = "auto",
    label: str | None = None,
    limit: int | None = None,
    table: TableOptions | None = None,
    attributes_only: bool = False,
) -> Source:
    """Find out which faces a source holds and what is known of them; no pixel is read.

    Parameters
    ----------
    source : str or Path
        A folder, a table, or ``synthetic:N``.
    format : str
        ``auto`` or one of `FORMATS`. What ``auto`` recognised, and why, stands in
        ``meta["because"]``.
    label : str, optional
        For ``celeba`` and ``table``: an attribute or a formula over attributes.
    limit : int, optional
        Take the first faces only.
    table : TableOptions, optional
        For ``table``: where it is and what its columns mean.
    attributes_only : bool
        Take what is known of the faces and leave their images alone, whether or not they are
        there: for ``celeba``, ``table`` and ``synthetic``. A label is then optional.

    Raises
    ------
    DataError
        If the source is not there, is not in the format, or holds no face.
    FormulaError
        If the label is no formula over the attributes.
    """
    options = table or TableOptions()
    because = "it was asked for"
    if format == "auto":
        format, because = detect(str(source), options, attributes_only=attributes_only)
    elif format not in FORMATS:
        raise DataError(f"The format {format!r} is unknown; there are auto, {', '.join(FORMATS)}.")
    elif format != "synthetic" and not Path(source).exists():
        raise DataError(f"There is nothing at {source}.")
    if label and format not in ("celeba", "table"):
        raise DataError(
            f"--label takes a formula over attributes, and the format {format} has its own label."
        )
    if attributes_only:
        found = _read_attributes(format, str(source), label, options).head(limit)
    else:
        found = _read(format, str(source), label, options).head(limit)
    return replace(found, meta={**found.meta, "because": because})


def _read_attributes(format: str, source: str, label: str | None, options: TableOptions) -> Source:
    path = Path(source)
    if format == "celeba":
        from softbio.faces.readers.celeba import read_celeba_attributes

        found = read_celeba_attributes(path, label=label)
    elif format == "table":
        from softbio.faces.readers.table import read_table

        found = read_table(path, options, label=label, attributes_only=True)
    elif format == "synthetic":
        found = replace(_read(format, source, label, options), draw=None, has_images=False)
    else:
        raise DataError(
            f"The format {format} knows no attributes, so nothing is left of {source} without its "
            "images. Leave out --attributes-only."
        )
    if not found.attributes:
        raise DataError(
            f"{source} has no attribute: no column holds 0 and 1, or −1 and 1, throughout, besides "
            "the label and the group."
        )
    return found


def _read(format: str, source: str, label: str | None, options: TableOptions) -> Source:
    # Imported one by one: reading a folder needs no code that draws.
    path = Path(source)
    if format == "celeba":
        from softbio.faces.readers.celeba import read_celeba

        return read_celeba(path, label=label)
    if format == "challenge":
        from softbio.faces.readers.challenge import read_challenge

        return read_challenge(path)
    if format == "folder":
        from softbio.faces.readers.folder import read_folder

        return read_folder(path)
    if format == "table":
        from softbio.faces.readers.table import read_table

        return read_table(path, options, label=label)
    from softbio.faces.readers.synthetic import read_synthetic

    return read_synthetic(source)
