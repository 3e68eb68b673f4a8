"""Wrong faces: the faces that a run gets wrong, by group and label, most confident first."""

from __future__ import annotations

import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.audit.context import Audit
from dashboard.widgets.cell_faces import PAGE, cell_faces, faces_of_cell
from dashboard.widgets.choice import recall
from dashboard.widgets.confusion import Cell
from dashboard.widgets.evaluations import Judge, judge_run
from dashboard.widgets.face_grid import Tile, face_grid
from dashboard.widgets.numbers import count, percent
from dashboard.widgets.pickers import NOTHING
from dashboard.widgets.told import telling_errors
from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.fairness import DecisionRule
from softbio.runs import Run

__all__ = ["KINDS", "show", "wrong_faces"]

KINDS = {1: "false negatives", 0: "false positives"}


def show(audit: Audit) -> None:
    """Show all four kinds of errors."""
    assert audit.run is not None and audit.rule is not None
    wrong_faces(audit.run, audit.split, audit.rule, audit.faces)


def wrong_faces(run: Run, split: str, rule: DecisionRule, faces: FaceSet | None) -> None:
    """Show all four kinds of errors; where the face set is gone, their names."""
    judge = judge_run(run, split)
    evaluation = judge.at(rule)
    _asked_cell(run, split, rule, faces)
    colours = group_colours(evaluation.groups)
    with st.grid(len(evaluation.groups), min_column_width=330, gap=("large", "large")):
        for label in (1, 0):
            for index, group in enumerate(evaluation.groups):
                wrong = int(evaluation.counts.values[index, label, 1 - label])
                total = int(evaluation.counts.values[index, label].sum())
                with st.container(key=f"errors_{index}_{label}"):
                    st.header(f"{group.capitalize()}: {KINDS[label]}", anchor=False)
                    st.markdown(
                        f"{count(wrong)} of {count(total)} faces with label {label} "
                        f"({percent(wrong / total if total else None)}) were predicted {1 - label}."
                    )
                    if not wrong:
                        st.caption("None at this threshold.")
                        continue
                    found = faces_of_cell(judge, rule, Cell(group, label, 1 - label))
                    pages = -(-len(found) // PAGE)
                    page = 1
                    slot = st.container()
                    if pages > 1:
                        page = st.pagination(pages, key=f"page_{index}_{label}")
                    chosen = found.iloc[(page - 1) * PAGE : page * PAGE]
                    with slot:
                        if faces is None:
                            st.dataframe(chosen, hide_index=True, key=f"table_{index}_{label}")
                            continue
                        tiles = [
                            Tile(
                                int(row.row),
                                f"{row.filename}: {group}, label {label}, score {row.score:.3f}",
                                f"{row.score:.2f}",
                                colours[group],
                            )
                            for row in chosen.itertuples()
                        ]
                        face_grid(
                            faces,
                            tiles,
                            label=f"{group}, {KINDS[label]}",
                            key=f"grid_{index}_{label}",
                            size=76,
                        )


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
        cell_faces(faces_of_cell(judge, rule, cell), cell, colour, faces)


def _judge_of_cell(run: Run, split: str) -> Judge:
    by, cross = recall("by"), recall("cross", NOTHING)
    names = tuple(name for name in (by, cross) if name and name != NOTHING)
    own = (run.config.group_column,)
    return judge_run(run, split, () if names == own else names)
