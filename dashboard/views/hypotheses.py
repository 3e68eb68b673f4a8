"""Hypotheses: what the label may mean."""

from importlib import import_module

import streamlit as st

from dashboard.widgets.lab.context import Lab, pick_part, pick_run, pick_target, runs_of
from dashboard.widgets.pickers import pick_faces
from softbio.faces.tags import Tags

st.caption(
    "What might the label mean? Search for the formula that explains it, hold two against each "
    "other, and where no attributes are known, teach the lab a few by tagging faces."
)
with st.grid(3, min_column_width=230):
    faces = pick_faces()
    if faces is None:
        st.stop()
    faces = faces.in_groups()
    run = pick_run(runs_of(faces))
    tags = Tags.open(faces)
    with st.container():
        target = pick_target(faces, run, tags)
lab = Lab(faces, run, tags, target)
# Each part is imported when it is shown: one that learns needs libraries that one that reads does not.
import_module(f"dashboard.widgets.lab.{pick_part()}").show(lab)
