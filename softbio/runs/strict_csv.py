"""CSV files of predictions and labels, read strictly: nothing is coerced, every fault has its place."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from softbio.errors import DataError

__all__ = ["Line", "columns_of", "fault", "labels_of", "names_of", "read_lines", "scores_of"]

_MAX_BYTES = 64 * 1024 * 1024

#: Number of a line in its file, counted from 1, and its cells.
Line = tuple[int, list[str]]


def read_lines(path: Path) -> tuple[list[str], list[Line]]:
    """Return the header and the numbered lines of a CSV file, which all have its width.

    Raises
    ------
    DataError
        If it is missing, empty, too large, not UTF-8, or a line has another width.
    """
    if not path.is_file():
        raise DataError(f"There is no file {path}.")
    if path.stat().st_size > _MAX_BYTES:
        raise DataError(f"{path} has more than {_MAX_BYTES // 1024**2} MiB.")
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, cells) for cells in reader if cells]
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise DataError(f"{path} is not text in UTF-8; save it as CSV.") from None
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: {error}.") from None
    if not rows:
        raise DataError(f"{path} is empty.")
    header = [cell.strip() for cell in rows[0][1]]
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and mark in header[0]:
            raise DataError(f"{path} is separated by {name}: save it with commas.")
    for line, cells in rows[1:]:
        if len(cells) != len(header):
            raise DataError(
                f"{path}, line {line}: {len(cells)} cells where the first line has {len(header)}."
            )
    return header, rows[1:]


def columns_of(path: Path, header: list[str], needed: Sequence[str]) -> dict[str, int]:
    """Return the place of each column; `DataError` if one is there twice or missing."""
    for name in header:
        if header.count(name) > 1:
            raise DataError(f"{path} has the column {name!r} twice.")
    missing = [name for name in needed if name not in header]
    if missing:
        raise DataError(
            f"{path} has no column `{'`, `'.join(missing)}`. Its first line is: "
            f"{', '.join(header)[:200]}."
        )
    return {name: place for place, name in enumerate(header)}


def names_of(path: Path, rows: list[Line], column: int) -> list[str]:
    """Return the file names; `DataError` if one is empty or there twice."""
    first: dict[str, int] = {}
    for line, cells in rows:
        name = cells[column]
        if not name:
            raise DataError(f"{path}, line {line}, column filename: the name is empty.")
        if name in first:
            raise DataError(
                f"{path}, line {line}, column filename: {name!r} stands in line {first[name]} "
                "already."
            )
        first[name] = line
    return list(first)


def labels_of(path: Path, rows: list[Line], column: int, what: str = "label") -> np.ndarray:
    """Return labels as 0 and 1; the file must keep to one coding, −1/1 or 0/1.

    Parameters
    ----------
    what : str
        The column's name, for the error.
    """
    labels = np.empty(len(rows), dtype=np.int8)
    negative = None
    for place, (line, cells) in enumerate(rows):
        cell = cells[column].strip()
        if cell not in ("-1", "0", "1"):
            raise fault(path, line, what, cell, "-1 or 1 (or 0 or 1)")
        if cell != "1":
            if negative is not None and cell != negative:
                raise fault(path, line, what, cell, f"{negative} or 1, as in the lines before")
            negative = cell
        labels[place] = cell == "1"
    return labels


def scores_of(path: Path, rows: list[Line], column: int) -> np.ndarray:
    """Return scores, float32; `DataError` unless each is a number from 0 to 1."""
    scores = np.empty(len(rows), dtype=np.float32)
    for place, (line, cells) in enumerate(rows):
        try:
            score = float(cells[column])
        except ValueError:
            score = float("nan")
        if not 0.0 <= score <= 1.0:
            raise fault(path, line, "score", cells[column].strip(), "a number from 0 to 1")
        scores[place] = score
    return scores


def fault(path: Path, line: int, column: str, found: str, allowed: str) -> DataError:
    """Return the error of one cell."""
    return DataError(
        f"{path}, line {line}, column {column}: {found[:60]!r} is not allowed; it must be {allowed}."
    )
