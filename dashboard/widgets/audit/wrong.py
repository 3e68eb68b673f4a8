"""Wrong faces: the faces that a run gets wrong, by group and label, most confident first."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.audit.context import Audit
from dashboard.widgets.audit.moved import moved_faces, moved_table, pick_other
from dashboard.widgets.audit.wrong_panels import Panel, panels
from dashboard.widgets.cell_faces import cell_faces, faces_of_cell
from dashboard.widgets.choice import choose, recall
from dashboard.widgets.confusion import Cell
from dashboard.widgets.evaluations import Judge, judge_run
from dashboard.widgets.numbers import count, percent
from dashboard.widgets.pickers import NOTHING
from dashboard.widgets.told import telling_errors
from softbio.audit.transitions import Transitions
from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.fairness import DecisionRule, Evaluation
from softbio.runs import Run

__all__ = ["show", "wrong_faces"]

_NOW = "now"
_SHOWN = {
    _NOW: "Wrong now",
    "fixed": "Fixed",
    "broken": "Broken",
    "still_wrong": "Still wrong",
}


def show(audit: Audit) -> None:
    """Show all four kinds of errors."""
    assert audit.run is not None and audit.rule is not None
    wrong_faces(audit.run, audit.split, audit.rule, audit.faces)


def wrong_faces(run: Run, split: str, rule: DecisionRule, faces: FaceSet | None = None) -> None:
    """Show all four kinds of errors, and what became of another run's.

    Parameters
    ----------
    run : Run
    split : str
    rule : DecisionRule
        What makes predictions of the run's scores.
    faces : FaceSet, optional
        The set of the run; where it is gone, the faces' names are shown.
    """
    judge = judge_run(run, split)
    _asked_cell(run, split, rule, faces)
    other = pick_other(run)
    kind, moved = _NOW, None
    if other is not None:
        moved = moved_faces(run, other, split, rule)
        moved_table(judge.at(rule), moved)
        counted = {name: int(moved.counts(name).sum()) for name in list(_SHOWN)[1:]}
        kind = choose(
            "Which faces",
            list(_SHOWN),
            "moved",
            segments=True,
            shown=lambda one: _SHOWN[one] + (f" ({count(counted[one])})" if one in counted else ""),
        )
    if moved is None or kind == _NOW:
        found = _wrong_panels(judge, rule)
    else:
        found = _moved_panels(moved, kind)
    panels(found, run, rule, faces, kind)


def _wrong_panels(judge: Judge, rule: DecisionRule) -> list[Panel]:
    evaluation = judge.at(rule)
    return [
        Panel(
            group,
            label,
            faces_of_cell(judge, rule, Cell(group, label, 1 - label)),
            _sentence(evaluation, index, label),
        )
        for label in (1, 0)
        for index, group in enumerate(evaluation.groups)
    ]


def _moved_panels(moved: Transitions, kind: str) -> list[Panel]:
    table: pd.DataFrame = getattr(moved, kind)
    counts = moved.counts(kind)
    return [
        Panel(
            group,
            label,
            table[(table["group"] == group) & (table["label"] == label)],
            _moved_sentence(kind, int(counts[index, label]), int(moved.n[index, label]), label),
        )
        for label in (1, 0)
        for index, group in enumerate(moved.groups)
    ]


def _sentence(evaluation: Evaluation, index: int, label: int) -> str:
    wrong = int(evaluation.counts.values[index, label, 1 - label])
    total = int(evaluation.counts.values[index, label].sum())
    return (
        f"{count(wrong)} of {count(total)} faces with label {label} "
        f"({percent(wrong / total if total else None)}) were predicted {1 - label}."
    )


def _moved_sentence(kind: str, moved: int, total: int, label: int) -> str:
    told = {
        "fixed": "were wrong before and are right now",
        "broken": "were right before and are wrong now",
        "still_wrong": "were wrong before and are wrong now",
    }[kind]
    share = percent(moved / total if total else None)
    return f"{count(moved)} of {count(total)} faces with label {label} ({share}) {told}."


def _asked_cell(run: Run, split: str, rule: DecisionRule, faces: FaceSet | None) -> None:
    """Show the faces of the cell that the address names, from a click on the page Fairness."""
    text = st.query_params.get("cell")
    if not text:
        return
    with st.container(border=True, key="cell"), telling_errors():
        try:
            cell = Cell.parse(text)
        except ValueError:
            raise DataError(
                f"{text!r} names no cell. Come from a cell on the page Fairness."
            ) from None
        if st.button("Close", key="cell_close", icon=":material/close:", type="tertiary"):
            del st.query_params["cell"]
            st.rerun()
        judge = _judge_of_cell(run, split)
        colour = group_colours(judge.selection.groups).get(cell.group, "")
        cell_faces(faces_of_cell(judge, rule, cell), cell, colour, faces, run=run, rule=rule)


def _judge_of_cell(run: Run, split: str) -> Judge:
    by, cross = recall("by"), recall("cross", NOTHING)
    names = tuple(name for name in (by, cross) if name and name != NOTHING)
    own = (run.config.group_column,)
    return judge_run(run, split, () if names == own else names)
