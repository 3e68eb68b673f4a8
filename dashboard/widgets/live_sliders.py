"""Sliders that answer while they are dragged.

Streamlit's own slider tells its value when it is let go. These tell it on the
way, one value at a time: the next one leaves when the page has been repainted
for the last one, so that a slow page is never flooded and a fast one follows
the hand. They are the browser's own range inputs, with a box for the exact
number beside each: keyboard and screen reader work as everywhere.

The page mounts them *after* what depends on them has been drawn (in a container
that stands further up): their answer is the sign that the repaint is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

__all__ = ["Slider", "Sliders"]

_CSS = """
.sliders { font: 400 0.93rem/1.35 var(--st-font); color: var(--st-text-color);
  display: flex; flex-direction: column; gap: 0.55rem; }
.one { display: grid; grid-template-columns: minmax(0, 1fr) 4.9rem; gap: 0 0.7rem;
  align-items: center; }
.one label { grid-column: 1 / -1; display: flex; gap: 0.4rem; align-items: baseline;
  font-size: 0.88rem; }
.one label i { width: 0.7em; height: 0.7em; border-radius: 2px; background: var(--edge); }
.one label i:not([style]) { display: none; }
.one label small { color: var(--st-gray-text-color); font-size: 0.82rem; margin-left: auto; }
input { font: inherit; color: inherit; }
.track { position: relative; display: flex; align-items: center; height: 1.7rem; }
input[type=range] { width: 100%; margin: 0; accent-color: var(--st-primary-color);
  cursor: pointer; position: relative; }
.ghost { position: absolute; width: 2px; height: 1rem; top: 0.35rem; border-radius: 1px;
  background: var(--st-gray-text-color); pointer-events: none; }
input[type=number] { box-sizing: border-box; width: 100%; padding: 0.22rem 0.35rem;
  font-variant-numeric: tabular-nums; background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color); border-radius: 6px; }
input:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
@media (pointer: coarse) { input[type=range] { height: 2rem; } }
"""

_JS = r"""
const PAUSE = 8         // ms: gathers what one key press or one movement does
const PATIENCE = 3000   // ms: an answer that does not come must not lock the sliders
const memory = new WeakMap()

function make(root, name, kept) {
  const one = document.createElement("div")
  one.className = "one"
  one.dataset.name = name
  const label = document.createElement("label")
  const [mark, title, note] = ["i", "span", "small"].map((tag) => document.createElement(tag))
  label.append(mark, title, note)
  const track = document.createElement("div")
  track.className = "track"
  const range = document.createElement("input")
  range.type = "range"
  const ghost = document.createElement("span")
  ghost.className = "ghost"
  track.append(ghost, range)
  const box = document.createElement("input")
  box.type = "number"
  one.append(label, track, box)
  range.id = `range_${name.replace(/\W/g, "_")}`
  label.htmlFor = range.id
  // The exact value: the range rounds to its step, which a value from elsewhere need not obey.
  const told = (settled) => {
    one.current = +range.value
    kept.pending = { settled }
    pump(kept)
  }
  range.oninput = () => { box.value = range.value; told(false) }
  range.onchange = () => { box.value = range.value; told(true) }
  range.onpointerdown = () => { kept.held = true }
  range.onpointerup = range.onpointercancel = () => { kept.held = false }
  box.onchange = () => {
    const wanted = box.value === "" ? +range.value : +box.value
    range.value = Math.min(+range.max, Math.max(+range.min, wanted))
    box.value = range.value
    told(true)
  }
  kept.all.set(name, one)
  return Object.assign(one, { range, box, mark, said: title, note, ghost })
}

function pump(kept) {
  clearTimeout(kept.timer)
  if (!kept.pending) return
  const waited = performance.now() - kept.sentAt
  if (kept.waiting && waited < PATIENCE) {
    kept.timer = setTimeout(() => pump(kept), PATIENCE - waited)
    return
  }
  kept.timer = setTimeout(() => {
    const values = {}
    for (const [name, one] of kept.all) values[name] = one.current
    kept.seq += 1
    kept.waiting = true
    kept.sentAt = performance.now()
    kept.send("moved", { seq: kept.seq, settled: kept.pending.settled, values })
    kept.pending = null
  }, PAUSE)
}

