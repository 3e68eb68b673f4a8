"""The face grid: many faces, one picture, one message, on every page the same.

Tiles are cut from one sprite by the browser. Of a set without images their file
names are listed instead. Captions go in as text, never as
markup, so that a file name cannot become a script.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.sprites import MAX_FACES, sprite_address
from softbio.faces.faceset import FaceSet

__all__ = ["Tile", "face_grid"]

_CSS = """
.grid { display: flex; flex-wrap: wrap; gap: 10px 8px; list-style: none; margin: 0; padding: 0; }
.grid li { width: var(--tile); margin: 0; }
.face {
  width: var(--tile); height: var(--tile);
  background-repeat: no-repeat; background-color: var(--st-secondary-background-color);
  border-radius: calc(var(--st-base-radius) * 0.7); position: relative;
}
.face[data-edge]::after {
  content: ""; position: absolute; inset: 0; border-radius: inherit;
  box-shadow: inset 0 0 0 3px var(--edge);
}
.grid li.named { width: auto; }
.named .face {
  width: auto; height: auto; padding: 3px 8px;
  font: 400 12px/1.5 var(--st-code-font); color: var(--st-text-color);
}
.named .face[data-edge]::after { box-shadow: inset 3px 0 0 0 var(--edge); }
.caption {
  font: 400 12px/1.35 var(--st-font); color: var(--st-text-color);
  margin-top: 3px; overflow-wrap: anywhere; text-align: center;
}
"""

_JS = """
export default function (component) {
  const { data, parentElement } = component
  const list = parentElement.querySelector(".grid")
  if (!list || !data) return
  list.style.setProperty("--tile", data.tile + "px")
  list.setAttribute("aria-label", data.label)
  const tiles = data.faces.map((face, index) => {
    const item = document.createElement("li")
    const picture = document.createElement("div")
    picture.className = "face"
    picture.title = face.alt
    if (data.sprite) {
      picture.setAttribute("role", "img")
      picture.setAttribute("aria-label", face.alt)
      const column = index % data.columns
      const row = Math.floor(index / data.columns)
      picture.style.backgroundImage = `url("${data.sprite}")`
      picture.style.backgroundSize = `${data.columns * data.tile}px ${data.rows * data.tile}px`
      picture.style.backgroundPosition = `${-column * data.tile}px ${-row * data.tile}px`
    } else {
      item.className = "named"
      picture.textContent = face.name
    }
    if (face.edge) {
      picture.dataset.edge = "1"
      picture.style.setProperty("--edge", face.edge)
    }
    item.append(picture)
    if (face.caption) {
      const caption = document.createElement("div")
      caption.className = "caption"
      caption.textContent = face.caption
      item.append(caption)
    }
    return item
  })
  list.replaceChildren(...tiles)
}
"""

_grid = st.components.v2.component(
    "softbio_face_grid", html='<ul class="grid" role="list"></ul>', css=_CSS, js=_JS
)


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
        A short line under the face, or empty.
    edge : str
        A CSS colour for the frame, or empty.
    """

    row: int
    alt: str
    caption: str = ""
    edge: str = ""


def face_grid(
    faces: FaceSet, tiles: Sequence[Tile], *, label: str, key: str, size: int = 88
) -> None:
    """Show `tiles` of `faces`, as many in a row as fit; their names where there are no images.

    Parameters
    ----------
    tiles : sequence of Tile
        At most `MAX_FACES`; nothing is drawn for none.
    label : str
        What the grid shows, for screen readers.
    size : int
        Side of a tile in CSS pixels.
    """
    if not tiles:
        return
    tiles = tiles[:MAX_FACES]
    rows = np.array([tile.row for tile in tiles])
    if faces.has_images:
        sprite = sprite_address(faces.path, faces.fingerprint, rows)
        cut = {"sprite": sprite.address, "columns": sprite.columns, "rows": sprite.rows}
        names = [""] * len(rows)
    else:
        cut = {"sprite": "", "columns": 0, "rows": 0}
        names = faces.table["filename"].iloc[rows].tolist()
    _grid(
        key=key,
        data={
            **cut,
            "tile": size,
            "label": label,
            "faces": [
                {"alt": tile.alt, "caption": tile.caption, "edge": tile.edge, "name": name}
                for tile, name in zip(tiles, names, strict=True)
            ],
        },
    )
