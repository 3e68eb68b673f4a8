"""``history.csv``: a line an epoch, whole at every moment."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from softbio.errors import RunError
from softbio.runs.files import write_atomically

__all__ = ["append_epoch", "history_columns", "kept_epoch", "read_history", "rewind"]


def history_columns(groups: Iterable[str]) -> list[str]:
    """Return the columns of a history whose groups have these names."""
    return [
        "epoch",
        "loss",
        "val_loss",
        "val_accuracy",
        *(f"val_accuracy_{name}" for name in groups),
        "val_fair_metric",
        "val_balanced_fair_metric",
        "val_worst_cell_accuracy",
        "learning_rate",
        "seconds",
    ]


def append_epoch(path: Path, row: Mapping[str, Any]) -> None:
    """Add an epoch's figures; lines of that epoch or later ones are dropped first.

    The file is written anew and put in place at once: it is small, and a
    process killed in between leaves the lines that were there.

    Raises
    ------
    ValueError
        If `row` has no ``epoch``, or other columns than the lines before it.
    """
    if "epoch" not in row:
        raise ValueError("a line of the history needs an epoch")
    epoch = int(row["epoch"])
    columns, lines = _read(path)
    kept = [line for line in lines if int(line[columns.index("epoch")]) < epoch]
    if kept and set(row) != set(columns):
        raise ValueError(f"the history has the columns {columns}; received {list(row)}")
    if not kept:
        columns = list(row)
    _write(path, columns, [*kept, [_cell(row[name]) for name in columns]])


def rewind(path: Path, epoch: int) -> None:
    """Drop the lines of `epoch` and of later epochs, which will be trained again."""
    columns, lines = _read(path)
    kept = [line for line in lines if int(line[columns.index("epoch")]) < epoch]
    if len(kept) < len(lines):
        _write(path, columns, kept)


def read_history(path: Path, columns: list[str]) -> pd.DataFrame:
    """Return the history; without a file, an empty frame with `columns`.

    Returns
    -------
    DataFrame
        ``epoch`` int64, all others float64, NaN where a figure is undefined.
    """
    found, lines = _read(path)
    names = found or columns
    frame = pd.DataFrame(
        {
            name: pd.Series(
                [float(line[place] or "nan") for line in lines], dtype="float64", name=name
            )
            for place, name in enumerate(names)
        }
    )
    return frame.astype({"epoch": "int64"})


def kept_epoch(path: Path, epoch: int | None) -> tuple[int, dict[str, float]]:
    """Return how many epochs there are, and the defined figures of one of them.

    For lists of many runs: no table is built.

    Parameters
    ----------
    path : Path
    epoch : int or None
        None: the last one.

    Raises
    ------
    RunError
        If the file is damaged.
    """
    columns, lines = _read(path)
    place = columns.index("epoch") if lines else 0
    kept = lines[-1:] if epoch is None else [line for line in lines if line[place] == str(epoch)]
    if not kept:
        return len(lines), {}
    cells = zip(columns, kept[-1], strict=True)
    return len(lines), {name: float(cell) for name, cell in cells if cell}


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = [line for line in csv.reader(file) if line]
    except FileNotFoundError:
        return [], []
    if not lines:
        return [], []
    columns, *rows = lines
    if "epoch" not in columns or any(len(row) != len(columns) for row in rows):
        raise RunError(f"{path} is damaged: it is not a table with a column `epoch`.")
    return columns, rows


def _write(path: Path, columns: list[str], lines: list[list[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    write_atomically(path, text.getvalue().encode())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    number = float(value)
    if number != number:
        return ""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
