"""Predictions that were made elsewhere, uploaded: the same as ``softbio import``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from dashboard.widgets.loading import job_queue
from dashboard.widgets.numbers import count
from dashboard.widgets.pickers import pick_faces
from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.runs.imported import ImportedRun, import_predictions

__all__ = ["import_form", "import_upload"]

_DONE = "_imported"


def import_form() -> None:
    """Let the reader upload a prediction file and make a run of it."""
    st.caption(
        "A CSV with the columns `filename` and `score` (0 to 1), or `label` (the prediction). "
        "It is read strictly: the first fault is told with its line and column."
    )
    faces = pick_faces("Face set that was predicted")
    if faces is None:
        return
    with st.form("import_form", border=False):
        file = st.file_uploader("Prediction file", type="csv", key="import_file")
        name = st.text_input("Name", max_chars=200, key="import_name", placeholder="vendor model")
        partial = st.checkbox(
            "Partial: some faces may be missing",
            key="import_partial",
            help="They are counted and left out of every figure of the run.",
        )
        sent = st.form_submit_button("Import", icon=":material/upload:")
    if (done := st.session_state.pop(_DONE, None)) is not None:
        st.success(
            f"{count(done.faces)} predictions imported as {done.run.id}.", icon=":material/check:"
        )
        for note in done.notes:
            st.caption(note)
    if not sent:
        return
    if file is None:
        st.info("Choose a file first.", icon=":material/info:")
        return
    st.session_state[_DONE] = import_upload(
        file.getvalue(), file.name, faces, name, partial=partial
    )
    st.rerun()  # the plot and the table above were drawn without the new run


def import_upload(
    data: bytes, file: str, faces: FaceSet, name: str, *, partial: bool
) -> ImportedRun:
    """Make a run of the bytes of an upload called `file`; `DataError` names it in its fault."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "predictions.csv"
        path.write_bytes(data)
        try:
            done = import_predictions(
                job_queue().store, path, faces, name.strip(), partial=partial, file=file
            )
        except DataError as error:
            # The reader knows the file by the name that it has on their own disk.
            raise DataError(str(error).replace(str(path), file)) from None
    return done
