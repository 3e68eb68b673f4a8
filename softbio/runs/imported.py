"""Predictions that were made elsewhere become a run like any other."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.faces.strict_csv import Line, columns_of, fault, read_lines
from softbio.runs.config import ImportedFrom, RunConfig
from softbio.runs.files import sha256_of
from softbio.runs.prediction_columns import labels_of, names_of, scores_of
from softbio.runs.run import Run
from softbio.runs.store import RunStore

__all__ = ["ImportedRun", "import_predictions"]

_TRUTH = "true_label"
_SHOWN = 3


@dataclass(frozen=True)
class ImportedRun:
    """A run of imported predictions, and what a person should know of it.

    Attributes
    ----------
    run : Run
        Its status is ``done``.
    faces : int
        Faces that have a prediction.
    missing : int
        Faces of the set that have none.
    notes : tuple of str
        How the file was understood, a sentence each.
    """

    run: Run
    faces: int
    missing: int
    notes: tuple[str, ...]


def import_predictions(
    store: RunStore,
    path: str | Path,
    faces: FaceSet,
    name: str = "",
    *,
    partial: bool = False,
    file: str | None = None,
) -> ImportedRun:
    """Make a run of the predictions in a CSV file.

    The file has a column ``filename`` and a ``score`` (the probability of label 1),
    or a ``label`` (the prediction, −1/1 or 0/1), or both. Beside a score, ``label``
    is the prediction where a threshold of the scores gives just these labels, and
    the true label otherwise; ``true_label`` is the true one in any case. True labels,
    and a column named like the set's group column, must agree with the set; where the
    set does not know them, they are taken from the file.

    Parameters
    ----------
    store : RunStore
    path : path
    faces : FaceSet
        The set whose faces were predicted.
    name : str
        What to call the run.
    partial : bool
        Accept a file that has no prediction for some faces.
    file : str, optional
        The name to remember, if it is not that of `path`.

    Raises
    ------
    DataError
        Naming file, line and column of the first fault: a value that is not allowed
        or disagrees with the set, a name that is unknown, missing, or there twice.
    RunError
        If the run cannot be written.
    """
    path = Path(path)
    header, lines = read_lines(path)
    places = columns_of(path, header, ("filename",))
    if "score" not in places and "label" not in places:
        raise DataError(f"{path} needs a column `score` or `label`. It has: {', '.join(header)}.")
    rows = _rows(path, lines, places["filename"], faces)
    score, truth, notes = _predicted(path, lines, places)
    missing = len(faces) - len(rows)
    if missing and not partial:
        raise DataError(_without(path, rows, faces))
    table = faces.table[["filename", "split", "label", faces.group_column]].copy()
    if truth is not None:
        notes += _take(path, lines, table, "label", truth, rows, _as_written(lines, places))
    if faces.group_column in places:
        codes = _codes(path, lines, places[faces.group_column], faces)
        written = [cells[places[faces.group_column]] for _, cells in lines]
        notes += _take(path, lines, table, faces.group_column, codes, rows, written)
    whole = np.full(len(faces), np.nan, dtype=np.float32)
    whole[rows] = score
    if missing:
        notes.append(f"{missing:,} of {len(faces):,} faces have no prediction and are left out.")
    run = store.create(
        RunConfig(
            kind="imported",
            data=str(faces.path.resolve()),
            data_fingerprint=faces.fingerprint,
            name=name,
            size=faces.size,
            group_column=faces.group_column,
            groups=faces.group_names,
            imported=ImportedFrom(
                file=file or path.name,
                sha256=sha256_of(path),
                scores="score" in places,
                faces=len(rows),
            ),
        )
    )
    try:
        run.write_predictions(table.assign(score=whole))
        now = time.time()
        run.update_state(status="done", started=now, finished=now)
    except BaseException:
        store.remove(run, force=True)  # half a run is of no use
        raise
    return ImportedRun(run, len(rows), missing, tuple(notes))


def _rows(path: Path, lines: list[Line], column: int, faces: FaceSet) -> np.ndarray:
    """Return the set's row of each line."""
    names = names_of(path, lines, column)
    if not names:
        raise DataError(f"{path} has a header and no predictions.")
    rows = pd.Index(faces.table["filename"]).get_indexer(names)
    if (rows < 0).any():
        first = int(np.argmax(rows < 0))
        others = int((rows < 0).sum()) - 1
        more = f" Nor are {others:,} others." if others else ""
        raise DataError(
            f"{path}, line {lines[first][0]}, column filename: {names[first][:80]!r} is not in "
            f"the face set {faces.name}.{more}"
        )
    return np.asarray(rows)


