"""The tagger: one face after the other, one key each; or many at once.

Everything happens in the browser, so that a face follows the other at once; what was said is sent
on the way. The component keeps its place until it is given another round, so that a repaint of
the page never moves a face under the reader's fingers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard.sprites import sprite_address
from dashboard.widgets.lab.rounds import Round
from dashboard.widgets.lab.tagger_look import CSS
from softbio.faces.faceset import FaceSet

__all__ = ["message_of", "tagger"]

_HTML = """<div class="tagger" tabindex="0" role="group">
<div class="line"><span class="question"></span><span class="count"></span></div>
<div class="bar" aria-hidden="true"><i></i></div>
<div class="stage">
<div class="face" role="img"></div>
<div class="answers">
<button class="yes" type="button" data-say="yes">Yes <kbd>y</kbd></button>
<button class="no" type="button" data-say="no">No <kbd>n</kbd></button>
<button class="unsure" type="button" data-say="unsure">Unsure <kbd>u</kbd></button>
<button class="back" type="button">Back <kbd>z</kbd></button>
</div>
</div>
<ul class="strip" role="list"></ul>
<ul class="tiles" role="list"></ul>
<div class="actions"><button class="rest" type="button"></button>
<button class="close" type="button">Learn from these now</button></div>
<p class="hint"></p>
<div class="unseen" role="status" aria-live="polite"></div>
</div>"""

_JS = r"""
const KEYS = { y: "yes", n: "no", u: "unsure" }
const MARKS = { yes: "✓", no: "✕", unsure: "?" }
const PATIENCE = 8000   // ms after which a closed round is told again
const memory = new WeakMap()

function cut(dom, data, index) {
  const column = index % data.columns, row = Math.floor(index / data.columns)
  dom.style.backgroundImage = `url("${data.sprite}")`
  dom.style.backgroundSize = `calc(${data.columns} * var(--tile)) calc(${data.rows} * var(--tile))`
  dom.style.backgroundPosition = `calc(${-column} * var(--tile)) calc(${-row} * var(--tile))`
}

function tell(kept, more = {}) {
  kept.seq += 1
  kept.send("told", {
    round: kept.data.round, seq: kept.seq, said: [...kept.said], closed: kept.closed, ...more,
  })
}

const tally = (kept, value) => [...kept.said.values()].filter((said) => said === value).length
const at = (kept) => `Face ${kept.at + 1} of ${kept.data.n}`
const spoken = (value) => value ?? "not told yet"

// The next face of which nothing was said, after this one or from the start; -1: there is none.
function following(kept) {
  for (let step = 1; step <= kept.data.n; step++) {
    const place = (kept.at + step) % kept.data.n
    if (!kept.said.has(place)) return place
  }
  return -1
}

function close(kept) {
  kept.closed = true
  kept.live.textContent = "Learning from what you said."
  clearTimeout(kept.timer)
  const round = kept.data.round
  kept.timer = setTimeout(() => {
    if (kept.closed && kept.data.round === round) tell(kept)
  }, PATIENCE)
}

function say(kept, value) {
  if (kept.closed) return
  const told = `Face ${kept.at + 1}: ${value}. `
  kept.said.delete(kept.at)   // what was said last stands last
  kept.said.set(kept.at, value)
  const next = following(kept)
  if (next < 0) close(kept)
  else { kept.at = next; kept.live.textContent = told + `${at(kept)}.` }
  draw(kept)
  tell(kept)
}

function back(kept) {
  if (kept.closed) return
  if (!kept.said.size) {
    if (!kept.data.before) return
    kept.closed = true
    draw(kept)
    tell(kept, { back: true })
    return
  }
  const place = [...kept.said.keys()].at(-1)
  kept.said.delete(place)
  kept.at = place
  kept.live.textContent = `Taken back. ${at(kept)}.`
  draw(kept)
  tell(kept)
}

function look(kept, place) {
  kept.at = (place + kept.data.n) % kept.data.n
  kept.live.textContent = `${at(kept)}: ${spoken(kept.said.get(kept.at))}.`
  draw(kept)
}

