"""What the tagger does in the browser.

Nothing in it knows what is asked: the answers, their keys and all texts come with the round.
"""

from __future__ import annotations

__all__ = ["HTML", "JS"]

HTML = """<div class="tagger" tabindex="0" role="group">
<div class="line"><span class="question"></span><span class="count"></span></div>
<div class="bar" aria-hidden="true"><i></i></div>
<div class="stage">
<div class="face" role="img"></div>
<div class="answers">
<button type="button" data-say></button>
<button type="button" data-say></button>
<button type="button" data-say></button>
<button class="back" type="button">Back <kbd>z</kbd></button>
</div>
<dl class="facts"></dl>
</div>
<ul class="strip" role="list"></ul>
<ul class="tiles" role="list"></ul>
<div class="actions"><button class="rest" type="button"></button>
<button class="close" type="button"></button></div>
<p class="hint"></p>
<div class="unseen" role="status" aria-live="polite"></div>
</div>"""

JS = r"""
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

// What can be said of a face: the answers that stand for it, the one of a key, the one of a value.
const answers = ({ data }, place) => data.answers[data.which[place]]
const keyed = (kept, place, key) => answers(kept, place).find((one) => one.keys.includes(key))
const meant = (kept, place) => answers(kept, place).find(
  (one) => one.value === kept.said.get(place))
const at = ({ data, at }) => `Face ${data.first + at + 1} of ${data.total}`
const spoken = (kept, place) => meant(kept, place)?.spoken ?? "not told yet"

// How many faces got which kind of answer, in this round and before it.
function tally(kept, kind) {
  let n = kept.data.counted[kind] ?? 0
  for (const place of kept.said.keys()) n += meant(kept, place)?.kind === kind
  return n
}

function tallies(kept) {
  const { data } = kept, told = []
  data.kinds.forEach((kind, index) => {
    const n = tally(kept, kind)
    if (n || index < 2) told.push(`${n} ${kind}`)
  })
  return told.join(", ")
}

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
  kept.live.textContent = kept.data.texts.heard
  clearTimeout(kept.timer)
  const round = kept.data.round
  kept.timer = setTimeout(() => {
    if (kept.closed && kept.data.round === round) tell(kept)
  }, PATIENCE)
}

function say(kept, value) {
  if (kept.closed) return
  kept.said.delete(kept.at)   // what was said last stands last
  kept.said.set(kept.at, value)
  const told = `Face ${kept.data.first + kept.at + 1}: ${spoken(kept, kept.at)}. `
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
  kept.live.textContent = `${at(kept)}: ${spoken(kept, kept.at)}.`
  draw(kept)
}

function toggle(kept, place, value) {
  if (kept.closed) return
  if (kept.said.get(place) === value) kept.said.delete(place)
  else kept.said.set(place, value)
  kept.live.textContent = `Face ${place + 1}: ${spoken(kept, place)}.`
  draw(kept)
  tell(kept)
}

function rest(kept) {
  if (kept.closed) return
  for (let place = 0; place < kept.data.n; place++) {
    if (!kept.said.has(place)) kept.said.set(place, answers(kept, place)[1].value)
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
    hint: part(".hint"), live: part("[aria-live]"), facts: part(".facts"), buttons: root.querySelectorAll("[data-say]"),
  })
  // The focus stays where the keys are heard, wherever the mouse was.
  const stay = (act) => () => { act(); if (!kept.data.many) root.focus({ preventScroll: true }) }
  kept.buttons.forEach((one) => { one.onclick = stay(() => say(kept, one.dataset.say)) })
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
      const answer = tile && keyed(kept, +tile.dataset.place, key)
      if (!answer) return
      toggle(kept, +tile.dataset.place, answer.value)
    } else if (keyed(kept, kept.at, key)) {
      if (event.repeat) return   // a key that is held down answers for one face only
      say(kept, keyed(kept, kept.at, key).value)
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
  kept.root.dataset.facts = Math.max(...data.facts.map((facts) => facts.length))
  kept.tiles.hidden = kept.rest.hidden = !data.many
  kept.tiles.replaceChildren()
  kept.strip.replaceChildren()
  if (data.many) thumbs(kept, kept.tiles, (place) => toggle(kept, place, answers(kept, place)[0].value))
  else thumbs(kept, kept.strip, (place) => { look(kept, place); kept.root.focus() })
  kept.root.tabIndex = data.many ? -1 : 0
  kept.root.setAttribute("aria-label", data.texts.name)
  kept.question.textContent = data.texts.question
  kept.hint.textContent = data.texts.hint
  kept.close.textContent = data.texts.close
  kept.live.textContent = (answered ? "Next round. " : "") + (data.many ? "" : `${at(kept)}.`)
  draw(kept)
  if (!data.many && document.activeElement === document.body) kept.root.focus({ preventScroll: true })
}

// The answers to the face that is shown, and what is known of it.
function offer(kept) {
  const answer = meant(kept, kept.at)
  answers(kept, kept.at).forEach((one, index) => {
    const button = kept.buttons[index], key = document.createElement("kbd")
    key.textContent = one.keys[0]
    button.replaceChildren(`${one.label} `, key)
    button.dataset.say = one.value
    button.className = one.tone
    button.toggleAttribute("data-chosen", one === answer)
  })
  kept.facts.replaceChildren(...kept.data.facts[kept.at].flatMap(([name, value]) =>
    [["dt", name], ["dd", value]].map(([tag, text]) => {
      const dom = document.createElement(tag)
      dom.textContent = text
      return dom
    })))
}

function draw(kept) {
  const { data, said, closed } = kept
  kept.root.toggleAttribute("data-waiting", closed)
  kept.root.setAttribute("aria-busy", closed)
  kept.count.textContent = closed ? data.texts.waiting
    : data.many ? `${tally(kept, data.kinds[0])} ${data.kinds[0]} of ${data.n}`
    : `${at(kept)} · ${tallies(kept)}`
  kept.bar.style.width = `${100 * (data.first + said.size) / data.total}%`
  if (!data.many) {
    cut(kept.face, data, kept.at)
    kept.face.setAttribute("aria-label", `${at(kept)}, ${spoken(kept, kept.at)}`)
    offer(kept)
  }
  for (const button of (data.many ? kept.tiles : kept.strip).querySelectorAll("button")) {
    const place = +button.dataset.place
    const answer = meant(kept, place)
    if (answer) button.dataset.said = answer.tone
    else delete button.dataset.said
    button.querySelector(".mark").textContent = answer?.mark ?? ""
    button.setAttribute("aria-label", `Face ${data.first + place + 1}: ${spoken(kept, place)}`)
    if (data.many) button.setAttribute("aria-pressed", answer === answers(kept, place)[0])
    else if (place === kept.at) button.setAttribute("aria-current", "true")
    else button.removeAttribute("aria-current")
  }
  const others = data.n - said.size
  kept.rest.textContent = others === data.n ? `None of the ${data.n} is`
    : others ? `The other ${others} are not` : "Learn from these"
  kept.close.hidden = data.many || !said.size || !data.texts.close
  kept.back.disabled = closed || !(said.size || data.before)
  kept.close.disabled = closed
  kept.rest.setAttribute("aria-disabled", closed)   // disabled, it would lose the focus
  kept.buttons.forEach((one) => { one.disabled = closed })
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
