"""Faces that a run has scored: the table with thumbnails, and the files to download."""

from __future__ import annotations

import base64
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.widgets.numbers import count
from softbio.errors import SoftbioError
from softbio.faces.archive import extract_images
from softbio.faces.decode import read_face
from softbio.faces.faceset import FaceSet
from softbio.faces.readers import read_source
from softbio.faces.sheet import to_jpeg
from softbio.fairness import DecisionRule
from softbio.predict import PredictedFaces, predict, write_predictions
from softbio.runs import Run

__all__ = ["Scored", "predict_set", "predict_upload", "scored_table"]

_PAGE = 50
_ORDERS = {
    "source": "as they came",
    "high": "highest score first",
    "low": "lowest score first",
    "close": "closest to the threshold",
}


@dataclass(frozen=True, eq=False)
class Scored:
    """Predicted faces, and where their pixels are.

    Attributes
    ----------
    predicted : PredictedFaces
    seconds : float
        What it took.
    size : int
        Side of the pixels that the network saw.
    faces : FaceSet or None
        The packed set, or None for photographs.
    rows : ndarray or None
        Rows of the set, one per predicted face.
    folder : TemporaryDirectory or None
        Holds the uploaded photographs for as long as this object lives.
    skipped : tuple of (str, str)
        Name and reason of each uploaded file that has no score.
    """

    predicted: PredictedFaces
    seconds: float
    size: int
    faces: FaceSet | None = None
    rows: np.ndarray | None = None
    folder: tempfile.TemporaryDirectory[str] | None = None
    skipped: tuple[tuple[str, str], ...] = ()

    def pixels(self, index: int) -> np.ndarray:
        """Return a face as the network saw it, (size, size, 3) uint8."""
        if self.faces is not None and self.rows is not None:
            return np.asarray(self.faces.images[self.rows[index]])
        if self.folder is None:
            raise ValueError("these faces have no pixels")
        return read_face(Path(self.folder.name) / str(self.predicted.filename[index]), self.size)

    def labels(self, rule: DecisionRule) -> np.ndarray:
        """Return which faces the rule predicts 1, bool; `DataError` if it needs their groups."""
        return rule.predict(self.predicted.score, self.predicted.group, self.predicted.groups)

    def csv(self, kind: Literal["table", "challenge"], rule: DecisionRule) -> bytes:
        """Return the prediction file."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "predictions.csv"
            write_predictions(path, self.predicted, kind, rule=rule)
            return path.read_bytes()


def predict_set(run: Run, faces: FaceSet, split: str) -> Scored:
    """Score a split of a packed set (or ``all``), with a progress bar."""
    began = time.monotonic()
    predicted = _with_progress(run, faces, split=split)
    rows = np.arange(len(faces)) if split == "all" else faces.rows(split)
    return Scored(predicted, time.monotonic() - began, faces.size, faces, rows)


def predict_upload(run: Run, uploads: Sequence[Any]) -> Scored:
    """Score uploaded photographs and the photographs of uploaded zips, with a progress bar.

    Raises
    ------
    DataError
        If a zip cannot be read or is too large, or there is no photograph.
    """
    began = time.monotonic()
    folder = tempfile.TemporaryDirectory(prefix="softbio-upload-")
    try:
        found = extract_images(
            ((upload.name, upload.getvalue()) for upload in uploads), Path(folder.name)
        )
        source = read_source(folder.name, format="folder")
        predicted = _with_progress(run, source, on_error="skip")
    except BaseException:
        folder.cleanup()
        raise
    ignored = tuple((str(one["filename"]), str(one["reason"])) for one in found.ignored)
    return Scored(
        predicted,
        time.monotonic() - began,
        run.config.size,
        folder=folder,
        skipped=(*ignored, *predicted.skipped),
    )


def _with_progress(run: Run, source: Any, **options: Any) -> PredictedFaces:
    bar = st.progress(0.0, text="Loading the network …")

    def progress(done: int, total: int) -> None:
        bar.progress(done / max(1, total), text=f"{count(done)} of {count(total)} faces")

    try:
        return predict(run, source, progress=progress, **options)
    finally:
        bar.empty()


def scored_table(scored: Scored, rule: DecisionRule) -> None:
    """Show the faces with thumbnail, score and predicted label, a page at a time."""
    predicted = scored.predicted
    if not len(predicted):
        st.info("There is no face to show: none could be read.", icon=":material/info:")
        return
    ones = scored.labels(rule)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.markdown(
            f"**{count(int(ones.sum()))}** of {count(len(predicted))} faces get label 1.",
            width="stretch",
        )
        order = st.selectbox(
            "Order", list(_ORDERS), format_func=_ORDERS.__getitem__, key="order", width=240
        )
    sequence = _sequence(predicted, rule, order)
    pages = -(-len(sequence) // _PAGE)
    slot = st.container()
    page = st.pagination(pages, key="scored_page") if pages > 1 else 1
    shown = sequence[(page - 1) * _PAGE : page * _PAGE]
    table = pd.DataFrame(
        {
            "face": [_thumbnail(scored, int(index)) for index in shown],
            "filename": predicted.filename[shown],
            "score": predicted.score[shown].astype(float),
            "label": np.where(ones[shown], "1", "−1"),
        }
    )
    slot.dataframe(
        table,
        hide_index=True,
        row_height=52,
        height=min(len(table), 10) * 52 + 40,
        key="scored",
        alt=f"Scores of {len(table)} faces",
        column_config={
            "face": st.column_config.ImageColumn("Face", width=70),
            "filename": st.column_config.TextColumn("File name"),
            "score": st.column_config.ProgressColumn(
                "Score", min_value=0.0, max_value=1.0, format="%.3f"
            ),
            "label": st.column_config.TextColumn("Label", width=70),
        },
    )


def _sequence(predicted: PredictedFaces, rule: DecisionRule, order: str) -> np.ndarray:
    if order == "high":
        return np.argsort(-predicted.score, kind="stable")
    if order == "low":
        return np.argsort(predicted.score, kind="stable")
    if order == "close":
        return np.argsort(_distance(predicted, rule), kind="stable")
    return np.arange(len(predicted.score))


def _distance(predicted: PredictedFaces, rule: DecisionRule) -> np.ndarray:
    """Return how far each face's score, as the rule looks at it, is from its threshold."""
    score = rule.calibrated(predicted.score, predicted.group, predicted.groups)
    if rule.threshold is not None:
        return np.asarray(np.abs(score - rule.threshold))
    assert predicted.group is not None
    each = np.array([rule.thresholds[name] for name in predicted.groups])
    return np.asarray(np.abs(score - each[predicted.group]))


def _thumbnail(scored: Scored, index: int) -> str:
    try:
        data = to_jpeg(scored.pixels(index), quality=85)
    except (OSError, SoftbioError):
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(data).decode()
