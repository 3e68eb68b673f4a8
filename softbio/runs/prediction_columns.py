"""Columns of prediction and label files, read strictly: nothing is coerced, every fault has its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from softbio.errors import DataError
from softbio.faces.strict_csv import Line, fault

__all__ = ["labels_of", "names_of", "scores_of"]


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
