"""Small multiples: mean maps over mean faces, all in one scale of colours, with one slider.

Orange speaks for label 1 and blue against it (Okabe & Ito's, told apart by every kind of colour
vision). The colour's opacity is the value, over a grey face: even steps look even, and where
nothing is said the face is seen.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.widgets.looking.script import CSS, HTML, JS
from softbio.audit.looking import BANDS, bands

__all__ = ["MapTile", "mean_maps"]

_component = st.components.v2.component("softbio_mean_maps", html=HTML, css=CSS, js=JS)


@dataclass(frozen=True, eq=False)
class MapTile:
    """One map.

    Attributes
    ----------
    name : str
        By which it is known when it is clicked.
    title, note : str
        Above and below it.
    face : ndarray, shape (H, W, 3), uint8, or None
        Mean face; None: there are no faces.
    values : ndarray, shape (H, W)
    """

    name: str
    title: str
    note: str
    face: np.ndarray | None
    values: np.ndarray


def mean_maps(
    rows: Sequence[tuple[str, Sequence[MapTile]]], *, unit: str, signed: bool, key: str
) -> str | None:
    """Show the maps, and return the name of the one whose faces are asked for.

    Parameters
    ----------
    rows : sequence of (str, sequence of MapTile)
        A line of maps for each group, with its name.
    unit : str
        What the values are.
    signed : bool
        Whether values below 0 mean something: the legend then goes both ways.
    """
    tiles = [tile for _, line in rows for tile in line]
    most = max((float(np.abs(tile.values).max(initial=0.0)) for tile in tiles), default=0.0)
    result = _component(
        key=key,
        data={
            "rows": [
                {"name": name, "maps": [_told(tile, most) for tile in line]} for name, line in rows
            ],
            "most": f"{most:.2g}",
            "unit": unit,
            "signed": signed,
            "bands": _bands(tiles[0].values.shape[0]) if tiles else "",
            "names": list(BANDS),
        },
        on_picked_change=_nothing,
    )
    picked = result.get("picked")
    return picked if picked in [tile.name for tile in tiles if tile.face is not None] else None


def _told(tile: MapTile, most: float) -> dict[str, object]:
    scaled = np.rint(tile.values * (127.0 / most if most else 0.0)).astype(np.int8)
    height, width = tile.values.shape
    return {
        "name": tile.name,
        "title": tile.title,
        "note": tile.note,
        "face": "" if tile.face is None else _png(tile.face),
        "values": _encoded(scaled),
        "width": width,
        "height": height,
    }


def _bands(size: int) -> str:
    """Return which band each place belongs to, a byte a place."""
    found = bands(size)
    return _encoded(np.stack([found[name] for name in BANDS]).argmax(axis=0).astype(np.int8))


def _png(face: np.ndarray) -> str:
    """Return a face in grey, so that skin does not look like evidence."""
    import cv2

    grey = cv2.cvtColor(np.ascontiguousarray(face), cv2.COLOR_RGB2GRAY)
    done, encoded = cv2.imencode(".png", grey)
    return f"data:image/png;base64,{_encoded(encoded)}" if done else ""


def _encoded(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode()


def _nothing() -> None:
    """Make Streamlit keep the value: a component's key is known by its callback."""
