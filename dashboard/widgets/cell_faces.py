"""The faces of one cell of a confusion matrix, right or wrong, the most confident first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.widgets.confusion import Cell
from dashboard.widgets.evaluations import Judge
from dashboard.widgets.face_grid import Tile, face_grid
from dashboard.widgets.numbers import count
from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.fairness import DecisionRule
from softbio.runs import Run

__all__ = ["PAGE", "cell_faces", "faces_of_cell"]

PAGE = 28


def faces_of_cell(judge: Judge, rule: DecisionRule, cell: Cell) -> pd.DataFrame:
    """Return the faces of a cell.

    Returns
    -------
    DataFrame
        ``row`` in the set, ``filename``, ``score``; the most confident first, which is the
        highest score among those predicted 1 and the lowest among those predicted 0.

    Raises
    ------
    DataError
        If there is no such group.
    """
    chosen = judge.selection
    if cell.group not in chosen.groups:
        raise DataError(
            f"There is no group {cell.group!r} here; the groups are {', '.join(chosen.groups)}. "
            "Come from a cell on the page Fairness."
        )
    inside = (
        (chosen.group == chosen.groups.index(cell.group))
        & (chosen.label == cell.label)
        & (judge.predict(rule) == bool(cell.prediction))
    )
    score = chosen.score[inside]
    order = np.argsort(-score if cell.prediction else score, kind="stable")
    return pd.DataFrame(
        {
            "row": chosen.row[inside][order],
            "filename": chosen.filename[inside][order],
            "score": score[order],
        }
    )


def cell_faces(
    found: pd.DataFrame,
    cell: Cell,
    colour: str,
    faces: FaceSet | None,
    *,
    run: Run | None = None,
    rule: DecisionRule | None = None,
) -> None:
    """Show a page of a cell's faces; without the face set, of their names.

    `run` and `rule` are what the large view tells of a face.
    """
    kind = "right" if cell.label == cell.prediction else "wrong"
    st.header(
        f"{cell.group[:1].upper()}{cell.group[1:]}: label {cell.label}, predicted "
        f"{cell.prediction} ({kind})",
        anchor=False,
    )
    st.markdown(f"{count(len(found))} faces, the most confident first.")
    if not len(found):
        return
    slot = st.container()
    pages, page = -(-len(found) // PAGE), 1
    if pages > 1:
        page = st.pagination(pages, key="page_cell")
    chosen = found.iloc[(page - 1) * PAGE : page * PAGE]
    with slot:
        if faces is None:
            st.dataframe(chosen, hide_index=True, key="table_cell")
            return
        tiles = [
            Tile(
                int(row.row),
                f"{row.filename}: {cell.group}, label {cell.label}, score {row.score:.3f}",
                f"{row.score:.2f}",
                colour,
            )
            for row in chosen.itertuples()
        ]
        face_grid(
            faces, tiles, label=f"{cell.written}", key="grid_cell", size=76, run=run, rule=rule
        )
