"""The navigation; each page is a file under ``views/``."""

import streamlit as st

from dashboard.after_runs import leave_networks_alone
from dashboard.theme import PAGE_STYLE, icon
from dashboard.widgets.history import steps_only
from dashboard.widgets.told import telling_errors

leave_networks_alone()
st.set_page_config(page_title="softbio", page_icon=icon(), layout="wide")

page = st.navigation(
    [
        st.Page(
            "views/data.py",
            title="Data",
            icon=":material/photo_library:",
            url_path="data",
            default=True,
            help="What a face set holds: faces per gender and label, splits, samples.",
        ),
        st.Page(
            "views/train.py",
            title="Train",
            icon=":material/model_training:",
            url_path="train",
            help="Choose settings, train, watch; trainings go on without the page.",
        ),
        st.Page(
            "views/search.py",
            title="Search",
            icon=":material/travel_explore:",
            url_path="search",
            help="Let many trainings look for good settings; what mattered, and the best of them.",
        ),
        st.Page(
            "views/runs.py",
            title="Runs",
            icon=":material/scatter_plot:",
            url_path="runs",
            help="All runs: a plot of what each gains and pays, a table, predictions from elsewhere.",
        ),
        st.Page(
            "views/fairness.py",
            title="Fairness",
            icon=":material/balance:",
            url_path="fairness",
            help="Each gender's confusion matrix and metrics; who gained against another run.",
        ),
        st.Page(
            "views/decide.py",
            title="Decide",
            icon=":material/rule:",
            url_path="decide",
            help="Choose on validation how scores become predictions, and store it with the run.",
        ),
        st.Page(
            "views/errors.py",
            title="Errors",
            icon=":material/image_search:",
            url_path="errors",
            help="The faces that a run gets wrong, where its network looks, where errors gather.",
        ),
        st.Page(
            "views/faces.py",
            title="Faces",
            icon=":material/face:",
            url_path="faces",
            help="Browse and tag faces, see them on a map, find suspect labels, review them.",
        ),
        st.Page(
            "views/hypotheses.py",
            title="Hypotheses",
            icon=":material/function:",
            url_path="hypotheses",
            help="What the label may mean: a formula over attributes against the label.",
        ),
        st.Page(
            "views/predict.py",
            title="Predict",
            icon=":material/upload_file:",
            url_path="predict",
            help="Score new faces with a trained run and download the CSV.",
        ),
    ],
    position="top",
)
st.html(PAGE_STYLE)
steps_only()
st.title(page.title, anchor=False)
with telling_errors():
    page.run()
