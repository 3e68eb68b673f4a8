"""Faces: browse them, see them on a map, find suspect labels and duplicates, review labels."""

from importlib import import_module

import streamlit as st

from dashboard.widgets.audit.context import Audit, pick_part
from dashboard.widgets.choice import choose
from dashboard.widgets.lab.context import runs_of
from dashboard.widgets.pickers import pick_faces
from softbio.faces.tags import Tags
from softbio.runs.judging import rule_of

NO_RUN = "none"

st.caption(
    "Every face of a set, and what a run says of it: browse and tag, find labels that look wrong, "
    "and say what they should be."
)
with st.grid(3, min_column_width=230):
    faces = pick_faces()
    if faces is None:
        st.stop()
    faces = faces.in_groups()
    runs = {run.id: run for run in runs_of(faces)}
    chosen = choose(
        "Run",
        [*runs, NO_RUN],
        "run",
        shown=lambda value: "No run" if value == NO_RUN else runs[value].name or value,
        help="Faces can be sorted and filtered by what it says of them, and its scores show which "
        "labels are suspect.",
    )
run = runs.get(chosen)
rule = None if run is None else rule_of(run)
if rule is not None:
    st.caption(f"Predictions: {rule.sentence}")
audit = Audit(faces, run, "val_select", rule, Tags.open(faces))
# Each part is imported when it is shown, with the libraries that it alone needs.
import_module(f"dashboard.widgets.audit.{pick_part('faces')}").show(audit)
