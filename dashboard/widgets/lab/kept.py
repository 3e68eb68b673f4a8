"""The hypotheses that were kept: in words, with figures of the data as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.widgets.choice import choose
from dashboard.widgets.lab.context import open_part
from dashboard.widgets.lab.keep_form import keep_form
from dashboard.widgets.lab.kept_table import kept_table
from dashboard.widgets.numbers import count
from dashboard.widgets.told import telling_errors
from softbio.hypotheses.kept import (
    Compared,
    Kept,
    KeptHypotheses,
    as_csv,
    as_json,
    as_markdown,
    compare,
)
from softbio.hypotheses.kept.export import escaped

if TYPE_CHECKING:
    from dashboard.widgets.lab.context import Lab

__all__ = ["keep_form", "show"]

_REMOVED = "_removed_hypothesis"


def show(lab: Lab) -> None:
    """Show what is kept with the face set, and what can be done with it."""
    store = KeptHypotheses(lab.faces)
    _offer_back(store)
    kept = store.list()
    if not kept:
        st.info(
            "No hypothesis is kept with this face set yet. *Search* and *Examine* have a button "
            "*Keep* beside each formula.",
            icon=":material/bookmark:",
        )
        return
    compared = _compared(lab, store)
    st.header(
        f"{count(len(kept))} kept {'hypothesis' if len(kept) == 1 else 'hypotheses'}", anchor=False
    )
    kept_table(compared, key="kept_table")
    by_person = any(one.figures.get("by") == "person" for one in compared)
    st.caption(
        "Agreement of formula and target on the data as they are now, with its 95 % interval"
        f"{', by person' if by_person else ''}. *Flips*: if the formula were the truth, how much "
        "of its 0 is labelled 1, and of its 1 is labelled 0."
    )
    _downloads(lab, compared)
    _actions(store, kept)


def _compared(lab: Lab, store: KeptHypotheses) -> list[Compared]:
    run = "" if lab.run is None else f"{lab.run.path}{lab.run.state.finished}"
    rule = "" if lab.run is None else str(lab.run.rule())
    about = (str(lab.faces.path), lab.faces.fingerprint, run, rule)
    return _compared_at(lab, store, (*about, store.version, lab.tags.version))


@st.cache_resource(show_spinner="Examining what is kept …", max_entries=8)
def _compared_at(_lab: Lab, _store: KeptHypotheses, key: tuple[str, ...]) -> list[Compared]:
    del key
    return compare(_store.list(), _lab.traits, _lab.faces, run=_lab.run, tags=_lab.tags)


def _downloads(lab: Lab, compared: list[Compared]) -> None:
    title = f"Kept hypotheses of {lab.faces.name}"
    name = f"hypotheses-{lab.faces.name}"
    files = (
        ("Markdown", lambda: as_markdown(compared, title).encode(), "md", "text/markdown"),
        ("CSV", lambda: as_csv(compared), "csv", "text/csv"),
        ("JSON", lambda: as_json(compared), "json", "application/json"),
    )
    with st.container(horizontal=True, key="kept_downloads"):
        for label, data, suffix, mime in files:
            st.download_button(
                label,
                data,
                f"{name}.{suffix}",
                mime,
                key=f"kept_{suffix}",
                icon=":material/download:",
                on_click="ignore",
            )


def _actions(store: KeptHypotheses, kept: list[Kept]) -> None:
    by_id = {one.id: one for one in kept}

    def shown(id: str) -> str:
        return by_id[id].title

    with st.container(border=True, key="kept_actions"):
        with st.grid(2, min_column_width=280):
            one = by_id[choose("Hypothesis", list(by_id), "kept", shown=shown)]
            others = [id for id in by_id if id != one.id]
            other = choose("Against", others, "kept_against", shown=shown) if others else None
        with st.container(horizontal=True):
            if st.button("Examine", icon=":material/search_insights:", key="kept_open"):
                open_part("examination", formula=one.formula, **_target_of(one))
            if other is not None and st.button(
                "Hold against each other", icon=":material/compare_arrows:", key="kept_duel"
            ):
                against = by_id[other].formula
                open_part("duel", first=one.formula, second=against, **_target_of(one))
            with st.popover("Name and note", icon=":material/edit:", key="kept_edit"):
                _edit(store, one)
            if st.button("Remove", icon=":material/delete:", key="kept_remove"):
                with telling_errors():
                    store.remove(one.id)
                    st.session_state[_REMOVED] = (str(store.path), one.id, one.title)
                    st.rerun()


def _target_of(kept: Kept) -> dict[str, str]:
    chosen = {"target": kept.target}
    if kept.run:
        chosen["lab_run"] = kept.run
    if kept.split:
        chosen["split"] = kept.split
    return chosen


def _edit(store: KeptHypotheses, kept: Kept) -> None:
    with st.form(f"kept_edit_{kept.id}", border=False):
        name = st.text_input("Name", kept.name, max_chars=200, key=f"kept_name_{kept.id}")
        note = st.text_area(
            "Note", kept.note, max_chars=4000, height=90, key=f"kept_note_{kept.id}"
        )
        if st.form_submit_button("Save name and note", icon=":material/save:"):
            with telling_errors():
                store.change(kept.id, name=name, note=note)
                st.rerun()


def _offer_back(store: KeptHypotheses) -> None:
    """Offer to bring back what was removed last in this session."""
    path, id, title = st.session_state.get(_REMOVED, ("", "", ""))
    if path != str(store.path):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="kept_removed"):
        st.caption(f":material/delete: Removed: {escaped(title)}.", width="content")
        if st.button("Bring it back", icon=":material/undo:", key="kept_restore"):
            with telling_errors():
                store.restore(id)
                del st.session_state[_REMOVED]
                st.query_params["kept"] = id
                st.rerun()
