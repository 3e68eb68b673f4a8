"""Predict: score faces with a run, look at them, download the file.

TensorFlow is loaded here, in the server's own process, the first time that
somebody predicts. A process of its own for each prediction would cost several
seconds every time, and the work itself leaves the other pages free: it is done
outside Python's lock.
"""

import pandas as pd
import streamlit as st

from dashboard.places import face_set_paths
from dashboard.widgets.choice import choose
from dashboard.widgets.decide_by import pick_decision
from dashboard.widgets.loading import load_faces
from dashboard.widgets.numbers import count, duration
from dashboard.widgets.pickers import done_runs, pick_run, run_caption
from dashboard.widgets.scored import Scored, predict_set, predict_upload, scored_table
from dashboard.widgets.told import telling_errors, tells_errors
from softbio.runs import Run

st.caption(
    "Give a trained run new faces, look at its scores, and download them as the file that the "
    "challenge or a spreadsheet wants."
)
# Imported predictions have no network behind them.
run = pick_run([one for one in done_runs() if one.config.kind != "imported"])
if run is None:
    st.stop()
st.caption(run_caption(run))

SPLITS = {
    "all": "All",
    "unlabelled": "Unlabelled",
    "test": "Test",
    "val": "Validation",
    "train": "Training",
}
SOURCES = {"upload": "Photographs from this computer", "set": "A packed set"}
kind = choose("Faces from", list(SOURCES), "source", segments=True, shown=SOURCES.__getitem__)
result: Scored | None = None
if kind == "set":
    sets = face_set_paths()
    if not sets:
        st.info("There is no packed set yet; the page *Data* says how to make one.")
        st.stop()
    name = choose("Face set", list(sets), "set")
    faces = load_faces(sets[name])
    if not faces.has_images:
        with telling_errors():
            faces.needs_images("Prediction")
        st.stop()
    sizes = {one: len(faces.rows(one)) for one in SPLITS} | {"all": len(faces)}
    splits = [one for one in SPLITS if sizes[one]]
    split = st.segmented_control(
        "Faces of the split",
        splits,
        format_func=lambda one: f"{SPLITS[one]} ({count(sizes[one])})",
        default="unlabelled" if "unlabelled" in splits else "all",
        required=True,
        key="predict_split",
    )
    wanted = ("set", run.id, str(faces.path), faces.fingerprint, split)
    if st.button("Predict", type="primary", icon=":material/play_arrow:", key="predict"):
        with telling_errors():
            st.session_state["scored"] = (wanted, predict_set(run, faces, split))
else:
    uploads = st.file_uploader(
        "Photographs, or a zip of them",
        type=["jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff", "zip"],
        accept_multiple_files=True,
        key="uploads",
        help="Up to 50 MB a file. They are brought to the run's size exactly as in packing, and "
        "kept only while this page is open.",
    )
    wanted = ("upload", run.id, *(upload.file_id for upload in uploads))
    if st.button(
        "Predict", type="primary", icon=":material/play_arrow:", key="predict", disabled=not uploads
    ):
        with telling_errors():
            st.session_state["scored"] = (wanted, predict_upload(run, uploads))

made_from, result = st.session_state.get("scored", (None, None))
if result is None:
    st.stop()
if made_from != wanted:
    st.caption("The choice above has changed; press *Predict* to score it.")
    st.stop()


@st.fragment
@tells_errors
def downloads(run: Run, scored: Scored) -> None:
    """What decides, the two files, and the table."""
    rule = pick_decision(run, scored.predicted)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.download_button(
            "Table (filename, label)",
            data=lambda: scored.csv("table", rule),
            file_name="predictions.csv",
            mime="text/csv",
            icon=":material/download:",
            key="download_table",
            on_click="ignore",
        )
        st.download_button(
            "Challenge (one column)",
            data=lambda: scored.csv("challenge", rule),
            file_name="predictions_challenge.csv",
            mime="text/csv",
            icon=":material/download:",
            key="download_challenge",
            on_click="ignore",
        )
    scored_table(scored, rule)


skipped = result.skipped
st.success(
    f"Scored {count(len(result.predicted))} faces in {duration(result.seconds)}.",
    icon=":material/check_circle:",
)
if len(skipped):
    st.warning(
        f"{count(len(skipped))} files could not be read and are not in the file.",
        icon=":material/warning:",
    )
    st.dataframe(
        pd.DataFrame(skipped, columns=["file", "reason"]), hide_index=True, key="skipped_faces"
    )
downloads(run, result)
