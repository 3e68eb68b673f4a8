"""Prediction files put beside the truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from softbio.errors import DataError
from softbio.faces.strict_csv import columns_of, fault, read_lines
from softbio.runs.prediction_columns import labels_of, names_of, scores_of

__all__ = ["GENDERS", "Judged", "read_judged"]

GENDERS = {-1: "women", 1: "men"}
_SHOWN = 3


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
    header, rows = read_lines(truth)
    places = columns_of(truth, header, ("filename", "label", "gender"))
    names = names_of(truth, rows, places["filename"])
    label = labels_of(truth, rows, places["label"])
    codes = {str(code): index for index, code in enumerate(GENDERS)}
    group = np.empty(len(rows), dtype=np.int64)
    for place, (line, cells) in enumerate(rows):
        cell = cells[places["gender"]].strip()
        if cell not in codes:
            raise fault(truth, line, "gender", cell, "-1 (women) or 1 (men)")
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
    header, rows = read_lines(path)
    if len(header) == 1 and header[0].strip() in ("-1", "0", "1"):
        lines = [(1, header), *rows]
        if len(lines) != len(wanted):
            raise DataError(
                f"{path} has {len(lines)} lines without file names, and {truth} has "
                f"{len(wanted)} faces: they must be equally many."
            )
        order = np.argsort(np.argsort(np.array(wanted, dtype=object), kind="stable"))
        return order, labels_of(path, lines, 0), None, True

    places = columns_of(path, header, ("filename",))
    if "label" not in places and "score" not in places:
        raise DataError(f"{path} needs a column `label` or `score`. It has: {', '.join(header)}.")
    names = names_of(path, rows, places["filename"])
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
    prediction = labels_of(path, rows, places["label"]) if "label" in places else None
    score = scores_of(path, rows, places["score"]) if "score" in places else None
    return order, prediction, score, False
