"""A search under way: where it stands, what is best so far, stop and go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import streamlit as st

from dashboard.widgets.choice import choose, remember
from dashboard.widgets.numbers import count, figure
from dashboard.widgets.told import tells_errors
from softbio.fairness import METRICS
from softbio.jobs.search import Search, Tally
from softbio.jobs.search.workers import last_words

__all__ = ["pick_search", "standing", "title_of"]

_BADGES = {
    "waiting": ("Not begun", "schedule", "blue"),
    "running": ("Searching", "travel_explore", "blue"),
    "stopped": ("Stopped", "pause_circle", "orange"),
    "done": ("Done", "check_circle", "green"),
}


def title_of(search: Search) -> str:
    """Return how a search is called in lists."""
    about = search.about
    made = datetime.fromtimestamp(about.created).strftime("%d %b %H:%M")
    name = about.name or ", ".join(list(about.space)[:3]) + (" …" if len(about.space) > 3 else "")
    return f"{name} · {Path(about.data).name} · {made}"


def pick_search(searches: Sequence[Search]) -> Search:
    """Let the reader choose among searches, the newest first."""
    by_id = {search.id: search for search in searches}
    chosen = choose(
        "Search", list(by_id), "search", shown=lambda one: title_of(by_id[one]), default=None
    )
    return by_id[chosen]


def standing(search: Search) -> None:
    """Show where a search stands, with its buttons; it ticks while the search runs."""
    running = search.state == "running"
    st.fragment(_panel, run_every=2.0 if running else None)(search, running, search.tally())


@tells_errors
def _panel(search: Search, running: bool, drawn: Tally) -> None:
    tally = search.tally()
    state = search.state
    if (state == "running") != running or tally.finished != drawn.finished:
        st.rerun()  # the whole page: there is another trial to show, or the ticking ends
    about = search.about
    name, icon, colour = _BADGES[state]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(name, icon=f":material/{icon}:", color=colour)
        st.markdown(f"**{search.id}**", width="stretch")
        _buttons(search, state)
    metric = METRICS[about.objective]
    best = "" if tally.best is None else f" · best {metric.title} {figure(tally.best, metric.unit)}"
    told = [f"{count(tally.finished)} of {count(about.trials)} trials"]
    told += [f"{count(tally.pruned)} broken off as hopeless"] if tally.pruned else []
    told += [f"{count(tally.failed)} failed"] if tally.failed else []
    st.progress(min(1.0, tally.finished / about.trials), text=", ".join(told) + best)
    if state == "running" and search.stop_requested:
        st.caption("Stopping after the present step …")
    elif state == "running" and not tally.finished:
        st.caption("Getting ready, then the first trial: it appears here when it is judged.")
    elif state == "stopped":
        if not search.stop_requested:
            st.caption(
                f":material/warning: It ended by itself. Last word: {last_words(search.path)}"
            )
        st.caption("Nothing is lost: *Go on* takes up what was begun.")


def _buttons(search: Search, state: str) -> None:
    if state == "running":
        st.button(
            "Stop",
            icon=":material/stop:",
            key="search_stop",
            help="After the step that it is in; it can go on later.",
            on_click=tells_errors(search.stop),
            disabled=search.stop_requested,
        )
        return
    if state == "done":
        _more(search)
    else:
        st.button(
            "Go on",
            icon=":material/play_arrow:",
            key="search_go_on",
            on_click=tells_errors(search.start),
        )
    with st.popover("Delete", icon=":material/delete:", key="search_delete"):
        st.write("The search and what it found are deleted for good.")
        runs = st.checkbox("Its trials' runs too", value=True, key="search_delete_runs")
        st.button(
            "Delete for good",
            type="primary",
            key="search_delete_now",
            on_click=_delete,
            args=(search, runs),
        )


def _more(search: Search) -> None:
    """Offer more trials where all are done and others are possible."""
    done, most = search.about.trials, search.space.size or 10_000
    if done >= most:
        return
    with st.popover("More trials", icon=":material/add:", key="search_more"):
        key = f"search_more_{search.id}"
        st.number_input("Trials in all", done + 1, most, min(most, 2 * done), key=key)
        st.button(
            "Go on",
            type="primary",
            icon=":material/play_arrow:",
            key="search_more_now",
            on_click=_go_on_for,
            args=(search, key),
        )


@tells_errors
def _go_on_for(search: Search, key: str) -> None:
    search.extend(st.session_state[key])
    search.start()


@tells_errors
def _delete(search: Search, runs: bool) -> None:
    search.remove(runs=runs)
    remember("search", "")
