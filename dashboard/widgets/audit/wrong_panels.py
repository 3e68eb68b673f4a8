"""Panels of faces side by side: one for each group and label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.cell_faces import PAGE
from dashboard.widgets.face_grid import Tile, face_grid
from softbio.faces.faceset import FaceSet
from softbio.fairness import DecisionRule
from softbio.runs import Run

__all__ = ["ERRORS", "Panel", "panels"]

#: What an error is called, by the face's label.
ERRORS = {1: "false negatives", 0: "false positives"}
_SIZE = 76


@dataclass(frozen=True, eq=False)
class Panel:
    """The faces of a group and label.

    Attributes
    ----------
    group : str
    label : int
    faces : DataFrame
        ``row``, ``filename``, ``score``, and perhaps ``baseline_score``; in the order in which
        they are shown.
    sentence : str
        How many they are, of how many.
    """

    group: str
    label: int
    faces: pd.DataFrame
    sentence: str

    @property
    def title(self) -> str:
        """As ``Men: false negatives``."""
        return f"{self.group[:1].upper()}{self.group[1:]}: {ERRORS[self.label]}"


def panels(
    shown: Sequence[Panel], run: Run, rule: DecisionRule, faces: FaceSet | None, kind: str
) -> None:
    """Show panels, the groups side by side.

    Parameters
    ----------
    shown : sequence of Panel
        A line of panels for each label, with the groups in their order.
    faces : FaceSet or None
        Where it is gone, the names of the faces are listed.
    kind : str
        Which faces they are; the pages of one kind are not those of another.
    """
    groups = tuple(dict.fromkeys(panel.group for panel in shown))
    colours = group_colours(groups)
    with st.grid(len(groups), min_column_width=330, gap=("large", "large")):
        for panel in shown:
            place = f"{groups.index(panel.group)}_{panel.label}"
            with st.container(key=f"errors_{place}"):
                st.header(panel.title, anchor=False)
                st.markdown(panel.sentence)
                if panel.faces.empty:
                    st.caption("None at this threshold.")
                    continue
                _faces(panel, colours[panel.group], run, rule, faces, f"{kind}_{place}")


def _faces(
    panel: Panel, colour: str, run: Run, rule: DecisionRule, faces: FaceSet | None, place: str
) -> None:
    found = panel.faces
    pages, page = -(-len(found) // PAGE), 1
    slot = st.container()
    if pages > 1:
        page = min(st.pagination(pages, key=f"page_{place}"), pages)
    chosen = found.iloc[(page - 1) * PAGE : page * PAGE]
    with slot:
        if faces is None:
            st.dataframe(chosen, hide_index=True, key=f"table_{place}")
            return
        tiles = [_tile(panel, line, colour) for line in chosen.to_dict("records")]
        face_grid(
            faces, tiles, label=panel.title, key=f"grid_{place}", size=_SIZE, run=run, rule=rule
        )


def _tile(panel: Panel, line: dict[str, object], colour: str) -> Tile:
    score = float(str(line["score"]))
    told, caption = f"score {score:.3f}", f"{score:.2f}"
    if "baseline_score" in line:
        before = float(str(line["baseline_score"]))
        told, caption = f"score {before:.3f} before, {score:.3f} now", f"{before:.2f} → {score:.2f}"
    alt = f"{line['filename']}: {panel.group}, label {panel.label}, {told}"
    return Tile(int(str(line["row"])), alt, caption, colour)