function toggle(kept, place, value) {
  if (kept.closed) return
  if (kept.said.get(place) === value) kept.said.delete(place)
  else kept.said.set(place, value)
  kept.live.textContent = `Face ${place + 1}: ${spoken(kept.said.get(place))}.`
  draw(kept)
  tell(kept)
}

function rest(kept) {
  if (kept.closed) return
  for (let place = 0; place < kept.data.n; place++) {
    if (!kept.said.has(place)) kept.said.set(place, "no")
  }
  close(kept)
  draw(kept)
  tell(kept)
}

function build(root, kept) {
  const part = (name) => root.querySelector(name)
  Object.assign(kept, {
    root, question: part(".question"), count: part(".count"), bar: part(".bar i"),
    stage: part(".stage"), face: part(".stage .face"), strip: part(".strip"),
    tiles: part(".tiles"), rest: part(".rest"), close: part(".close"), back: part(".back"),
    hint: part(".hint"), live: part("[aria-live]"), answers: root.querySelectorAll("[data-say]"),
  })
  // The focus stays where the keys are heard, wherever the mouse was.
  const stay = (act) => () => { act(); if (!kept.data.many) root.focus({ preventScroll: true }) }
  kept.answers.forEach((one) => { one.onclick = stay(() => say(kept, one.dataset.say)) })
  kept.back.onclick = stay(() => back(kept))
  kept.close.onclick = stay(() => {
    if (!kept.closed) { close(kept); draw(kept); tell(kept) }
  })
  kept.rest.onclick = () => rest(kept)
  kept.stage.onclick = (event) => { if (!event.target.closest("button")) root.focus() }
  root.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    const tile = event.target.closest?.(".tiles button")
    if (kept.data.many) {
      if (!tile || !KEYS[key]) return
      toggle(kept, +tile.dataset.place, KEYS[key])
    } else if (KEYS[key]) {
      if (event.repeat) return   // a key that is held down answers for one face only
      say(kept, KEYS[key])
    } else if (key === "z" || key === "Backspace") back(kept)
    else if (key === "ArrowRight") look(kept, kept.at + 1)
    else if (key === "ArrowLeft") look(kept, kept.at - 1)
    else return
    event.preventDefault()
  }
}

function thumbs(kept, list, click) {
  const { data } = kept
  list.replaceChildren(...Array.from({ length: data.n }, (_, place) => {
    const item = document.createElement("li")
    const button = document.createElement("button")
    button.type = "button"
    button.dataset.place = place
    // In the strip the arrow keys go from face to face, and Tab goes past it.
    if (!data.many) button.tabIndex = -1
    button.onclick = () => click(place)
    const face = document.createElement("span")
    face.className = "face"
    face.style.display = "block"
    cut(face, data, place)
    const mark = document.createElement("span")
    mark.className = "mark"
    mark.setAttribute("aria-hidden", "true")
    button.append(face, mark)
    item.append(button)
    return item
  }))
}

function begin(kept, data) {
  clearTimeout(kept.timer)
  const answered = kept.data && kept.closed
  Object.assign(kept, { data, said: new Map(data.said), closed: false, at: data.n - 1 })
  kept.at = Math.max(0, following(kept))
  kept.stage.hidden = kept.strip.hidden = data.many
  kept.tiles.hidden = kept.rest.hidden = !data.many
  kept.tiles.replaceChildren()
  kept.strip.replaceChildren()
  if (data.many) thumbs(kept, kept.tiles, (place) => toggle(kept, place, "yes"))
  else thumbs(kept, kept.strip, (place) => { look(kept, place); kept.root.focus() })
  kept.root.tabIndex = data.many ? -1 : 0
  kept.root.setAttribute("aria-label", data.many
    ? `Many faces: which of them are ${data.word}?`
    : `Tagging ${data.word}: y yes, n no, u unsure, z back, arrow keys to look at other faces`)
  kept.question.textContent = data.many ? `Which are “${data.word}”?` : `“${data.word}”?`
  kept.hint.textContent = data.many
    ? "Click those that are; u on a face that you cannot tell. One button answers for all others."
    : "Click the face or go there with Tab, then a key for each face. Arrow keys look at others."
  kept.live.textContent = (answered ? "Next round. " : "") + (data.many ? "" : `${at(kept)}.`)
  draw(kept)
  if (!data.many && document.activeElement === document.body) kept.root.focus({ preventScroll: true })
}

