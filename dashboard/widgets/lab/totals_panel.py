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

__all__ = ["totals_panel"]


def totals_panel(lab: Lab, formulas: Sequence[Formula]) -> None:
    """Let the reader tell known totals, and say which of `formulas` they rule out.

    Nobody knows such totals of what a run predicts, so they are asked for of labels and tags only.
    """
    target = lab.target
    if target is None or not (target.spec == "label" or target.spec.startswith("tag:")):
        return
    st.header("Totals known from elsewhere", anchor=False)
    st.caption(
        f"How many faces of a part have {plain(target.one)}, where you know it: from whoever made "
        "the labels, or from another count. It can rule a formula out that no single face could."
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
    if not text.strip():
        return
    try:
        totals = Total.parse_all(text)
        for formula in formulas:
            for check in check_totals(lab.traits, formula, totals, target, lab.faces):
                if check.agrees:
                    st.success(plain(check.sentence), icon=":material/check:")
                else:
                    st.warning(plain(check.sentence), icon=":material/block:")
    except SoftbioError as error:
        st.error(str(error), icon=":material/error:")
