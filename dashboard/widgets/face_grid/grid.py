"""The grid's component: tiles go in as data, and what the reader does with them comes back.

Tiles are cut from one sprite by the browser. Of a set without images their file names are listed
instead. Captions go in as text, never as markup, so that a file name cannot become a script.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from dashboard.sprites import MAX_FACES, sprite_address
from dashboard.widgets.face_grid.look import CSS
from dashboard.widgets.face_grid.script import HTML, JS
from softbio.faces.faceset import FaceSet
from softbio.fairness import DecisionRule
from softbio.runs import Run

__all__ = ["Tile", "face_grid"]

_SIZE = 88
_grid = st.components.v2.component("softbio_face_grid", html=HTML, css=CSS, js=JS)


@dataclass(frozen=True)
class Tile:
    """One face of the grid.

    Attributes
    ----------
    row : int
        Row number in the set.
    alt : str
        What a screen reader says and the tooltip shows.
    caption : str
        A short text under the face, or empty; line breaks are kept.
    edge : str
        A CSS colour for the frame, or empty.
    mark : str
        A character or two in the corner, such as ✕ on a wrong face: what the frame's colour says
        to those who do not see it.
    """

    row: int
    alt: str
    caption: str = ""
    edge: str = ""
    mark: str = ""


def face_grid(
    faces: FaceSet,
    tiles: Sequence[Tile],
    *,
    label: str,
    key: str,
    size: int | None = None,
    run: Run | None = None,
    rule: DecisionRule | None = None,
    keys: Mapping[str, str] | None = None,
    on_key: Callable[[str, np.ndarray], None] | None = None,
    selectable: bool = False,
) -> np.ndarray:
    """Show `tiles` of `faces`, as many in a row as fit; their names where there are no images.

    A click or Enter opens a face large. Arrows, Home, End and the page keys move; where faces can
    be selected, Space selects, Shift selects ranges, Ctrl+A all, Escape none.

    Parameters
    ----------
    tiles : sequence of Tile
        At most `MAX_FACES`; nothing is drawn for none.
    label : str
        What the grid shows, for screen readers.
    size : int, optional
        Usual side of a tile in CSS pixels, which the reader's own slider scales on all pages.
        Without it the slider stands above the grid.
    run, rule : optional
        What the large view tells of a face.
    keys : mapping of str to str, optional
        What each letter says of the selected faces, or of the one that has the focus.
    on_key : callable, optional
        Called with the letter and the rows, as a widget's callback is: before the page is drawn.
    selectable : bool

    Returns
    -------
    ndarray, shape (k,), int64
        The selected rows, in the order of the tiles.
    """
    if not tiles:
        return np.zeros(0, np.int64)
    tiles = tiles[:MAX_FACES]
    rows = np.array([tile.row for tile in tiles], dtype=np.int64)
    about = hashlib.sha1(faces.fingerprint.encode() + rows.tobytes()).hexdigest()[:16]
    if faces.has_images:
        sprite = sprite_address(faces.path, faces.fingerprint, rows)
        cut = {"sprite": sprite.address, "columns": sprite.columns, "rows": sprite.rows}
        names = [""] * len(rows)
    else:
        cut = {"sprite": "", "columns": 0, "rows": 0}
        names = faces.table["filename"].iloc[rows].tolist()

    def pressed() -> None:
        told = _told(key, "pressed", about)
        letter = told.get("letter")
        if on_key is not None and letter in (keys or {}):
            on_key(str(letter), _among(told.get("rows"), rows))

    result = _grid(
        key=key,
        data={
            **cut,
            "id": about,
            "tile": size or _SIZE,
            "sizer": size is None and faces.has_images,
            "selectable": selectable,
            "opens": True,
            "keys": [[letter, what] for letter, what in (keys or {}).items()],
            "label": label,
            "faces": [
                {
                    "row": tile.row,
                    "alt": tile.alt,
                    "caption": tile.caption,
                    "edge": tile.edge,
                    "mark": tile.mark,
                    "name": name,
                }
                for tile, name in zip(tiles, names, strict=True)
            ],
        },
        on_pressed_change=pressed,
        on_opened_change=_nothing,
        on_selection_change=_nothing,
    )
    opened = result.get("opened")
    if isinstance(opened, Mapping) and opened.get("faces") == about and opened.get("row") in rows:
        from dashboard.widgets.face import open_face

        open_face(faces, int(opened["row"]), run=run, rule=rule, among=rows)
    return _among(_told(key, "selection", about).get("rows"), rows)


def _told(key: str, what: str, about: str) -> Mapping[str, Any]:
    """Return what the grid said last, if it is about the faces that it shows now."""
    state = st.session_state.get(key)
    told = state.get(what) if isinstance(state, Mapping) else None
    return told if isinstance(told, Mapping) and told.get("faces") == about else {}


def _among(told: object, rows: np.ndarray) -> np.ndarray:
    """Return the rows that were told, as far as they are shown: a browser may say anything."""
    wanted = [one for one in told if isinstance(one, int)] if isinstance(told, Sequence) else []
    return rows[np.isin(rows, wanted)]


def _nothing() -> None:
    """Make Streamlit keep the value: a component's key is known by its callback."""
