"""One hypothesis, examined: how a formula goes with the target, and on which faces it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
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
from dashboard.widgets.matrices import agreement_tables
from dashboard.widgets.numbers import count, interval, joined, percent
from dashboard.widgets.pickers import SPLIT_NAMES, pick_split
from dashboard.widgets.plain_table import plain_table
from softbio.hypotheses import Examination, GroupAgreement, Target, examine, network_scores
from softbio.hypotheses.examination import CellScores, Rate
from softbio.hypotheses.kept import figures_of

if TYPE_CHECKING:
    from dashboard.widgets.lab.context import Lab

__all__ = ["show"]

SHOWN = 21
#: Faces that disagree stand first.
_CELLS = ((1, 0), (0, 1), (1, 1), (0, 0))
_ABOUT_RUNS = ("prediction", "error", "false-positive", "false-negative")


def show(lab: Lab) -> None:
    """Let the reader type a formula, and examine it."""
    if nothing_to_examine(lab):
        return
    target = lab.target
    assert target is not None
    formula = formula_input(lab, "Formula", "formula", example_of(lab))
    names_panel(lab)
    if formula is None:
        return
    found = examine(lab.traits, formula, target, lab.faces)
    if not found.overall.n:
        st.info(
            f"No face has {target.title}, a known group and the attributes of this formula, so "
            "there is nothing to compare.",
            icon=":material/info:",
        )
        return
    _told(found, target)
    with st.container(horizontal=True, key="examination_actions"):
        keep_form(lab, found.formula, figures_of(found), key="keep_examined")
        if st.button("Hold it against another", icon=":material/compare_arrows:", key="to_duel"):
            open_part("duel", first=found.formula)
    _figures(found, target)
    st.header(f"Formula and {target.title.removeprefix('the ')}", anchor=False)
    agreement_tables(_seen(found), (target.zero, target.one))
    scores = _scores(lab, found, target)
    _faces(lab, found, target, scores)
    totals_panel(lab, [formula])


def _seen(found: Examination) -> list[GroupAgreement]:
    """Return the groups that the target concerns at all."""
    return [part for part in found.groups if part.n]


def _shown(found: Examination) -> list[GroupAgreement]:
    """Return all together and the groups; of one group there is no more to tell."""
    seen = _seen(found)
    return seen if len(seen) == 1 else [found.overall, *seen]


def _without(target: Target) -> str:
    if target.spec == "label":
        return "without a label"
    if target.spec.startswith("tag:"):
        return "not tagged"
    return "of other splits, labels or groups than the target is about"


def _told(found: Examination, target: Target) -> None:
    left_out = [
        f"{count(number)} {why}"
        for number, why in (
            (found.without_target, _without(target)),
            (found.without_group, "of no known group"),
            (found.without_attributes, "at which the formula cannot be told"),
        )
        if number
    ]
    sentence = f"{count(found.overall.n)} faces examined"
    st.caption(f"{sentence}; left out: {joined(left_out)}." if left_out else f"{sentence}.")
    if found.caveat:
        st.warning(plain(found.caveat), icon=":material/science:")


def _figures(found: Examination, target: Target) -> None:
    heads = (
        "Agreement",
        "Both values counting equally",
        f"{_capital(target.one)} where the formula says 0",
        f"{_capital(target.zero)} where the formula says 1",
    )
    plain_table(
        ["With intervals", *heads],
        [
            [
                f"{_capital(part.name)} ({count(part.n)})",
                _rate(part.agreement),
                _rate(part.balanced_agreement),
                _rate(part.label_1_given_0),
                _rate(part.label_0_given_1),
            ]
            for part in _shown(found)
        ],
        label="How the formula agrees with the target",
        key="examination_figures",
    )
    by = "the faces of one person go together" if found.by == "person" else "face by face"
    st.caption(
        f"{100 * found.level:.0f} % intervals, {by}. The last two columns are the noise that the "
        "formula implies: were it the truth, so much of its 0 and of its 1 would be turned round. "
        "Noise that differs much between the groups hints at something that the formula lacks."
    )


def _scores(lab: Lab, found: Examination, target: Target) -> CellScores | None:
    """Show what the run makes of each cell, where there is one."""
    if lab.run is None:
        return None
    st.header("Scores of the network", anchor=False)
    if target.spec.partition(":")[0] in _ABOUT_RUNS:
        split = recall("split", "val_select")  # chosen with the target
    else:
        split = pick_split(_sizes(lab, found), lab.run)
    scores = network_scores(found, lab.run, lab.faces, split=split)
    heads = [f"Formula {says}, {_meaning(target, is_)}" for says, is_ in _CELLS]
    plain_table(
        ["Mean score (faces)", *heads],
        [
            [_capital(name), *(_score(scores, index, *cell) for cell in _CELLS)]
            for index, name in enumerate(scores.groups)
            if name in {part.name for part in _shown(found)}
        ],
        label="Mean score of the network by formula and target",
        key="examination_scores",
    )
    flatters = " The network was trained on them, so it looks better than it is."
    st.caption(
        f"On the faces of the split {SPLIT_NAMES.get(split, split).lower()}."
        + (flatters if scores.flatters else "")
    )
    return scores


def _faces(lab: Lab, found: Examination, target: Target, scores: CellScores | None) -> None:
    st.header("Faces", anchor=False)
    samples = []
    for says, is_ in _CELLS:
        for index, part in enumerate(found.groups):
            what = f"formula {says}, {_meaning(target, is_)}"
            if not part.n:
                continue
            note = ""
            if scores is not None and scores.n[index, says, is_]:
                note = f"mean score {scores.mean[index, says, is_]:.2f}"
            samples.append(_sample(part, index, says, is_, what, note))
    sample_grids(lab.faces, samples, columns=len(_seen(found)), shown=SHOWN, draws="draw_examined")


def _sample(part: GroupAgreement, index: int, says: int, is_: int, what: str, note: str) -> Sample:
    return Sample(
        f"cell_{says}{is_}_{index}",
        f"{_capital(part.name)}: {what}",
        part.rows[says][is_],
        note,
    )


def _sizes(lab: Lab, found: Examination) -> dict[str, int]:
    examined: np.ndarray = np.zeros(len(lab.faces), dtype=bool)
    for pair in found.overall.rows:
        for rows in pair:
            examined[rows] = True
    return {split: int(examined[lab.faces.rows(split)].sum()) for split in SPLIT_NAMES}


def _score(scores: CellScores, group: int, says: int, is_: int) -> str:
    n = int(scores.n[group, says, is_])
    return f"{scores.mean[group, says, is_]:.2f} ({count(n)})" if n else "–"


def _rate(rate: Rate) -> str:
    between = interval(rate.low, rate.high, "share")
    return f"{percent(rate.value)} ({between})" if between else percent(rate.value)


def _meaning(target: Target, value: int) -> str:
    return target.one if value else target.zero


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
