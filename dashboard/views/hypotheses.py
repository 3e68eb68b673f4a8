"""Hypotheses: a formula over attributes, held against the label."""

import numpy as np
import streamlit as st

from dashboard.widgets.face_grid import face_grid
from dashboard.widgets.matrices import agreement_tables
from dashboard.widgets.numbers import count, percent
from dashboard.widgets.pickers import pick_faces
from dashboard.widgets.samples import cell_rows, sample_tiles
from softbio.faces.faceset import FaceSet
from softbio.hypotheses import GroupAgreement, examine

SHOWN = 28

st.caption(
    "What might the label mean? Type a formula over the attributes and read how often it agrees "
    "with the label, for each gender, and on which faces it does not."
)
faces = pick_faces()
if faces is None:
    st.stop()
if not faces.attributes:
    st.info(
        "This set has no attributes to state a formula over. Pack it from a source that has them, "
        "such as CelebA's folder or `synthetic:6000`.",
        icon=":material/info:",
    )
    st.stop()

example = " or ".join(faces.attributes[:2])
preferred = [name for name in ("Blond_Hair", "Eyeglasses") if name in faces.attributes]
if len(preferred) == 2:
    example = " or ".join(preferred)
if "formula" not in st.session_state and "formula" not in st.query_params:
    st.session_state["formula"] = example
text = st.text_input(
    "Formula",
    key="formula",
    bind="query-params",
    placeholder=example,
    max_chars=2_000,
    help="`not`, `and`, `xor`, `or`, in this order of strength, and parentheses; names as in the "
    "attribute file.",
)
with st.expander(f"The {len(faces.attributes)} attributes", icon=":material/list:"):
    st.markdown(" · ".join(f"`{name}`" for name in faces.attributes))
if not text.strip():
    st.info(f"Type a formula, such as `{example}`.", icon=":material/edit:")
    st.stop()

found = examine(faces, text)
if not found.overall.n:
    st.info(
        "No face has a label, a known group and the attributes of this formula, so there is "
        "nothing to compare.",
        icon=":material/info:",
    )
    st.stop()
left_out = f" · {count(found.left_out)} faces were left out" if found.left_out else ""
st.caption(f"Read as `{found.formula}`{left_out}")
with st.grid(1 + len(found.groups), min_column_width=190):
    for part in (found.overall, *found.groups):
        st.metric(
            "Agreement, all" if part is found.overall else f"Agreement, {part.name}",
            percent(part.agreement),
            border=True,
            help=f"On {count(part.n)} faces. With both labels counting equally: "
            f"{percent(part.balanced_agreement)}.",
        )
st.header("Formula and label", anchor=False)
agreement_tables(found.groups)


def disagreeing(
    faces: FaceSet, part: GroupAgreement, rows: np.ndarray, what: str, key: str
) -> None:
    """Show a sample of the faces that disagree in one direction."""
    st.markdown(f"**{part.name.capitalize()}: {what}** · {count(len(rows))} faces")
    if not len(rows):
        st.caption("None.")
        return
    marks = np.zeros(len(faces), dtype=bool)
    marks[rows] = True
    tiles = sample_tiles(faces, cell_rows(marks, 0, SHOWN))
    face_grid(faces, tiles, label=f"{part.name}: {what}", key=key, size=72)
    if len(rows) > SHOWN:
        st.caption(f"{SHOWN} of {count(len(rows))}, drawn at random.")


st.header("Faces that disagree", anchor=False)
with st.grid(len(found.groups), min_column_width=330, gap=("large", "large")):
    for part in found.groups:
        with st.container(key=f"only_formula_{part.name}"):
            disagreeing(
                faces, part, part.only_formula, "formula 1, label 0", f"grid_formula_{part.name}"
            )
    for part in found.groups:
        with st.container(key=f"only_label_{part.name}"):
            disagreeing(
                faces, part, part.only_label, "formula 0, label 1", f"grid_label_{part.name}"
            )
