"""Errors: the faces that a run gets wrong, by group and label, most confident first."""

import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.evaluations import evaluate_run, split_sizes
from dashboard.widgets.face_grid import Tile, face_grid
from dashboard.widgets.loading import faces_of_run, load_predictions
from dashboard.widgets.numbers import count, percent
from dashboard.widgets.pickers import done_runs, pick_run, pick_split, pick_threshold, run_caption
from dashboard.widgets.told import tells_errors
from softbio.audit import misclassified
from softbio.errors import DataError
from softbio.runs import Run

PAGE = 28
KINDS = {1: "false negatives", 0: "false positives"}

st.caption(
    "The faces that a run gets wrong, the most confident first. The counts are those of the "
    "confusion matrices on the page *Fairness*."
)
run = pick_run(done_runs())
if run is None:
    st.stop()
st.caption(run_caption(run))
split = pick_split(split_sizes(load_predictions(run)))


@st.fragment
@tells_errors
def errors(run: Run, split: str) -> None:
    """All four kinds of errors at one threshold."""
    threshold = pick_threshold()
    evaluation = evaluate_run(run, split, threshold)
    predictions = load_predictions(run)
    try:
        faces = faces_of_run(run)
    except DataError as error:
        faces = None
        st.warning(str(error), icon=":material/image_not_supported:")
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
                    found = misclassified(predictions, split, threshold, group, label)
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


errors(run, split)
