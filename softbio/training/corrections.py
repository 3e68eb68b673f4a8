"""Corrections: what a training takes in place of the given labels, frozen into the run.

People go on reviewing while a run waits in the queue or is resumed, so what they had said when the
run was made stands in the run's own folder.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import pandas as pd

from softbio.config import LabelsConfig
from softbio.errors import DataError, RunError
from softbio.faces.faceset import FaceSet
from softbio.runs import Run, write_atomically

__all__ = [
    "Corrections",
    "copy_corrections",
    "corrections_of",
    "read_corrections",
    "same",
    "write_corrections",
]

FILE = "corrections.csv"
#: The judgement of a photograph that leaves it out.
UNUSABLE = "unusable"

_COLUMNS = ["filename", "given", "reviewed", "label", "weight"]


@dataclass(frozen=True, eq=False)
class Corrections:
    """The training faces whose label is doubtful, and what becomes of each.

    Attributes
    ----------
    rows : ndarray, shape (k,), int64
        Rows of the face set, ascending.
    given, reviewed : ndarray, shape (k,), int8
        The label in the set and the one that people say: 0, 1, or −1 where there is none.
    label : ndarray, shape (k,), int8
        What is trained on; −1 nothing.
    weight : ndarray, shape (k,), float32
        0 leaves the face out.
    """

    rows: np.ndarray
    given: np.ndarray
    reviewed: np.ndarray
    label: np.ndarray
    weight: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def labels(self, faces: FaceSet) -> np.ndarray:
        """Return what each face of the set is trained on, shape (N,), int8; −1 nothing."""
        labels = faces.labels().copy()
        labels[self.rows] = np.where(self.weight > 0, self.label, -1)
        return labels

    def weights(self, n: int) -> np.ndarray:
        """Return how much each of `n` faces counts, shape (n,), float32; 1 unless corrected."""
        weights = np.ones(n, dtype=np.float32)
        weights[self.rows] = self.weight
        return weights

    def notes(self) -> list[str]:
        """Say what is done with how many faces, a sentence each."""
        wrong = (self.reviewed >= 0) & (self.given >= 0) & (self.reviewed != self.given)
        new = (self.reviewed >= 0) & (self.given < 0)
        left_out = self.weight == 0
        said = [
            (new & ~left_out, "had no label and train on the reviewers'"),
            (wrong & ~left_out & (self.label != self.given), "train on the reviewers' label"),
            (wrong & ~left_out & (self.label == self.given), "count less: their label is doubtful"),
            (wrong & left_out, "are left out: reviewers say that their label is wrong"),
            (~wrong & ~new & left_out, f"are left out: they are tagged {UNUSABLE}"),
        ]
        return [f"{int(chosen.sum()):,} faces {what}." for chosen, what in said if chosen.any()]


def corrections_of(faces: FaceSet, config: LabelsConfig) -> Corrections | None:
    """Return what people's reviews change in the training split now; None with given labels.

    Only what the reviewers agree on counts. Faces tagged *unusable* are left out.

    Raises
    ------
    DataError
        If nothing is changed, so that the training would be one on the given labels.
    """
    if config.use == "given":
        return None
    from softbio.faces.reviews import Reviews
    from softbio.faces.tags import Tags

    given, reviewed = faces.labels(), Reviews.open(faces).labels()
    inside = np.zeros(len(faces), dtype=bool)
    inside[faces.rows("train")] = True
    unusable = Tags.open(faces).values(UNUSABLE) == 1
    sure = reviewed >= 0
    doubtful = sure & (reviewed != given)
    rows = np.flatnonzero(inside & (doubtful | unusable))
    if not len(rows):
        raise DataError(
            f"No training face of {faces.name} has a reviewed label that differs from the given "
            f"one, and none is tagged {UNUSABLE}: there is nothing to correct. Review faces first, "
            "on the page Faces, or train with labels.use=given."
        )
    given, reviewed = given[rows], np.where(sure, reviewed, -1).astype(np.int8)[rows]
    label, weight = given.copy(), np.ones(len(rows), dtype=np.float32)
    wrong = (reviewed >= 0) & (given >= 0) & (reviewed != given)
    if config.correction == "flip":
        label[wrong] = reviewed[wrong]
    else:
        weight[wrong] = 0.0 if config.correction == "drop" else config.weight
    new = (given < 0) & (reviewed >= 0)
    label[new] = reviewed[new]
    weight[unusable[rows]] = 0.0
    return Corrections(rows, given, reviewed, label, weight)


def write_corrections(run: Run, faces: FaceSet, corrections: Corrections | None) -> None:
    """Freeze the corrections into a new run."""
    if corrections is None:
        return
    frame = pd.DataFrame(
        {
            "filename": faces.table["filename"].iloc[corrections.rows].to_numpy(),
            "given": corrections.given,
            "reviewed": corrections.reviewed,
            "label": corrections.label,
            "weight": corrections.weight,
        }
    )
    write_atomically(run.path / FILE, frame.to_csv(index=False, lineterminator="\n").encode())


def copy_corrections(source: Run, target: Run) -> None:
    """Freeze a run's corrections into another one; nothing where it has none."""
    if (source.path / FILE).is_file():
        write_atomically(target.path / FILE, (source.path / FILE).read_bytes())


def read_corrections(run: Run, faces: FaceSet) -> Corrections | None:
    """Return the corrections that a run was made with; None where it trains on given labels.

    Raises
    ------
    RunError
        If the file is missing or damaged, or names faces that the set does not have.
    """
    if run.config.training.labels.use == "given":
        return None
    path = run.path / FILE
    try:
        data = path.read_bytes()
        text = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
        if list(text.columns) != _COLUMNS:
            raise ValueError(f"its columns are {', '.join(text.columns)}")
        rows = pd.Index(faces.table["filename"]).get_indexer(text["filename"])
        if (rows < 0).any():
            raise ValueError(f"the set has no face {text['filename'].iloc[(rows < 0).argmax()]!r}")
        given, reviewed, label = (
            text[name].to_numpy().astype(np.int8) for name in ("given", "reviewed", "label")
        )
        weight = text["weight"].to_numpy().astype(np.float32)
        codes = np.concatenate([given, reviewed, label])
        if not (np.isin(codes, (-1, 0, 1)).all() and ((weight >= 0) & (weight <= 1)).all()):
            raise ValueError("a label or a weight is out of its range")
    except (OSError, ValueError, OverflowError, pd.errors.ParserError) as error:
        raise RunError(
            f"{path}, the corrected labels of {run.id}, cannot be used ({error}). Train anew."
        ) from None
    return Corrections(rows.astype(np.int64), given, reviewed, label, weight)


def same(one: Corrections | None, other: Corrections | None) -> bool:
    """Return whether two trainings would take the same labels."""
    if one is None or other is None:
        return one is other
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("rows", "given", "reviewed", "label", "weight")
    )
