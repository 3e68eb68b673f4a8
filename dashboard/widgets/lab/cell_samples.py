"""Samples of faces, a grid for each group and kind, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.widgets.face_grid import face_grid
from dashboard.widgets.lab.formula_input import plain
from dashboard.widgets.numbers import count
from dashboard.widgets.samples import cell_rows, sample_tiles
from softbio.faces.faceset import FaceSet

__all__ = ["Sample", "sample_grids"]


@dataclass(frozen=True, eq=False)
class Sample:
    """Faces of which some are shown.

    Attributes
    ----------
    key : str
        In the page's own names; letters, digits and underscores.
    title : str
        What they are, such as ``Women: formula 1, label 0``.
    rows : ndarray, int64
    note : str
        Said after their number.
    """

    key: str
    title: str
    rows: np.ndarray
    note: str = ""


def sample_grids(
    faces: FaceSet, samples: Sequence[Sample], *, columns: int, shown: int, draws: str
) -> None:
    """Show samples, `columns` side by side where there is room.

    Parameters
    ----------
    shown : int
        The most faces of each.
    draws : str
        Key of the button that draws others.
    """
    counter = f"_{draws}"
    many = any(len(sample.rows) > shown for sample in samples)
    if many and st.button("Draw others", icon=":material/shuffle:", key=draws):
        st.session_state[counter] = st.session_state.get(counter, 0) + 1
    draw = st.session_state.get(counter, 0)
    with st.grid(columns, min_column_width=320, gap=("large", "large")):
        for sample in samples:
            with st.container(key=sample.key):
                _sample(faces, sample, shown, draw)


def _sample(faces: FaceSet, sample: Sample, shown: int, draw: int) -> None:
    n = len(sample.rows)
    note = f" · {sample.note}" if sample.note else ""
    st.markdown(f"**{plain(sample.title)}** · {count(n)} {'face' if n == 1 else 'faces'}{note}")
    if not n:
        st.caption("None.")
        return
    marks = np.zeros(len(faces), dtype=bool)
    marks[sample.rows] = True
    tiles = sample_tiles(faces, cell_rows(marks, draw, shown))
    face_grid(faces, tiles, label=sample.title, key=f"{sample.key}_grid", size=64)
    if n > shown:
        st.caption(f"{shown} of them, drawn at random.")
