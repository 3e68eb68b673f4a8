"""The map's component: places and colours go in as bytes, selected rows come back."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from dashboard.any_face import any_face_address
from dashboard.widgets.mapping.colouring import Colouring
from dashboard.widgets.mapping.look import CSS
from dashboard.widgets.mapping.script import HTML, JS
from softbio.faces.faceset import FaceSet

__all__ = ["Placed", "face_map"]

_map = st.components.v2.component("softbio_face_map", html=HTML, css=CSS, js=JS)


@dataclass(frozen=True, eq=False)
class Placed:
    """Faces on a map, in the order in which they are drawn.

    Attributes
    ----------
    rows : ndarray, shape (n,), int64
        Rows of the set, shuffled: no class lies on top of another.
    places : ndarray, shape (n, 2), uint16
        From the left and from below; the longer side of the map is 0 to 65,535.
    """

    rows: np.ndarray
    places: np.ndarray

    @classmethod
    def of(cls, places: np.ndarray, rows: np.ndarray) -> Placed:
        """Place the faces `rows` of a map (N, 2) as wide as it is high, shuffled."""
        order = np.random.default_rng(0).permutation(len(rows))
        rows = rows[order]
        chosen = places[rows].astype(np.float64)
        if not len(chosen):
            return cls(rows, np.zeros((0, 2), np.uint16))
        # A few far outliers must not make everybody else a dot.
        low, high = np.percentile(chosen, [0.1, 99.9], axis=0)
        low, high = np.minimum(low, high - 1e-9), np.maximum(high, low + 1e-9)
        margin = 0.05 * (high - low)
        low, high = low - margin, high + margin
        side = (high - low).max()
        middle = (low + high) / 2
        unit = np.clip((chosen - middle) / side + 0.5, 0, 1)
        return cls(rows, np.rint(65_535 * unit).astype(np.uint16))

    @cached_property
    def id(self) -> str:
        """Another text for other faces or places."""
        return hashlib.sha1(self.rows.tobytes() + self.places.tobytes()).hexdigest()[:16]

    @cached_property
    def sent(self) -> tuple[str, str]:
        """Places and rows as the browser reads them."""
        return _text(self.places.astype("<u2")), _text(self.rows.astype("<u4"))


def face_map(
    faces: FaceSet, placed: Placed, colouring: Colouring, *, label: str, key: str
) -> tuple[np.ndarray, int | None]:
    """Show the map.

    Returns
    -------
    selected : ndarray, shape (k,), int64
        The selected rows of the set, ascending.
    opened : int or None
        The face that was clicked just now.
    """
    points, rows = placed.sent
    colours = colouring.code[placed.rows]
    about = hashlib.sha1(
        colours.tobytes() + repr((colouring.title, colouring.palette, colouring.names)).encode()
    ).hexdigest()[:16]
    result = _map(
        key=key,
        data={
            "id": placed.id,
            "about": about,
            "points": points,
            "rows": rows,
            "colours": _text(colours),
            "palette": list(colouring.palette),
            "names": list(colouring.names),
            "ramp": None if colouring.ramp is None else list(colouring.ramp),
            "title": colouring.title,
            "picture": any_face_address(faces.path, faces.fingerprint) if faces.has_images else "",
            "label": label,
        },
        on_selected_change=_nothing,
        on_opened_change=_nothing,
    )
    told = result.get("selected")
    selected = np.zeros(0, np.int64)
    if isinstance(told, Mapping) and told.get("about") == placed.id:
        selected = _rows(told.get("rows"), placed.rows)
    opened = result.get("opened")
    row = opened.get("row") if isinstance(opened, Mapping) else None
    known = isinstance(row, int) and opened.get("about") == placed.id and row in placed.rows
    return selected, row if known else None


def _text(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def _rows(text: object, among: np.ndarray) -> np.ndarray:
    """Return the rows that a browser told, as far as they are on the map."""
    try:
        raw = base64.b64decode(str(text), validate=True)
        rows = np.frombuffer(raw, "<u4").astype(np.int64)
    except (binascii.Error, ValueError):
        return np.zeros(0, np.int64)
    return np.intersect1d(rows, among)


def _nothing() -> None:
    """Make Streamlit keep the value: a component's key is known by its callback."""
