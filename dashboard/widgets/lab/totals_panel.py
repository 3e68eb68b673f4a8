"""Totals that the reader knows from elsewhere, and which formulas they rule out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.widgets.choice import own, recall, remember
from dashboard.widgets.lab.formula_input import plain
from softbio.errors import SoftbioError
from softbio.formula import Formula
from softbio.hypotheses import Total, check_totals

if TYPE_CHECKING:
    from dashboard.widgets.lab.context import Lab

__all__ = ["countable", "totals_input", "totals_panel"]


def totals_panel(lab: Lab, formulas: Sequence[Formula]) -> None:
    """Let the reader tell known totals, and say which of `formulas` they rule out."""
    if not countable(lab):
        return
    st.header("Totals known from elsewhere", anchor=False)
    totals = totals_input(lab)
    if lab.target is None:
        return
    for formula in formulas if totals else ():
        try:
            checks = check_totals(lab.traits, formula, totals, lab.target, lab.faces)
        except SoftbioError as error:
            st.error(str(error), icon=":material/error:")
            return
        for check in checks:
            if check.agrees:
                st.success(plain(check.sentence), icon=":material/check:")
            else:
                st.warning(plain(check.sentence), icon=":material/block:")


def totals_input(lab: Lab) -> list[Total]:
    """Let the reader tell known totals, durably; none where there are none, or none can be known."""
    if not countable(lab) or lab.target is None:
        return []
    st.caption(
        f"How many faces of a part have {plain(lab.target.one)}, where you know it: from whoever "
        "made the labels, or from another count. It can rule a formula out that no single face "
        "could."
    )
    own("totals", "totals", recall("totals"))
    text = st.text_input(
        "Known totals",
        key="totals",
        placeholder="unlabelled: 5001 of 10023; test women: 50%",
        max_chars=500,
        help="Before the colon a split, `unlabelled` or `all`, and a group if it is about one; "
        "after it a number *of* another, a share, or `half`. Several stand between semicolons. A "
        "total counts as known to one in a hundred; `± 3%` says otherwise.",
    )
    remember("totals", text)
    try:
        return Total.parse_all(text)
    except SoftbioError as error:
        st.error(str(error), icon=":material/error:")
        return []


def countable(lab: Lab) -> bool:
    """Whether anybody can know totals: of labels and tags, not of what a run predicts."""
    target = lab.target
    return target is not None and (target.spec == "label" or target.spec.startswith("tag:"))
