"""Maps laid over a face in two colours; how strongly is the reader's choice, in the browser."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.large_face import face_address
from dashboard.widgets.face.opening import Look

__all__ = ["Overlay", "overlays"]


@dataclass(frozen=True, eq=False)
class Overlay:
    """A map over a face.

    Attributes
    ----------
    title : str
    values : ndarray, shape (H, W)
        Above 0 in one colour, below in the other.
    above, below : str
        What the colours mean.
    """

    title: str
    values: np.ndarray
    above: str
    below: str


_HTML = """<div class="maps">
<label class="strength">Strength <input type="range" min="0" max="100" step="1" value="75">
<output>75 %</output></label>
<div class="all"></div>
</div>"""

_CSS = """
.maps { font: 400 0.9rem/1.4 var(--st-font); color: var(--st-text-color); --above: #d55e00;
  --below: #0e84c8; }
.strength { display: flex; align-items: center; gap: 0.7rem; margin-bottom: 0.7rem; }
.strength input { flex: 1; max-width: 16rem; accent-color: var(--st-primary-color); }
.strength output { font-variant-numeric: tabular-nums; min-width: 3rem; }
.all { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; flex: 1 1 11rem; max-width: 19rem; }
.pair { position: relative; aspect-ratio: 1; border-radius: var(--st-base-radius);
  overflow: hidden; background: var(--st-secondary-background-color); }
.pair img, .pair canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
figcaption b { display: block; margin: 0.4rem 0 0.15rem; font-weight: 600; }
figcaption span { display: block; color: var(--st-gray-text-color); font-size: 0.85rem; }
figcaption i { display: inline-block; width: 0.75em; height: 0.75em; border-radius: 2px;
  margin-right: 0.4em; }
.above i { background: var(--above); } .below i { background: var(--below); }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
"""

_JS = r"""
const ABOVE = [213, 94, 0], BELOW = [14, 132, 200]
const strengths = { value: 75 }   // one for all faces, as long as the page lives

const make = (tag, name, text) => {
  const dom = document.createElement(tag)
  if (name) dom.className = name
  if (text) dom.textContent = text
  return dom
}

function paint(canvas, map) {
  const bytes = Uint8Array.from(atob(map.values), (letter) => letter.charCodeAt(0))
  const values = new Int8Array(bytes.buffer)
  canvas.width = map.width
  canvas.height = map.height
  const image = new ImageData(map.width, map.height)
  values.forEach((value, place) => {
    image.data.set(value < 0 ? BELOW : ABOVE, 4 * place)
    image.data[4 * place + 3] = Math.round((255 * Math.abs(value)) / 127)
  })
  canvas.getContext("2d").putImageData(image, 0, 0)
}

function legend(map) {
  const caption = make("figcaption")
  caption.append(make("b", "", map.title))
  for (const side of ["above", "below"]) {
    if (!map[side]) continue
    const line = make("span", side)
    line.append(make("i"), map[side])
    caption.append(line)
  }
  return caption
}

export default function (component) {
  const { data, parentElement } = component
  const root = parentElement.querySelector(".maps")
  if (!root || !data) return
  const slider = root.querySelector("input")
  const fade = () => {
    strengths.value = +slider.value
    root.querySelector("output").textContent = `${slider.value} %`
    root.querySelectorAll("canvas").forEach((canvas) => {
      canvas.style.opacity = slider.value / 100
    })
  }
  const figures = data.maps.map((map) => {
    const figure = make("figure"), pair = make("div", "pair")
    pair.setAttribute("role", "img")
    pair.setAttribute("aria-label", `${map.title}: ${[map.above, map.below].join("; ")}`)
    const face = make("img"), canvas = make("canvas")
    face.src = data.src
    face.alt = ""
    paint(canvas, map)
    pair.append(face, canvas)
    figure.append(pair, legend(map))
    return figure
  })
  root.querySelector(".all").replaceChildren(...figures)
  slider.value = strengths.value
  slider.oninput = fade
  fade()
}
"""

_component = st.components.v2.component("softbio_face_maps", html=_HTML, css=_CSS, js=_JS)


def overlays(look: Look, maps: Sequence[Overlay]) -> None:
    """Show a copy of the face under each map, with one slider for how strongly they are drawn."""
    faces = look.faces
    _component(
        key="face_maps",
        data={
            "src": face_address(faces.path, faces.fingerprint, look.row),
            "maps": [_told(one) for one in maps],
        },
    )


def _told(overlay: Overlay) -> dict[str, object]:
    values = np.asarray(overlay.values, dtype=np.float64)
    most = np.abs(values).max(initial=0.0)
    scaled = np.rint(values * (127.0 / most if most else 0.0)).astype(np.int8)
    height, width = values.shape
    return {
        "title": overlay.title,
        "values": base64.b64encode(scaled.tobytes()).decode(),
        "width": width,
        "height": height,
        "above": overlay.above if (scaled > 0).any() else "",
        "below": overlay.below if (scaled < 0).any() else "",
    }
