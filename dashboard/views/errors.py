"""Errors: the faces that a run gets wrong, by group and label, most confident first."""

import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.cell_faces import PAGE, cell_faces, faces_of_cell
from dashboard.widgets.choice import recall
from dashboard.widgets.confusion import Cell
from dashboard.widgets.evaluations import Judge, judge_run, split_sizes
from dashboard.widgets.face_grid import Tile, face_grid
from dashboard.widgets.loading import faces_of_run, load_predictions
from dashboard.widgets.numbers import count, percent
from dashboard.widgets.pickers import NOTHING, done_runs, pick_run, pick_split, run_caption
from dashboard.widgets.threshold_controls import ThresholdControls
from dashboard.widgets.told import telling_errors, tells_errors
from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.fairness import DecisionRule
from softbio.runs import Run

KINDS = {1: "false negatives", 0: "false positives"}

st.caption(
    "The faces that a run gets wrong, the most confident first. The counts are those of the "
    "confusion matrices on the page *Fairness*."
)
run = pick_run(done_runs())
if run is None:
    st.stop()
st.caption(run_caption(run))
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    split = pick_split(split_sizes(load_predictions(run)), run)


def asked_cell(run: Run, split: str, rule: DecisionRule, faces: FaceSet | None) -> None:
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


@st.fragment
@tells_errors
def errors(run: Run, split: str) -> None:
    """All four kinds of errors at one threshold."""
    thresholds = ThresholdControls(run, key="error_thresholds")
    place = st.container()
    rule = thresholds.rule
    judge = judge_run(run, split)
    evaluation = judge.at(rule)
    try:
        faces = faces_of_run(run)
    except DataError as error:
        faces = None
        st.warning(str(error), icon=":material/image_not_supported:")
    asked_cell(run, split, rule, faces)
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
    with place:
        thresholds.mount({})


errors(run, split)
