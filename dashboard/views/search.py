"""Search: many trainings that look for good settings, out of sample."""

import streamlit as st

from dashboard.widgets.config_form import put_settings
from dashboard.widgets.loading import job_queue
from dashboard.widgets.pickers import pick_faces
from dashboard.widgets.search.asking import ask
from dashboard.widgets.search.findings import found
from dashboard.widgets.search.watching import pick_search, standing
from dashboard.widgets.told import telling_errors, tells_errors
from softbio.jobs.search import Search, new_whole_run
from softbio.runs import RunStore

st.caption(
    "Settings are tried by training on parts of the people and judging each part by a network that "
    "has not seen it. It goes on without this page, and after a restart."
)


@tells_errors
def train_wholly(search: Search, number: int) -> None:
    """Queue a training with a trial's settings on all training faces."""
    queue = job_queue()
    run = queue.submit(new_whole_run(search, number))
    st.toast(f"Queued: {run.id}", icon=":material/schedule:")


def taking_over(search: Search, number: int) -> None:
    """Offer what can be done with a trial."""
    config, head = search.settings_of(number)
    st.markdown(f"**Trial {number}**")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Train wholly",
            type="primary",
            icon=":material/play_arrow:",
            key="search_train",
            help="Queue a training with these settings on all training faces.",
            on_click=train_wholly,
            args=(search, number),
        )
        if st.button(
            "To the settings of Train",
            icon=":material/tune:",
            key="search_take",
            help="Put them into the form of the page Train, to change more.",
        ):
            put_settings(config, list(search.about.group_names))
            st.switch_page("views/train.py")
    if head is not None:
        st.caption(
            "The search refits the last layer too: `softbio search --resume` with --train-best does "
            "both; here, refit the finished run on the page Fairness."
        )


def results_of(store: RunStore) -> None:
    """Show one of the searches."""
    searches = Search.list(store)
    for name, reason in Search.damaged(store).items():
        st.caption(f":material/warning: {name} cannot be read: {reason}")
    if not searches:
        st.caption("Nothing was searched yet. Choose what is varied and press *Search*.")
        return
    search = pick_search(searches)
    standing(search)
    results = search.results()
    if len(results.trials):
        number = found(search, results)
        if number is not None:
            taking_over(search, number)


left, right = st.columns([4, 8], gap="large")
with left, telling_errors():
    faces = pick_faces()
    if faces is not None:
        faces.needs_images("A search")
        ask(faces)
with right, telling_errors():
    results_of(job_queue().store)