function draw(kept) {
  const { data, said, closed } = kept
  kept.root.toggleAttribute("data-waiting", closed)
  kept.root.setAttribute("aria-busy", closed)
  kept.count.textContent = closed ? "Learning …"
    : data.many ? `${tally(kept, "yes")} yes of ${data.n}`
    : `${at(kept)} · ${tally(kept, "yes")} yes, ${tally(kept, "no")} no` +
      (tally(kept, "unsure") ? `, ${tally(kept, "unsure")} unsure` : "")
  kept.bar.style.width = `${100 * said.size / data.n}%`
  if (!data.many) {
    cut(kept.face, data, kept.at)
    kept.face.setAttribute("aria-label", `${at(kept)}, ${spoken(said.get(kept.at))}`)
  }
  for (const button of (data.many ? kept.tiles : kept.strip).querySelectorAll("button")) {
    const place = +button.dataset.place
    const value = said.get(place)
    if (value) button.dataset.said = value
    else delete button.dataset.said
    button.querySelector(".mark").textContent = value ? MARKS[value] : ""
    button.setAttribute("aria-label", `Face ${place + 1}: ${spoken(value)}`)
    if (data.many) button.setAttribute("aria-pressed", value === "yes")
    else if (place === kept.at) button.setAttribute("aria-current", "true")
    else button.removeAttribute("aria-current")
  }
  const others = data.n - said.size
  kept.rest.textContent = others === data.n ? `None of the ${data.n} is`
    : others ? `The other ${others} are not` : "Learn from these"
  kept.close.hidden = data.many || !said.size
  kept.back.disabled = closed || !(said.size || data.before)
  kept.close.disabled = closed
  kept.rest.setAttribute("aria-disabled", closed)   // disabled, it would lose the focus
  kept.answers.forEach((one) => { one.disabled = closed })
  kept.root.dataset.round = data.round
  kept.root.dataset.at = kept.at
}

export default function (component) {
  const { data, parentElement, setStateValue } = component
  const root = parentElement.querySelector(".tagger")
  if (!root || !data) return
  let kept = memory.get(root)
  if (!kept) {
    kept = { seq: Date.now(), data: null }
    memory.set(root, kept)
    build(root, kept)
  }
  kept.send = setStateValue
  if (kept.data?.round !== data.round) begin(kept, data)
}
"""

_component = st.components.v2.component("softbio_tagger", html=_HTML, css=CSS, js=_JS)


def tagger(
    faces: FaceSet, asked: Round, *, many: bool, key: str, on_told: Callable[[], None]
) -> None:
    """Show a round of faces, or leave it as it stands where it is shown already.

    Parameters
    ----------
    faces : FaceSet
        With images.
    asked : Round
        At least one face.
    many : bool
        All faces side by side, of which some are clicked; else one after the other.
    on_told : callable
        Called when the reader has said something; `message_of` tells what.
    """
    sprite = sprite_address(faces.path, faces.fingerprint, asked.rows)
    _component(
        key=key,
        data={
            "round": f"{asked.id}{'-many' if many else ''}",
            "word": asked.word,
            "n": len(asked.rows),
            "many": many,
            "said": [[place, value] for place, value in asked.said.items()],
            "before": asked.before is not None and bool(asked.before.said),
            "sprite": sprite.address,
            "columns": sprite.columns,
            "rows": sprite.rows,
        },
        on_told_change=on_told,
    )


def message_of(key: str) -> tuple[str, Mapping[str, Any]]:
    """Return the round that the tagger's last message is about, and the message.

    Both empty before the first one.
    """
    state = st.session_state.get(key) or {}
    told: Any = state.get("told")
    if not isinstance(told, Mapping):
        return "", {}
    return str(told.get("round", "")).removesuffix("-many"), told
