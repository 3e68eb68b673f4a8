"""The form that starts a search: what is varied, how often, judged by what."""

from __future__ import annotations

import streamlit as st

from dashboard.widgets.choice import remember
from dashboard.widgets.loading import job_queue
from dashboard.widgets.numbers import count
from softbio.config import RECIPES, Space, parse_space, recipe
from softbio.config.presets import PRESETS
from softbio.cores import cores
from softbio.errors import ConfigError
from softbio.faces.faceset import FaceSet
from softbio.fairness import METRICS
from softbio.jobs.search import Search, objectives

__all__ = ["ask"]

OWN = "own"
_TOML = "search_space"
_FROM = "_search_space_of"


def ask(faces: FaceSet) -> None:
    """Show the form; start the search that it describes when asked."""
    groups = tuple(faces.group_names.values())
    st.segmented_control(
        "What is varied",
        [*PRESETS, OWN],
        wrap=True,
        key="search_preset",
        default="weights",
        required=True,
        format_func=lambda name: "your own" if name == OWN else name,
        persist_state="session",
    )
    preset = st.session_state.search_preset or "weights"
    st.caption(PRESETS.get(preset, "Any settings: one section each, in TOML."))
    space = _space(preset, groups)
    with st.grid(2, min_column_width=150):
        base = st.selectbox(
            "Starting from",
            list(RECIPES),
            index=list(RECIPES).index("fast"),
            key="search_base",
            help="The recipe whose settings are varied; all others stay.",
            persist_state="session",
        )
        offered = sorted(objectives(), key=lambda name: METRICS[name].title)
        objective = st.selectbox(
            "Best by",
            offered,
            index=offered.index("balanced_fair_metric"),
            format_func=lambda name: METRICS[name].title,
            key="search_objective",
            help="The figure that decides, of all training faces together, each judged by a "
            "network that has not seen its person.",
            persist_state="session",
        )
        trials = st.number_input(
            "Trials", 1, 1000, 20, key="search_trials", persist_state="session",
            help="Settings that are tried; hopeless ones are broken off and count.",
        )  # fmt: skip
        folds = st.number_input(
            "Folds", 2, 20, 3, key="search_folds", persist_state="session",
            help="Parts of the people; each trial trains as many networks.",
        )  # fmt: skip
    workers = 1
    if cores() > 1:
        workers = st.slider(
            "Processes",
            1,
            cores(),
            1,
            key="search_workers",
            help="Trials that run at the same time. One training uses all cores, so more are "
            "seldom faster.",
            persist_state="session",
        )
    name = st.text_input(
        "Name", max_chars=200, key="search_name", placeholder="as you like", persist_state="session"
    )
    epochs = recipe(base).epochs
    st.caption(
        f":material/info: At most {count(trials)} trials of {count(folds)} networks, {count(epochs)} "
        "epochs each. Only training faces take part: validation and test stay unseen."
    )
    if st.button(
        "Search",
        type="primary",
        icon=":material/travel_explore:",
        key="search_start",
        disabled=space is None,
        width="stretch",
    ):
        assert space is not None
        search = Search.create(
            job_queue().store,
            faces,
            space,
            base=recipe(base),
            trials=int(trials),
            folds=int(folds),
            objective=objective,
            name=name,
        )
        search.start(workers)
        remember("search", search.id)
        st.session_state["choice_search"] = search.id  # else the select box keeps the other one
        st.toast(f"Started: {search.id}", icon=":material/travel_explore:")
        st.rerun()


def _space(preset: str, groups: tuple[str, ...]) -> Space | None:
    """Show the space as text, to be edited where it is the reader's own; None if it makes none."""
    if preset != OWN:
        space = Space.preset(preset, groups)
        st.session_state[_FROM] = preset
        with st.expander("The settings and their ranges", icon=":material/tune:"):
            st.code(space.as_toml(), language="toml")
        return space
    if not st.session_state.get(_TOML):
        last = st.session_state.get(_FROM, "weights")
        st.session_state[_TOML] = Space.preset(last, groups).as_toml()
    text = st.text_area(
        "Settings and their ranges",
        key=_TOML,
        height=260,
        max_chars=20_000,
        persist_state="session",
        help="Names as in docs/settings.md. `low` and `high`, with `step` or `log = true`; or "
        "`values`. `head.` settings refit the last layer.",
    )
    try:
        space = parse_space(text)
    except ConfigError as error:
        st.error(str(error), icon=":material/error:")
        return None
    many = "more than can be counted" if space.size is None else count(space.size)
    st.caption(f"{count(len(space))} settings; {many} different trials.")
    return space
