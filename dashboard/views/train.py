"""Train: choose settings, queue a run, watch it."""

import streamlit as st

from dashboard.widgets.augmentation_preview import augmentation_preview
from dashboard.widgets.config_form import config_form
from dashboard.widgets.live import live_panel
from dashboard.widgets.loading import job_queue
from dashboard.widgets.numbers import count
from dashboard.widgets.pickers import pick_faces
from dashboard.widgets.setting_remarks import remarks
from dashboard.widgets.told import telling_errors
from softbio.training.start import new_run

st.caption(
    "A training runs outside this page: close it, reload it, or restart the server, and it goes "
    "on. Several trainings run one after the other."
)
left, right = st.columns([5, 7], gap="large")
with left, telling_errors():
    faces = pick_faces()
    if faces is not None:
        faces.needs_images("Training")
        training = int((faces.table["split"] == "train").sum())
        st.caption(f"{count(training)} faces to train on, {faces.size} × {faces.size} pixels.")
        config = config_form(
            list(faces.group_names.values()),
            below={"Augmentation": lambda config: augmentation_preview(faces, config)},
        )
        for kind, sentence in remarks(config, cells=2 * len(faces.group_names)):
            if kind == "warning":
                st.warning(sentence, icon=":material/warning:")
            else:
                st.caption(f":material/info: {sentence}")
        if st.button(
            "Train", type="primary", icon=":material/play_arrow:", key="train", width="stretch"
        ):
            queue = job_queue()
            run = queue.submit(new_run(queue.store, faces, config))
            st.toast(f"Queued: {run.id}", icon=":material/schedule:")
with right, telling_errors():
    live_panel()
