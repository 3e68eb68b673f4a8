"""Drafts: a run's last layer fitted anew while the reader watches, and judged at once.

What a refit needs (the layer's inputs on the faces it is fitted to and on those
it is judged on) is read once per run and kept; each fit starts from the last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.widgets.evaluations import Judge, rejudged, split_key
from softbio.config.head import HeadConfig
from softbio.errors import RunError
from softbio.faces.faceset import FaceSet
from softbio.runs import Run
from softbio.runs.head import Head
from softbio.training.head import HeadData, fit_head
from softbio.training.refit import head_data, last_inputs

__all__ = ["Draft", "draft_of", "fitting_data", "why_not"]

_LAST = "_last_draft"


@dataclass(frozen=True, eq=False)
class Draft:
    """A refitted last layer that is not kept yet.

    Attributes
    ----------
    about : tuple
        The run and the faces that it is judged on.
    settings : HeadConfig
    head : Head
    judge : Judge
        Of its scores.
    fitted : int
        Faces that it was fitted to.
    settled : bool
        Whether it was fitted after the sliders were let go.
    """

    about: tuple[object, ...]
    settings: HeadConfig
    head: Head
    judge: Judge
    fitted: int
    settled: bool


def why_not(run: Run, faces: FaceSet | None) -> str | None:
    """Say why a run's last layer cannot be refitted; None where it can."""
    if run.config.kind == "imported":
        return (
            "These predictions were imported: there is no network whose last layer could be fitted."
        )
    if not (run.path / "embeddings.npy").is_file():
        return (
            "This run has no embeddings, which a refit starts from: it was stopped early. Train "
            "it to its end."
        )
    if faces is None:
        return "The face set of this run is not there or was packed anew, and a refit needs it."
    try:
        last_inputs(run)
    except RunError as error:
        return str(error)
    return None


def fitting_data(run: Run, faces: FaceSet, where: str) -> HeadData:
    """Return what a last layer is fitted to, read once; raises as `head_data` does."""
    return _data(run, faces, str(run.path), _version(run), where)


def draft_of(
    run: Run,
    faces: FaceSet,
    settings: HeadConfig,
    judge: Judge,
    split: str,
    by: tuple[str, ...],
    *,
    settled: bool,
) -> Draft:
    """Fit the last layer to `settings` and judge it on the faces that `judge` judges.

    Parameters
    ----------
    settled : bool
        False while a slider is dragged: then the fit begins from the last one. With γ the loss has
        no single minimum, so a settled fit begins afresh, and depends on the settings alone.

    Raises
    ------
    SoftbioError
        As `head_data` and `fit_head` do.
    """
    key = split_key(run, split)
    about = (run.id, _version(run), key, by)
    last: Draft | None = st.session_state.get(_LAST)
    if last is not None and last.about[:2] != about[:2]:
        last = None
    same = last is not None and last.settings == settings
    if last is not None and same and last.about == about and (last.settled or not settled):
        return last
    data = fitting_data(run, faces, settings.fitted_on)
    if last is not None and same and (last.settled or not settled or not settings.gamma):
        head = last.head
    else:
        start = None if last is None or (settled and settings.gamma) else last.head
        head = fit_head(data, settings, start=start)
    values = _inputs(run, judge.selection.row, str(run.path), _version(run), key, by)
    draft = Draft(
        about,
        settings,
        head,
        rejudged(judge, head.scores(values)),
        len(data),
        settled,
    )
    st.session_state[_LAST] = draft
    return draft


def _version(run: Run) -> int:
    return (run.path / "embeddings.npy").stat().st_mtime_ns


@st.cache_resource(show_spinner="Reading the last layer's inputs …", max_entries=3)
def _data(_run: Run, _faces: FaceSet, path: str, version: int, where: str) -> HeadData:
    del path, version  # the key
    return head_data(_run, _faces, where)


@st.cache_resource(show_spinner=False, max_entries=4)
def _inputs(
    _run: Run, _rows: np.ndarray, path: str, version: int, split: str, by: tuple[str, ...]
) -> np.ndarray:
    del path, version, split, by  # the key
    return last_inputs(_run)[_rows].astype(np.float32)
