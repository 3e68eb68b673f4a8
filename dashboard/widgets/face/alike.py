"""Similar faces: those that the network takes for most alike, of each label side by side."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.widgets.face.known import Known
from dashboard.widgets.face.opening import Look
from dashboard.widgets.face.others import distances_from, tiles_of
from dashboard.widgets.face_grid import face_grid
from dashboard.widgets.loading import load_predictions
from dashboard.widgets.numbers import count
from softbio.audit.explaining_face import Neighbours, nearest_by

__all__ = ["show"]

_K = 8
#: Of how many nearest faces the labels are counted.
_VOTERS = 20
_AMONG = {"all": "All faces", "trained": "Faces it was trained on"}


def show(look: Look, known: Known) -> None:
    """Show the nearest faces of each label, and how the nearest of all are labelled."""
    distance = distances_from(look)
    assert look.run is not None
    among = np.arange(len(look.faces))
    trained = ~load_predictions(look.run).frame["out_of_sample"].to_numpy(dtype=bool)
    if trained.any():
        chosen = st.segmented_control(
            "Among",
            list(_AMONG),
            format_func=_AMONG.__getitem__,
            key="face_among",
            default="all",
            required=True,
            label_visibility="collapsed",
        )
        if chosen == "trained":
            among = np.flatnonzero(trained)
    label = look.faces.labels()
    others = among[(label[among] >= 0) & ~np.isin(among, known.photographs)]
    st.markdown(_vote(label, nearest_by(distance, look.row, others, _VOTERS)))
    columns = st.columns(2, gap="medium")
    for column, one in zip(columns, (1, 0), strict=True):
        found = nearest_by(distance, look.row, among[label[among] == one], _K)
        with column:
            st.subheader(f"Nearest with label {one}", anchor=False)
            if not len(found):
                st.caption("There is none.")
                continue
            face_grid(
                look.faces,
                tiles_of(look, found.rows, _told(found, known), labels=False),
                label=f"Nearest faces with label {one}",
                key=f"face_alike_{one}",
                size=76,
                run=look.run,
                rule=look.rule,
            )
    st.caption(
        "Distances are those of the network's embeddings, every channel in units of its own spread: "
        "near is what the network takes for alike, not what a person does. ✕: the run is wrong."
    )


def _told(found: Neighbours, known: Known) -> list[str]:
    same = np.isin(found.rows, known.photographs)
    return [
        f"{far:.1f} away" + ("\nsame person" if mark else "")
        for far, mark in zip(found.distance, same, strict=True)
    ]


def _vote(label: np.ndarray, found: Neighbours) -> str:
    if not len(found):
        return "There is no labelled face of anybody else."
    ones = int((label[found.rows] == 1).sum())
    return (
        f"Of the {count(len(found))} nearest faces of other people, **{count(ones)} have label 1** "
        f"and {count(len(found) - ones)} have label 0."
    )
