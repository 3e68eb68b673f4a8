"""Reviews as tables: everything that was said, and CSV out for a spreadsheet and in, strictly.

``filename,label,who,blind,queue,given,when``, a line for each face and reviewer. The first two are
needed when it is read; `given` and `when` are for the reader, since the set knows its labels and a
review counts from when it was added.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from softbio.errors import DataError
from softbio.faces.reviews.lines import QUEUES, ReviewLine
from softbio.faces.reviews.standing import ReviewLedger
from softbio.faces.sayings import history_table, known_name, known_table, timestamps
from softbio.faces.strict_csv import fault, spreadsheet, without_guard

__all__ = ["COLUMNS", "as_csv", "history_of", "read_lines_of"]

#: Columns of the file.
COLUMNS = ("filename", "label", "who", "blind", "queue", "given", "when")

_LABELS: dict[str, int | str] = {"1": 1, "0": 0, "unsure": "unsure"}
_BLIND = {"yes": True, "no": False, "": False}


def history_of(events: Sequence[dict[str, Any]], ledger: ReviewLedger) -> pd.DataFrame:
    """Return the events as a table; see `Reviews.history`.

    Parameters
    ----------
    events : sequence of dict
        Of the whole file.
    ledger : ReviewLedger
        That has taken in just these.
    """
    stands: np.ndarray = np.zeros(len(events), bool)
    stands[ledger.standing().event] = True
    # An undo tells what it does where a review tells what it says.
    says = [str(event.get("says", event.get("value", ""))) for event in events]
    columns = {
        "who": pd.Series([event["who"] for event in events], dtype="str"),
        "filename": pd.Series([event.get("filename", "") for event in events], dtype="str"),
        "says": pd.Series(says, dtype="str"),
        "given": pd.array([event.get("given") for event in events], dtype="Int8"),
        "blind": np.array([event.get("blind", False) for event in events], bool),
        "queue": pd.Series([event.get("queue", "") for event in events], dtype="str"),
        "of": pd.Series([event.get("of", "") for event in events], dtype="str"),
    }
    return history_table(events, ledger, columns, stands)


def as_csv(history: pd.DataFrame) -> bytes:
    """Return lines of `Reviews.history` as a CSV file in UTF-8, without spreadsheet formulas."""
    given = history["given"].astype(object)
    frame = history.assign(
        label=history["says"],
        blind=np.where(history["blind"], "yes", "no"),
        given=given.where(history["given"].notna(), None),
        when=timestamps(history),
    )
    return spreadsheet(COLUMNS, frame[list(COLUMNS)].itertuples(index=False))


def read_lines_of(path: Path, names: Container[str], who: str) -> list[ReviewLine]:
    """Read a CSV file of reviews.

    Parameters
    ----------
    names : container of str
        File names of the set.
    who : str
        Who says so, where the file does not tell.

    Raises
    ------
    DataError
        At the first thing that is not allowed, with its line: a face that the set does not have,
        a label that is none, the same face and reviewer twice, an unknown column.
    """
    places, lines = known_table(path, COLUMNS, needed=2)
    first: dict[tuple[str, str], int] = {}
    found = []
    for line, cells in lines:
        cell = {name: cells[place] for name, place in places.items()}
        name = known_name(path, line, cell["filename"], names)
        label = cell["label"].strip().casefold()
        if label not in _LABELS:
            raise fault(path, line, "label", cell["label"], "1, 0 or unsure")
        blind = cell.get("blind", "").strip().casefold()
        if blind not in _BLIND:
            raise fault(path, line, "blind", cell["blind"], "yes, no or empty")
        queue = cell.get("queue", "").strip().casefold() or "import"
        if queue not in QUEUES:
            raise fault(path, line, "queue", cell["queue"], f"{', '.join(QUEUES)} or empty")
        said_by = " ".join((without_guard(cell.get("who", "").strip()) or who).split())
        key = (name, said_by)
        if key in first:
            raise DataError(
                f"{path}, line {line}: {name} was reviewed in line {first[key]} already"
                f"{f' by {said_by}' if said_by else ''}."
            )
        first[key] = line
        found.append(ReviewLine(name, _LABELS[label], None, _BLIND[blind], queue, said_by))
    return found
