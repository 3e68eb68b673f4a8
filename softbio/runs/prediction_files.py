"""Prediction files and truth files, read strictly: nothing is coerced, every fault has its place."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from softbio.errors import DataError

__all__ = ["GENDERS", "Judged", "read_judged"]

GENDERS = {-1: "women", 1: "men"}
_MAX_BYTES = 64 * 1024 * 1024
_SHOWN = 3

_Row = tuple[int, list[str]]


@dataclass(frozen=True, eq=False)
class Judged:
    """A prediction file put beside the truth; one entry a face, in the truth's order.

    Attributes
    ----------
    filename : list of str
    label : ndarray, shape (n,), int8
        The truth, 0 or 1.
    group : ndarray, shape (n,), int64
        Index into `groups`.
    groups : tuple of str
    prediction : ndarray, shape (n,), int8, or None
        0 or 1; None where the file has scores only.
    score : ndarray, shape (n,), float32, or None
        None where the file has labels only.
    by_order : bool
        Whether the file had no names, so that its lines were taken to be in
        the order of the truth's sorted file names.
    """

    filename: list[str]
    label: np.ndarray
    group: np.ndarray
    groups: tuple[str, ...]
    prediction: np.ndarray | None
    score: np.ndarray | None
    by_order: bool


def read_judged(predictions: Path, truth: Path) -> Judged:
    """Read a prediction file and the truth, and match them.

    Parameters
    ----------
    predictions : Path
        CSV with the columns ``filename`` and ``label`` (−1/1 or 0/1), ``score``
        (0 … 1), or both; or one column of labels without a header, in the order
        of the truth's sorted file names.
    truth : Path
        CSV with the columns ``filename``, ``label`` and ``gender`` (−1 women, 1 men).

    Raises
    ------
    DataError
        Naming file, line and column of the first fault: a value that is not
        allowed, a name that is unknown, missing, or there twice.
    """
    header, rows = _read(truth)
    places = _columns(truth, header, ("filename", "label", "gender"))
    names = _names(truth, rows, places["filename"])
    label = _labels(truth, rows, places["label"])
    codes = {str(code): index for index, code in enumerate(GENDERS)}
    group = np.empty(len(rows), dtype=np.int64)
    for place, (line, cells) in enumerate(rows):
        cell = cells[places["gender"]].strip()
        if cell not in codes:
            raise _fault(truth, line, "gender", cell, "-1 (women) or 1 (men)")
        group[place] = codes[cell]
    if not rows:
        raise DataError(f"{truth} has a header and no faces.")

    order, prediction, score, by_order = _read_predicted(predictions, names, truth)
    return Judged(
        filename=names,
        label=label,
        group=group,
        groups=tuple(GENDERS.values()),
        prediction=None if prediction is None else prediction[order],
        score=None if score is None else score[order],
        by_order=by_order,
    )


def _read_predicted(
    path: Path, wanted: list[str], truth: Path
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None, bool]:
    """Return for each wanted name its row in the file, and what the file predicts."""
    header, rows = _read(path)
    if len(header) == 1 and header[0].strip() in ("-1", "0", "1"):
        lines = [(1, header), *rows]
        if len(lines) != len(wanted):
            raise DataError(
                f"{path} has {len(lines)} lines without file names, and {truth} has "
                f"{len(wanted)} faces: they must be equally many."
            )
        order = np.argsort(np.argsort(np.array(wanted, dtype=object), kind="stable"))
        return order, _labels(path, lines, 0), None, True

    places = _columns(path, header, ("filename",))
    if "label" not in places and "score" not in places:
        raise DataError(f"{path} needs a column `label` or `score`. It has: {', '.join(header)}.")
    names = _names(path, rows, places["filename"])
    known = set(wanted)
    for name, (line, _) in zip(names, rows, strict=True):
        if name not in known:
            raise DataError(f"{path}, line {line}, column filename: {name!r} is not in {truth}.")
    row_of = {name: row for row, name in enumerate(names)}
    missing = [name for name in wanted if name not in row_of]
    if missing:
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        raise DataError(
            f"{path} has no prediction for {', '.join(missing[:_SHOWN])}{more} of {truth}. "
            "Every face needs one."
        )
    order = np.array([row_of[name] for name in wanted], dtype=np.int64)
    prediction = _labels(path, rows, places["label"]) if "label" in places else None
    score = _scores(path, rows, places["score"]) if "score" in places else None
    return order, prediction, score, False


def _read(path: Path) -> tuple[list[str], list[_Row]]:
    """Return the header and the numbered lines of a CSV file, which all have its width."""
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
    for line, cells in rows[1:]:
        if len(cells) != len(header):
            raise DataError(
                f"{path}, line {line}: {len(cells)} cells where the first line has {len(header)}."
            )
    return header, rows[1:]


def _columns(path: Path, header: list[str], needed: Sequence[str]) -> dict[str, int]:
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


def _names(path: Path, rows: list[_Row], column: int) -> list[str]:
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


def _labels(path: Path, rows: list[_Row], column: int) -> np.ndarray:
    """Return labels as 0 and 1; the file must keep to one coding, −1/1 or 0/1."""
    labels = np.empty(len(rows), dtype=np.int8)
    negative = None
    for place, (line, cells) in enumerate(rows):
        cell = cells[column].strip()
        if cell not in ("-1", "0", "1"):
            raise _fault(path, line, "label", cell, "-1 or 1 (or 0 or 1)")
        if cell != "1":
            if negative is not None and cell != negative:
                raise _fault(path, line, "label", cell, f"{negative} or 1, as in the lines before")
            negative = cell
        labels[place] = cell == "1"
    return labels


def _scores(path: Path, rows: list[_Row], column: int) -> np.ndarray:
    scores = np.empty(len(rows), dtype=np.float32)
    for place, (line, cells) in enumerate(rows):
        try:
            score = float(cells[column])
        except ValueError:
            score = float("nan")
        if not 0.0 <= score <= 1.0:
            raise _fault(path, line, "score", cells[column].strip(), "a number from 0 to 1")
        scores[place] = score
    return scores


def _fault(path: Path, line: int, column: str, found: str, allowed: str) -> DataError:
    return DataError(
        f"{path}, line {line}, column {column}: {found[:60]!r} is not allowed; it must be {allowed}."
    )
