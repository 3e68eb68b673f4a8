"""Data: what a packed set holds."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.attribute_shares import attribute_shares
from dashboard.widgets.face_grid import face_grid
from dashboard.widgets.numbers import count, percent
from dashboard.widgets.pickers import pick_faces
from dashboard.widgets.plain_table import plain_table
from dashboard.widgets.samples import cell_rows, sample_tiles
from softbio.faces.faceset import FaceSet, in_split

SPLITS = {
    "train": "training",
    "val_select": "validation, to choose by",
    "val_fit": "validation, to refit on",
    "test": "test",
    "unlabelled": "unlabelled",
}
SHOWN = 28


def show_chart(faces: FaceSet, counts: np.ndarray) -> None:
    """Draw the faces of each group and label, counts (G, 2)."""
    groups = list(faces.group_names.values())
    figure = go.Figure(
        layout={
            "height": 340,
            "barmode": "group",
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "legend": {"orientation": "h", "y": 1.12, "x": 0},
            "yaxis": {"title": {"text": "faces"}, "fixedrange": True},
            "xaxis": {"fixedrange": True},
        }
    )
    for index, (name, colour) in enumerate(group_colours(groups).items()):
        figure.add_bar(
            name=name,
            x=["label 0", "label 1"],
            y=counts[index],
            marker_color=colour,
            text=[count(int(value)) for value in counts[index]],
            textposition="outside",
            cliponaxis=False,
        )
    st.plotly_chart(
        figure,
        key="faces_by_cell",
        config={"displayModeBar": False},
        alt="Faces by group and label: the figures stand in the table beside it",
    )


def show_samples(faces: FaceSet, counts: np.ndarray) -> None:
    """Show some faces of each group and label."""
    groups = list(faces.group_names.values())
    label, group = faces.labels(), faces.group_index()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header("Samples", anchor=False, width="stretch")
        if st.button("Other faces", icon=":material/shuffle:", key="other_faces"):
            st.session_state["sample_draw"] = st.session_state.get("sample_draw", 0) + 1
    draw = st.session_state.get("sample_draw", 0)
    sections = [(index, value) for value in (1, 0) for index in range(len(groups))]
    if not counts.any():
        rows_shown = cell_rows(np.ones(len(faces), dtype=bool), draw, SHOWN * 4)
        face_grid(
            faces, sample_tiles(faces, rows_shown), label="Unlabelled faces", key="sample_all"
        )
    else:
        with st.grid(len(groups), min_column_width=330):
            for index, value in sections:
                chosen = (group == index) & (label == value)
                with st.container(key=f"cell_{index}_{value}"):
                    name = f"{groups[index].capitalize()}, label {value}"
                    st.markdown(f"**{name}** · {count(int(chosen.sum()))} faces")
                    face_grid(
                        faces,
                        sample_tiles(faces, cell_rows(chosen, draw, SHOWN)),
                        label=f"Sample: {name}",
                        key=f"sample_{index}_{value}",
                        size=72,
                    )


st.caption("What a packed set holds: who is in it, how often the label is 1, and how it is split.")
faces = pick_faces()
if faces is None:
    st.stop()

groups = list(faces.group_names.values())
label, group = faces.labels(), faces.group_index()
judged = (label >= 0) & (group >= 0)
counts = np.zeros((len(groups), 2), dtype=int)
np.add.at(counts, (group[judged], label[judged]), 1)

meta = faces.meta
coding = meta.get("label") or {}
meaning = coding.get("formula") or coding.get("column") or "none"
with st.grid(3 + len(groups), min_column_width=150):
    st.metric("Faces", count(len(faces)), border=True)
    for index, name in enumerate(groups):
        st.metric(name.capitalize(), count(int((group == index).sum())), border=True)
    st.metric(
        "Label is 1",
        percent(counts[:, 1].sum() / counts.sum() if counts.sum() else None),
        border=True,
        help=f"Among the {count(int(counts.sum()))} faces with a label. The label: {meaning}",
    )
    st.metric(
        "Split by",
        {"identity": "person", "row": "face"}.get(
            str((meta.get("split") or {}).get("by")), str((meta.get("split") or {}).get("by"))
        ),
        border=True,
        help="By person: nobody is in two splits. By face: who is on a photograph is not known, "
        "so the same person may be in training and in test, which flatters the figures."
        if not faces.has_identities
        else "Nobody is in two splits.",
    )
st.caption(
    f"Label: `{meaning}` · "
    + (f"images {faces.size} × {faces.size}" if faces.has_images else "no images, attributes only")
    + f" · {len(faces.attributes)} attributes · from {meta.get('source', 'unknown')}"
)

left, right = st.columns(2, gap="large")
with left:
    st.header(f"Faces by {faces.group_column} and label", anchor=False)
    lines = [(name.capitalize(), *counts[index]) for index, name in enumerate(groups)]
    lines.append(("All", *counts.sum(axis=0)))
    plain_table(
        ["", "label 0", "label 1", "label 1, share"],
        [
            (name, count(zero), count(one), percent(one / (zero + one) if zero + one else None))
            for name, zero, one in lines
        ],
        label=f"Faces by {faces.group_column} and label",
        key="cells",
    )
    st.header("Splits", anchor=False)
    cells = [(index, value) for index in range(len(groups)) for value in (0, 1)]
    rows = []
    for name, title in SPLITS.items():
        inside = in_split(faces.table["split"], name)
        if inside.any():
            rows.append(
                (
                    title.capitalize(),
                    count(int(inside.sum())),
                    *(
                        count(int((inside & (group == index) & (label == value)).sum()))
                        for index, value in cells
                    ),
                )
            )
    plain_table(
        ["", "faces", *(f"{groups[index]}, {value}" for index, value in cells)],
        rows,
        label="Faces by split, group and label",
        key="splits",
    )
with right:
    if judged.any():
        show_chart(faces, counts)
    else:
        told = "No face has both a label and a known group, so nothing can be trained or judged."
        if faces.attributes:
            told += " The page *Hypotheses* still looks at attributes and tags."
        st.info(told, icon=":material/info:")

skipped, conflicts = meta.get("skipped") or [], meta.get("conflicts") or []
if skipped or conflicts:
    told = []
    if skipped:
        told.append(f"files that were skipped: {count(len(skipped))}")
    if conflicts:
        told.append(f"identical images with different labels: {count(len(conflicts))}")
    with st.expander("; ".join(told).capitalize(), icon=":material/warning:"):
        if skipped:
            st.dataframe(pd.DataFrame(skipped), hide_index=True, key="skipped")
        if conflicts:
            st.dataframe(pd.DataFrame({"conflict": [str(c) for c in conflicts]}), key="conflicts")

if faces.has_images:
    show_samples(faces, counts)
else:
    st.header("Attributes", anchor=False)
    st.markdown(
        "This set was packed with `--attributes-only`: it holds no photographs. The share of faces "
        f"that have each attribute, by {faces.group_column}:"
    )
    attribute_shares(faces)
