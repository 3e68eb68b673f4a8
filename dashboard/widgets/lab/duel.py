"""Two hypotheses against each other: the faces on which they differ, and what these say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.widgets.choice import recall
from dashboard.widgets.lab.cell_samples import Sample, sample_grids
from dashboard.widgets.lab.context import open_part
from dashboard.widgets.lab.formula_input import (
    example_of,
    formula_input,
    names_panel,
    nothing_to_examine,
    plain,
)
from dashboard.widgets.lab.keep_form import keep_form
from dashboard.widgets.lab.totals_panel import totals_panel
from dashboard.widgets.numbers import count, percent
from dashboard.widgets.plain_table import plain_table
from softbio.formula import Formula
from softbio.hypotheses import Duel, Target, duel
from softbio.hypotheses.examination import DisputedFaces, odds

if TYPE_CHECKING:
    from dashboard.widgets.lab.context import Lab

__all__ = ["show"]

SHOWN = 42


def show(lab: Lab) -> None:
    """Let the reader type two formulas, and hold them against each other."""
    if nothing_to_examine(lab):
        return
    target = lab.target
    assert target is not None
    with st.grid(2, min_column_width=300):
        with st.container():
            first = formula_input(
                lab, "First formula", "first", recall("formula") or example_of(lab)
            )
        with st.container():
            second = formula_input(lab, "Second formula", "second", example_of(lab, "xor"))
    names_panel(lab)
    if first is None or second is None:
        return
    found = duel(lab.traits, first, second, target, lab.faces)
    _verdict(found)
    _actions(lab, found)
    if found.n and not found.equal:
        _votes(found, target)
        _faces(lab, found, target)
    _both(lab, found, first, second)


def _verdict(found: Duel) -> None:
    if found.misfit is not None:
        st.warning(plain(found.sentence), icon=":material/balance:")
    elif found.favours == "neither":
        st.info(plain(found.sentence), icon=":material/balance:")
    else:
        st.success(plain(found.sentence), icon=":material/balance:")
    if found.caveat:
        st.warning(plain(found.caveat), icon=":material/science:")


def _actions(lab: Lab, found: Duel) -> None:
    with st.container(horizontal=True, key="duel_actions"):
        for side, formula in (("first", found.first), ("second", found.second)):
            if st.button(
                f"Examine the {side}", icon=":material/search_insights:", key=f"examine_{side}"
            ):
                open_part("examination", formula=formula)
        ahead = found.second if found.favours == "second" else found.first
        keep_form(lab, ahead, key="keep_duel")


def _votes(found: Duel, target: Target) -> None:
    st.header("How the disputed faces vote", anchor=False)
    lines = []
    for part in _seen(found):
        alpha, beta = part.noise.means
        disputed = part.for_first + part.for_second
        lines.append(
            [
                _capital(part.name),
                count(part.n),
                count(disputed),
                count(part.for_first),
                count(part.for_second),
                f"{percent(alpha)}, {percent(beta)}",
                _leaning(part.log10_bayes_factor) if disputed else "–",
            ]
        )
    total = sum(part.n for part in found.disputed)
    lines.append(
        [
            "All",
            count(total),
            count(found.n_disputed),
            count(found.for_first),
            count(found.for_second),
            "",
            _leaning(found.log10_bayes_factor) if found.n_disputed else "–",
        ]
    )
    plain_table(
        ["", "Faces", "Disputed", "For the first", "For the second", "Noise elsewhere", "Odds"],
        lines,
        label="Votes of the disputed faces by group",
        key="duel_votes",
    )
    people = "" if found.people is None else (
        f" There are {count(found.people)} people on the disputed faces; the faces of one person "
        "count together as one."
    )  # fmt: skip
    st.caption(
        f"*Noise elsewhere*: where the two agree, how much of their 0 is {plain(target.one)} and of "
        f"their 1 is {plain(target.zero)}. The odds are the Bayes factor: how much more probable one formula "
        "makes these votes than the other, if that noise holds on the disputed faces too. From 3 "
        "to 1 it is called substantial, from 10 strong, from 100 decisive (Jeffreys; Kass & Raftery "
        f"1995).{people}"
    )
    st.markdown(f"**What would settle it.** {found.needed.sentence}")


def _seen(found: Duel) -> list[DisputedFaces]:
    """Return the groups that the target concerns at all."""
    return [part for part in found.disputed if part.n]


def _faces(lab: Lab, found: Duel, target: Target) -> None:
    samples = [
        Sample(
            f"votes_{side}_{index}",
            f"{_capital(part.name)}: as the {side} says",
            rows,
        )
        for side in ("first", "second")
        for index, part in enumerate(_seen(found))
        for rows in (part.rows[0 if side == "first" else 1],)
    ]
    if found.n_disputed:
        st.header("The disputed faces", anchor=False)
        sample_grids(
            lab.faces, samples, columns=len(_seen(found)), shown=SHOWN, draws="draw_disputed"
        )
    if len(found.waiting):
        st.header("Disputed faces that wait for an answer", anchor=False)
        st.caption(
            f"The two differ on them too, and {target.title} is not known there: to label these "
            "tells more than to label any others."
        )
        waiting = Sample("votes_waiting", "Not known", found.waiting)
        sample_grids(lab.faces, [waiting], columns=1, shown=SHOWN, draws="draw_waiting")


def _both(lab: Lab, found: Duel, first: Formula, second: Formula) -> None:
    totals_panel(lab, [first] if found.equal else [first, second])


def _leaning(log10_bayes_factor: float) -> str:
    if abs(log10_bayes_factor) < 0.02:
        return "even"
    side = "first" if log10_bayes_factor > 0 else "second"
    return f"{odds(log10_bayes_factor)} for the {side}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
