"""Tags as a CSV file: out for a spreadsheet, and in again, strictly.

``filename,word,value,who,when,why``, a line for each face and word. The first three are needed
when it is read; `when` is for the reader, since a tag counts from when it was added to the set.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from pathlib import Path

import pandas as pd

from softbio.errors import DataError
from softbio.faces.sayings import known_name, known_table, timestamps
from softbio.faces.strict_csv import fault, spreadsheet, without_guard
from softbio.faces.tags.lines import TagLine
from softbio.faces.tags.words import checked_word

__all__ = ["COLUMNS", "as_csv", "read_lines_of"]

#: Columns of the file.
COLUMNS = ("filename", "word", "value", "who", "when", "why")
_SAYABLE = ("yes", "no", "unsure")


def as_csv(history: pd.DataFrame) -> bytes:
    """Return lines of `Tags.history` as a CSV file in UTF-8, without spreadsheet formulas."""
    return spreadsheet(
        COLUMNS, history.assign(when=timestamps(history))[list(COLUMNS)].itertuples(index=False)
    )


def read_lines_of(
    path: Path, names: Container[str], annotated: Iterable[str], who: str
) -> list[TagLine]:
    """Read a CSV file of tags.

    Parameters
    ----------
    names : container of str
        File names of the set.
    annotated : iterable of str
        Its attributes, which cannot be tagged.
    who : str
        Who says so, where the file does not tell.

    Raises
    ------
    DataError
        At the first thing that is not allowed, with its line: a face that the set does not have,
        a word or value that is none, the same face and word twice, an unknown column.
    """
    places, lines = known_table(path, COLUMNS, needed=3)
    annotated = tuple(annotated)
    words: dict[str, str] = {}
    first: dict[tuple[str, str], int] = {}
    found = []
    for line, cells in lines:
        cell = {name: cells[place] for name, place in places.items()}
        name = known_name(path, line, cell["filename"], names)
        value = cell["value"].strip().casefold()
        if value not in _SAYABLE:
            raise fault(path, line, "value", cell["value"], "yes, no or unsure")
        written = cell["word"]
        if written not in words:
            try:
                words[written] = checked_word(written, annotated)
            except DataError as error:
                raise DataError(f"{path}, line {line}, column word: {error}") from None
        word = words[written]
        key = (name, word.casefold())
        if key in first:
            raise DataError(
                f"{path}, line {line}: {name} and {word} stand in line {first[key]} already."
            )
        first[key] = line
        said_by = without_guard(cell.get("who", "").strip()) or who
        found.append(
            TagLine(name, word, value, without_guard(cell.get("why", "").strip()), said_by)
        )
    return found