export default function (component) {
  const { data, parentElement, setStateValue } = component
  const root = parentElement.querySelector(".sliders")
  if (!root || !data) return
  let kept = memory.get(root)
  if (!kept) {
    kept = { all: new Map(), seq: data.seq, sentAt: 0, held: false }
    memory.set(root, kept)
  }
  kept.send = setStateValue
  if (data.seq >= kept.seq) { kept.waiting = false; kept.seq = data.seq }
  root.setAttribute("role", "group")
  root.setAttribute("aria-label", data.label)
  const names = data.sliders.map((slider) => slider.name)
  for (const [name, one] of kept.all) {
    if (!names.includes(name)) { one.remove(); kept.all.delete(name) }
  }
  const idle = !kept.pending && !kept.waiting && !kept.held
  for (const slider of data.sliders) {
    let one = kept.all.get(slider.name)
    if (!one) {
      one = make(root, slider.name, kept)
      root.append(one)
      one.fresh = true
    }
    one.said.textContent = slider.label
    if (slider.colour) one.mark.style.setProperty("--edge", slider.colour)
    one.note.textContent = slider.note
    for (const input of [one.range, one.box]) {
      input.min = slider.low
      input.max = slider.high
      input.step = slider.step
      input.disabled = data.disabled
      if (slider.help) input.title = slider.help
    }
    one.box.setAttribute("aria-label", `${slider.label}, exact value`)
    if (idle || one.fresh) {
      one.current = slider.value
      if (+one.range.value !== slider.value) one.range.value = slider.value
      if (one.box.value !== String(slider.value)) one.box.value = slider.value
    }
    one.fresh = false
    const shown = slider.ghost !== null && slider.ghost !== slider.value
    one.ghost.style.display = shown ? "block" : "none"
    if (shown) {
      const share = (slider.ghost - slider.low) / (slider.high - slider.low)
      // The thumb is 16 px wide, and its middle never reaches the ends.
      one.ghost.style.left = `calc(8px + ${share} * (100% - 16px) - 1px)`
    }
  }
  root.dataset.seq = data.seq
  if (kept.pending) pump(kept)
}
"""

_component = st.components.v2.component(
    "softbio_sliders", html='<div class="sliders"></div>', css=_CSS, js=_JS
)


@dataclass(frozen=True)
class Slider:
    """One slider.

    Attributes
    ----------
    name, label : str
    value, low, high, step : float
    help : str
        Shown on hover.
    note : str
        A short remark at the right of the label, as "no shift".
    colour : str
        A CSS colour of a mark before the label, or empty.
    ghost : float or None
        Where it stood before; a thin line there.
    """

    name: str
    label: str
    value: float
    low: float
    high: float
    step: float
    help: str = ""
    note: str = ""
    colour: str = ""
    ghost: float | None = None


class Sliders:
    """A set of sliders that move together: read first, mounted when the page has been drawn.

    Parameters
    ----------
    key : str
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self._handled = f"{key}_handled"

    def moved(self) -> tuple[Mapping[str, float], bool] | None:
        """Return what the reader moved them to since the last call, and whether they were let go.

        None: they were not moved.
        """
        state = st.session_state.get(self.key) or {}
        told: Any = state.get("moved")
        if not told or told["seq"] <= st.session_state.get(self._handled, 0):
            return None
        st.session_state[self._handled] = told["seq"]
        values = {str(name): float(value) for name, value in told["values"].items()}
        return values, bool(told["settled"])

    def mount(self, sliders: Sequence[Slider], *, label: str, disabled: bool = False) -> None:
        """Show them; call it when everything that depends on them has been drawn."""
        _component(
            key=self.key,
            data={
                "seq": st.session_state.get(self._handled, 0),
                "label": label,
                "disabled": disabled,
                "sliders": [asdict(slider) for slider in sliders],
            },
            on_moved_change=_nothing,
        )


def _nothing() -> None:
    """Streamlit keeps a state only where it has something to call."""