def _without(path: Path, rows: np.ndarray, faces: FaceSet) -> str:
    absent = np.ones(len(faces), dtype=bool)
    absent[rows] = False
    names = faces.table["filename"].to_numpy()[absent]
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return (
        f"{path} has no prediction for {', '.join(names[:_SHOWN])}{more} of the face set "
        f"{faces.name}. Add them, or accept that with --partial."
    )


def _predicted(
    path: Path, lines: list[Line], places: dict[str, int]
) -> tuple[np.ndarray, np.ndarray | None, list[str]]:
    """Return the scores, the true labels if the file has them, and how it was understood."""
    notes: list[str] = []
    truth = None
    if _TRUTH in places:
        truth = labels_of(path, lines, places[_TRUTH], _TRUTH)
    label = labels_of(path, lines, places["label"]) if "label" in places else None
    if "score" not in places:
        assert label is not None
        notes.append("The file has predictions and no scores: what needs scores is undefined.")
        return label.astype(np.float32), truth, notes
    score = scores_of(path, lines, places["score"])
    if label is None:
        return score, truth, notes
    low, high = score[label == 1], score[label == 0]
    if truth is not None or not len(low) or not len(high) or low.min() > high.max():
        cut = ""
        if len(low) and len(high) and low.min() > high.max():
            cut = f", with a threshold between {high.max():.4g} and {low.min():.4g}"
        notes.append(
            f"Column label was taken for the prediction{cut}; the scores are what is judged."
        )
        return score, truth, notes
    notes.append("Column label was taken for the true label: no threshold of the scores gives it.")
    return score, label, notes


def _as_written(lines: list[Line], places: dict[str, int]) -> list[str]:
    place = places.get(_TRUTH, places.get("label", 0))
    return [cells[place] for _, cells in lines]


def _codes(path: Path, lines: list[Line], column: int, faces: FaceSet) -> np.ndarray:
    """Return the codes of the groups, which stand there as codes or by name."""
    known = {str(code): code for code in faces.group_names}
    known |= {name.lower(): code for code, name in faces.group_names.items()}
    codes = np.empty(len(lines), dtype=np.int8)
    for place, (line, cells) in enumerate(lines):
        cell = cells[column].strip()
        if cell.lower() not in known:
            allowed = ", ".join(f"{code} ({name})" for code, name in faces.group_names.items())
            raise fault(path, line, faces.group_column, cell, f"one of {allowed}")
        codes[place] = known[cell.lower()]
    return codes


def _take(
    path: Path,
    lines: list[Line],
    table: pd.DataFrame,
    column: str,
    values: np.ndarray,
    rows: np.ndarray,
    written: list[str],
) -> list[str]:
    """Hold the file's values against the set's, and fill in what the set does not know."""
    ours = table[column].iloc[rows]
    known = ours.notna().to_numpy()
    wrong = known & (ours.fillna(0).to_numpy(dtype=np.int64) != values)
    if wrong.any():
        first = int(np.argmax(wrong))
        others = int(wrong.sum()) - 1
        more = f" {others:,} more lines disagree." if others else ""
        raise DataError(
            f"{path}, line {lines[first][0]}, column {column}: "
            f"{table['filename'].iloc[rows[first]]} has {written[first].strip()[:60]!r} here and "
            f"{ours.iloc[first]} in the face set.{more}"
        )
    table.loc[table.index[rows[~known]], column] = values[~known]
    count = int((~known).sum())
    return [f"Column {column}: {count:,} values were taken that the set lacks."] if count else []
