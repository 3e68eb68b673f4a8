"""The face itself, large, with previous and next; buttons and arrow keys.

The neighbours' pictures are fetched ahead, so that the next face is there before Python has told
what is known of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.large_face import face_address
from dashboard.widgets.face.opening import Look, current, move_to

__all__ = ["picture"]

_KEY = "face_picture"
#: How many faces on either side are fetched ahead.
_AHEAD = 3

_HTML = """<div class="large">
<div class="frame"><img class="face" alt=""><div class="none">This set holds no photographs.</div>
</div>
<div class="line"><button class="previous" type="button" aria-keyshortcuts="ArrowLeft">
<span aria-hidden="true">←</span> Previous</button>
<span class="place" role="status" aria-live="polite"></span>
<button class="next" type="button" aria-keyshortcuts="ArrowRight">Next
<span aria-hidden="true">→</span></button></div>
<div class="line quiet"><span class="size"></span>
<label><input class="pixels" type="checkbox"> Show its pixels</label></div>
</div>"""

_CSS = """
.large { font: 400 0.93rem/1.4 var(--st-font); color: var(--st-text-color); }
.frame { border-radius: var(--st-base-radius); overflow: hidden; aspect-ratio: 1;
  background: var(--st-secondary-background-color); display: grid; place-items: center; }
.frame .face { display: block; width: 100%; height: 100%; object-fit: cover; }
.frame .none { display: none; color: var(--st-gray-text-color); padding: 1rem; }
.frame.bare { aspect-ratio: auto; } .frame.bare .face { display: none; }
.frame.bare .none { display: block; }
.line { display: flex; justify-content: space-between; align-items: center; gap: 0.6rem;
  margin-top: 0.6rem; flex-wrap: wrap; }
.quiet { color: var(--st-gray-text-color); font-size: 0.85rem; margin-top: 0.45rem; }
.quiet label { display: inline-flex; gap: 0.35rem; align-items: center; cursor: pointer; }
.place { font-variant-numeric: tabular-nums; }
input { accent-color: var(--st-primary-color); margin: 0; }
button { font: inherit; color: inherit; background: var(--st-background-color); cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
  padding: 0.38rem 0.75rem; }
button:hover:not(:disabled) { border-color: var(--st-primary-color); }
button:disabled { opacity: 0.45; cursor: default; }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
"""

_JS = r"""
const memory = new WeakMap()
// Where arrows always mean something else, and where they do for those who came by keyboard.
const TYPED = "input:not([type=checkbox]):not([type=radio]), textarea, select, [role=slider], " +
  "[contenteditable=true], [role=combobox], [role=listbox], [role=grid], .grid"
const CHOSEN = "[role=radiogroup], [role=tablist], [role=toolbar], [role=group]"

function paint(kept) {
  const { root, data } = kept
  const shown = data.around.find((face) => face.at === kept.at)
  const part = (name) => root.querySelector("." + name)
  if (shown) {
    const face = part("face")
    if (shown.src && face.getAttribute("src") !== shown.src) face.setAttribute("src", shown.src)
    face.alt = shown.alt
    part("frame").classList.toggle("bare", !shown.src)
  }
  part("place").textContent = data.n > 1 ? `${kept.at + 1} of ${data.n}` : ""
  part("previous").disabled = kept.at <= 0
  part("next").disabled = kept.at >= data.n - 1
  part("previous").hidden = part("next").hidden = data.n < 2
  part("size").textContent = data.size
  part("pixels").parentElement.hidden = !data.size
  part("face").style.imageRendering = part("pixels").checked ? "pixelated" : "auto"
}

function go(kept, by) {
  const at = Math.min(Math.max(kept.at + by, 0), kept.data.n - 1)
  if (at === kept.at) return
  kept.at = at
  paint(kept)
  kept.asked = { look: kept.data.look, at, time: performance.now() }
  kept.send("go", { look: kept.data.look, at })
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const root = parentElement.querySelector(".large")
  if (!root || !data) return
  let kept = memory.get(root)
  if (!kept) {
    kept = { root, at: data.at, asked: null, pointer: true }
    memory.set(root, kept)
    root.querySelector(".previous").onclick = () => go(kept, -1)
    root.querySelector(".next").onclick = () => go(kept, 1)
    root.querySelector(".pixels").onchange = () => paint(kept)
    const pressed = (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
      if (event.key === "Tab") kept.pointer = false
      // A button that went away, such as the way back, leaves the focus behind the dialog.
      const dialog = root.getRootNode().host?.closest("[role=dialog]") ?? root.closest("[role=dialog]")
      if (dialog && document.activeElement === document.body) {
        dialog.focus()
        if (event.key === "Escape") dialog.dispatchEvent(new KeyboardEvent("keydown", event))
      }
      if (!by || event.altKey || event.ctrlKey || event.metaKey) return
      const inside = event.composedPath().filter((part) => part instanceof Element)
      if (inside.some((part) => part.matches(TYPED))) return
      if (!kept.pointer && inside.some((part) => part.matches(CHOSEN))) return
      event.preventDefault()
      event.stopPropagation()
      go(kept, by)
    }
    const pointed = () => { kept.pointer = true }
    // Before anything else hears of it: what was chosen with the mouse keeps the focus, and the
    // next arrow is meant for the faces.
    window.addEventListener("keydown", pressed, true)
    window.addEventListener("pointerdown", pointed, true)
    kept.end = () => {
      window.removeEventListener("keydown", pressed, true)
      window.removeEventListener("pointerdown", pointed, true)
    }
  }
  kept.data = data
  kept.send = setTriggerValue
  // An answer to an older press of a key must not take the reader back.
  const late = kept.asked && kept.asked.look === data.look && kept.asked.at !== data.at &&
    performance.now() - kept.asked.time < 4000
  if (!late) { kept.at = data.at; kept.asked = null }
  for (const face of data.around) if (face.src) new Image().src = face.src
  paint(kept)
  return () => kept.end()
}
"""

_component = st.components.v2.component("softbio_face", html=_HTML, css=_CSS, js=_JS)


def picture(look: Look) -> None:
    """Show the face that is looked at, and let the reader go to the others."""
    faces = look.faces
    around = []
    for at in range(max(look.at - _AHEAD, 0), min(look.at + _AHEAD + 1, len(look.rows))):
        row = int(look.rows[at])
        name = str(faces.table["filename"].iloc[row])
        src = face_address(faces.path, faces.fingerprint, row) if faces.has_images else ""
        around.append({"at": at, "src": src, "alt": f"The face {name}"})
    size = f"{faces.size} × {faces.size} pixels, as the network sees it" if faces.has_images else ""
    _component(
        key=_KEY,
        data={"at": look.at, "n": len(look.rows), "around": around, "size": size, "look": id(look)},
        on_go_change=_moved,
    )


def _moved() -> None:
    asked: Any = (st.session_state.get(_KEY) or {}).get("go")
    look = current()
    if isinstance(asked, Mapping) and asked.get("look") == id(look):
        move_to(int(asked["at"]))
