"""CSV files of people: read strictly, and written so that no spreadsheet runs what stands in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from softbio.errors import DataError

__all__ = ["Line", "columns_of", "fault", "read_lines", "spreadsheet", "without_guard"]

_MAX_BYTES = 64 * 1024 * 1024

#: What makes a spreadsheet take a cell for a formula, at its beginning.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

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


def fault(path: Path, line: int, column: str, found: str, allowed: str) -> DataError:
    """Return the error of one cell."""
    return DataError(
        f"{path}, line {line}, column {column}: {found[:60]!r} is not allowed; it must be {allowed}."
    )


def spreadsheet(head: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    r"""Return lines as a CSV file for a spreadsheet, in UTF-8.

    Text that a spreadsheet would take for a formula, as a name that begins with ``=``, gets an
    apostrophe in front. None is an empty cell.

    Examples
    --------
    >>> spreadsheet(["name", "faces"], [["=1+1", 3], [None, -2]])
    b"name,faces\n'=1+1,3\n,-2\n"
    """
    return b"".join(_written(cells) for cells in (head, *lines))


def without_guard(cell: str) -> str:
    """Return a cell as it was before `spreadsheet` put an apostrophe in front of it."""
    return cell[1:] if cell.startswith("'") and _needs_guard(cell) else cell


def _written(cells: Sequence[Any]) -> bytes:
    text = io.StringIO()
    # A writer puts just those line breaks in quotes that it could end a line with.
    csv.writer(text, lineterminator="\r\n").writerow([_cell(value) for value in cells])
    return text.getvalue().removesuffix("\r\n").encode() + b"\n"


def _cell(value: Any) -> Any:
    if isinstance(value, str) and _needs_guard(value):
        return f"'{value}"
    return "" if value is None else value


def _needs_guard(text: str) -> bool:
    # One with apostrophes of its own gets one more, so that taking one off gives it back.
    return text.lstrip("'").startswith(_FORMULA)
