"""What tables of sayings share: the history of a file, and CSV files that people bring."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from softbio.errors import DataError
from softbio.faces.sayings.batches import batch_of
from softbio.faces.sayings.ledger import Ledger
from softbio.faces.strict_csv import Line, columns_of, fault, read_lines, without_guard

__all__ = ["history_table", "known_name", "known_table", "timestamps"]


def history_table(
    events: Sequence[Mapping[str, Any]],
    ledger: Ledger,
    columns: Mapping[str, Any],
    stands: np.ndarray,
) -> pd.DataFrame:
    """Return all events of a file as a table.

    Parameters
    ----------
    events : sequence of dict
        Of the whole file.
    ledger : Ledger
        That has taken in just these.
    columns : dict of str to array
        What the events say.
    stands : ndarray, shape (events,), bool
        Which of them hold now.

    Returns
    -------
    DataFrame
        ``id``, ``when`` (UTC), the columns, ``undone``, ``stands``, ``present``: whether the set
        has the face.
    """
    frame = pd.DataFrame(
        {
            "id": pd.Series([event["id"] for event in events], dtype="str"),
            "when": pd.to_datetime([event["when"] for event in events], unit="s", utc=True),
            **columns,
        }
    )
    frame["when"] = frame["when"].dt.round("ms")
    undone = ["of" not in event and ledger.undone(batch_of(event)) for event in events]
    frame["undone"] = np.array(undone, bool)
    frame["stands"] = stands
    present = [event.get("filename") in ledger.rows for event in events]
    frame["present"] = np.array(present, bool)
    return frame


def timestamps(history: pd.DataFrame) -> pd.Series:
    """Return when each line was said, as text for people and spreadsheets."""
    return history["when"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def known_table(
    path: Path, allowed: Sequence[str], needed: int
) -> tuple[dict[str, int], list[Line]]:
    """Read a CSV file that has only known columns.

    Parameters
    ----------
    allowed : sequence of str
        Its columns.
    needed : int
        The first so many must be there.

    Returns
    -------
    places : dict of str to int
        Of the columns that are there.
    lines : list of Line

    Raises
    ------
    DataError
        As `read_lines` and `columns_of`, and for a column that is not known.
    """
    header, lines = read_lines(path)
    places = columns_of(path, header, allowed[:needed])
    if unknown := [name for name in header if name not in allowed]:
        raise DataError(
            f"{path} has a column {unknown[0]!r} that means nothing here; there can be "
            f"{', '.join(allowed)}."
        )
    return places, lines


def known_name(path: Path, line: int, cell: str, names: Container[str]) -> str:
    """Return the file name of a cell; `DataError` if the set has no such face."""
    name = without_guard(cell)
    if name not in names:
        name = cell
    if name not in names:
        raise fault(path, line, "filename", name, "a face of the set")
    return name
