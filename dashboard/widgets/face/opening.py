"""Opening a face large: over any page, from any grid, also from a grid of the large view itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from softbio.faces.faceset import FaceSet
from softbio.fairness import DecisionRule
from softbio.runs import Run
from softbio.runs.judging import rule_of

__all__ = ["Look", "back", "current", "move_to", "open_face", "step_back"]

_LOOKS = "_face_looks"
_DRAWING = "_face_drawing"
#: How many faces the reader can step back from one to the other.
_DEEPEST = 20


@dataclass
class Look:
    """A face that is looked at, among others.

    Attributes
    ----------
    faces : FaceSet
    run : Run or None
        Made from these faces.
    rule : DecisionRule or None
        None without a run.
    rows : ndarray, shape (n,), int64
        What previous and next go through.
    at : int
        Place in `rows`.
    """

    faces: FaceSet
    run: Run | None
    rule: DecisionRule | None
    rows: np.ndarray
    at: int

    @property
    def row(self) -> int:
        """The face's row in the set."""
        return int(self.rows[self.at])

    @property
    def filename(self) -> str:
        """The face's name."""
        return str(self.faces.table["filename"].iloc[self.row])


def open_face(
    faces: FaceSet,
    row: int,
    *,
    run: Run | None = None,
    rule: DecisionRule | None = None,
    among: Sequence[int] | np.ndarray = (),
) -> None:
    """Show a face large, in a dialog over the page.

    Called while the page is drawn, not from a widget's callback; at most once in a run of the
    page's script. From within the large view it shows the other face in its place, with a way back.

    Parameters
    ----------
    faces : FaceSet
    row : int
        In the set.
    run : Run, optional
        Made from these faces; without it, what is known of the face alone.
    rule : DecisionRule, optional
        What makes predictions of the run's scores; by default the run's own.
    among : sequence of int
        The rows that previous and next go through; with `row` first where it is not one of them.
    """
    rows = np.asarray(among, dtype=np.int64).ravel()
    places = np.flatnonzero(rows == row)
    if not len(places):
        rows, places = np.concatenate([[row], rows]).astype(np.int64), np.array([0])
    if run is not None and rule is None:
        rule = rule_of(run)
    look = Look(faces, run, rule, rows, int(places[0]))
    if st.session_state.get(_DRAWING):
        # Dialogs cannot be nested, and two of them would say less than one with a way back.
        st.session_state[_LOOKS] = [*_looks(), look][-_DEEPEST:]
        st.rerun(scope="fragment")
    st.session_state[_LOOKS] = [look]
    _dialog()


def current() -> Look:
    """Return what is looked at."""
    return _looks()[-1]


def move_to(at: int) -> None:
    """Go to another of the rows."""
    look = current()
    look.at = min(max(at, 0), len(look.rows) - 1)


def back() -> str:
    """Return the name of the face that `step_back` goes back to; empty where there is none."""
    looks = _looks()
    return looks[-2].filename if len(looks) > 1 else ""


def step_back() -> None:
    """Go back to the face from which the one that is shown was opened."""
    looks = _looks()
    if len(looks) > 1:
        looks.pop()


def _looks() -> list[Look]:
    looks: list[Look] = st.session_state.get(_LOOKS, [])
    return looks


# The page is drawn anew behind it when it is closed: what was said of faces there shows in grids.
@st.dialog("A face", width="large", on_dismiss="rerun")
def _dialog() -> None:
    # Imported when it is needed: every page imports the grid, and few readers open a face.
    from dashboard.widgets.face.view import view

    if not _looks():  # the session is another one than the one that opened it
        return
    st.session_state[_DRAWING] = True
    try:
        view(current())
    finally:
        st.session_state[_DRAWING] = False
