"""The form that keeps a formula with a name, a note and its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.widgets.choice import recall
from dashboard.widgets.told import telling_errors
from softbio.formula import parse
from softbio.hypotheses import examine
from softbio.hypotheses.kept import Kept, KeptHypotheses, figures_of
from softbio.hypotheses.kept.export import escaped

if TYPE_CHECKING:
    from dashboard.widgets.lab.context import Lab

__all__ = ["keep_form"]

_ABOUT_RUNS = ("prediction", "error", "false-positive", "false-negative")


def keep_form(
    lab: Lab, formula: str, figures: Mapping[str, Any] | None = None, *, key: str = "keep"
) -> None:
    """Offer to keep a formula.

    Parameters
    ----------
    lab : Lab
    formula : str
        As it is understood, with its names spelled as in the set.
    figures : mapping, optional
        The evidence in JSON's types; by default the formula is examined when it is kept.
    key : str
        Another one for each form on the same page.
    """
    target = lab.target
    if target is None:
        return
    times = f"_{key}_times"
    # Under another key it is another popover, which is closed: nobody keeps a formula twice.
    popover = f"{key}_popover_{st.session_state.get(times, 0)}"
    with st.popover("Keep", icon=":material/bookmark_add:", key=popover):
        st.caption(f"{escaped(parse(formula).words())}. It is kept with the face set.")
        with st.form(f"{key}_form", border=False, clear_on_submit=True):
            name = st.text_input("Name", key=f"{key}_name", max_chars=200)
            note = st.text_area("Note", key=f"{key}_note", max_chars=4000, height=90)
            if not st.form_submit_button("Keep it", icon=":material/bookmark_add:"):
                return
    with telling_errors():
        kept = _keep(lab, formula, figures, name, note)
        st.toast(f"Kept: {escaped(kept.title)}.", icon=":material/bookmark_added:")
        st.session_state[times] = st.session_state.get(times, 0) + 1
        st.rerun()


def _keep(lab: Lab, formula: str, figures: Mapping[str, Any] | None, name: str, note: str) -> Kept:
    target = lab.target
    assert target is not None
    if figures is None:
        figures = figures_of(examine(lab.traits, formula, target, lab.faces))
    probed = lab.traits.probed(formula)
    of_run = target.spec.partition(":")[0] in _ABOUT_RUNS
    return KeptHypotheses(lab.faces).add(
        Kept(
            formula,
            name=name,
            note=note,
            target=target.spec,
            target_title=target.title,
            run=lab.run.id if lab.run is not None and (of_run or probed) else "",
            split=recall("split", "val_select") if of_run else "",
            figures=figures,
            probed=probed,
            who=recall("who"),
        )
    )
