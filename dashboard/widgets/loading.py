"""Face sets, runs and predictions, opened once and shared by all pages.

Keys are paths and the times of their files, never the data: Streamlit hashes
only a sample of a large array or table, and would then mix sets up.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.places import models_root
from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.jobs import JobQueue
from softbio.runs import Predictions, Run, RunStore

__all__ = ["faces_of_run", "job_queue", "load_faces", "load_predictions"]


def job_queue() -> JobQueue:
    """Return the queue over the run store, one for all sessions."""
    return _queue(str(models_root()))


@st.cache_resource(show_spinner=False, max_entries=4)
def _queue(models: str) -> JobQueue:
    return JobQueue(RunStore(Path(models)))


def load_faces(path: Path) -> FaceSet:
    """Open the face set at `path`; raises `DataError` as `FaceSet.open` does."""
    try:
        changed = (path / "meta.json").stat().st_mtime_ns
    except OSError:
        changed = 0
    return _faces(str(path), changed)


@st.cache_resource(show_spinner=False, max_entries=8)
def _faces(path: str, changed: int) -> FaceSet:
    del changed  # part of the key
    return FaceSet.open(path)


def load_predictions(run: Run) -> Predictions:
    """Return the predictions of a run; raises `RunError` where there are none."""
    try:
        changed = (run.path / "predictions.parquet").stat().st_mtime_ns
    except OSError:
        changed = 0
    return _predictions(run, str(run.path), changed)


@st.cache_resource(show_spinner=False, max_entries=8)
def _predictions(_run: Run, path: str, changed: int) -> Predictions:
    del path, changed  # part of the key
    return _run.predictions()


def faces_of_run(run: Run) -> FaceSet:
    """Open the set that a run was made from.

    Raises
    ------
    DataError
        If it is not where it was, or was packed anew since.
    """
    path = Path(run.config.data)
    if not path.exists():
        raise DataError(
            f"The faces of this run are not at {path} any more, so they cannot be shown. "
            "Put the face set back there; figures and counts do not need it."
        )
    faces = load_faces(path)
    if faces.fingerprint != run.config.data_fingerprint:
        raise DataError(
            f"{path} was packed anew since this run was trained, so its faces may be others. "
            "Train again on the set as it is now to see them."
        )
    return faces
