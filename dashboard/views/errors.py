"""Errors: the faces that a run gets wrong, where its network looks, and where errors gather."""

from importlib import import_module

import streamlit as st

from dashboard.widgets.audit.context import Audit, pick_part
from dashboard.widgets.audit.wrong import wrong_faces
from dashboard.widgets.evaluations import split_sizes
from dashboard.widgets.loading import faces_of_run, load_predictions
from dashboard.widgets.pickers import done_runs, pick_run, pick_split, run_caption
from dashboard.widgets.threshold_controls import ThresholdControls
from dashboard.widgets.told import tells_errors
from softbio.errors import DataError
from softbio.faces.tags import Tags
from softbio.runs import Run

st.caption(
    "The faces that a run gets wrong, where its network looks, and which faces it fails most. The "
    "counts are those of the confusion matrices on the page *Fairness*."
)
run = pick_run(done_runs())
if run is None:
    st.stop()
st.caption(run_caption(run))
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    split = pick_split(split_sizes(load_predictions(run)), run)


@st.fragment
@tells_errors
def errors(run: Run, split: str) -> None:
    """One part of the page, at the threshold that the reader has set."""
    thresholds = ThresholdControls(run, key="error_thresholds")
    place = st.container()
    try:
        faces = faces_of_run(run)
    except DataError as error:
        st.warning(str(error), icon=":material/image_not_supported:")
        wrong_faces(run, split, thresholds.rule, None)
    else:
        audit = Audit(faces, run, split, thresholds.rule, Tags.open(faces))
        # Each part is imported when it is shown, with the libraries that it alone needs.
        import_module(f"dashboard.widgets.audit.{pick_part('errors')}").show(audit)
    with place:
        thresholds.mount({})


errors(run, split)
