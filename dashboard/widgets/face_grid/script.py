"""What the grid does in the browser: draw, move, select, tag, open.

The server hears of a selection when it has rested for a moment, and of a key or a click at once.
A repaint with the same faces keeps selection and focus; other faces drop the selection. Other
faces are drawn when their picture is there, so that turning a page does not flash.
"""

__all__ = ["HTML", "JS"]

HTML = """<div class="line"></div><ul class="grid" role="list"></ul>
<div class="unseen" role="status" aria-live="polite"></div>
"""

JS = r"""
const memory = new WeakMap()
const SIZE = "softbio.tile"   // how many times larger than usual the reader wants the tiles
const REST = 250              // ms that a selection rests before the server hears of it

function scale() {
  const kept = parseFloat(localStorage.getItem(SIZE))
  return kept >= 0.5 && kept <= 3 ? kept : 1
}

const tiles = (kept) => [...kept.list.querySelectorAll(".tile")]
const rowsOf = (kept, places) => [...places].sort((a, b) => a - b).map((at) => kept.data.faces[at].row)

function tell(kept, what, more) {
  kept.seq += 1
  kept.send(what, { ...more, faces: kept.data.id, seq: kept.seq })
}

function resize(kept) {
  kept.list.style.setProperty("--tile", Math.round(kept.data.tile * scale()) + "px")
  const slider = kept.line.querySelector("input")
  if (slider) slider.value = scale()
}

function say(kept, text) { kept.live.textContent = text }

function chosen(kept) { return kept.picked.size ? kept.picked : new Set([kept.at]) }

function show(kept) {
  const { data, picked } = kept
  for (const [at, tile] of tiles(kept).entries()) {
    tile.tabIndex = at === kept.at ? 0 : -1
    if (!data.selectable) continue
    tile.setAttribute("aria-pressed", picked.has(at))
    tile.querySelector(".pick").textContent = picked.has(at) ? "✓" : ""
  }
  const count = kept.line.querySelector(".count")
  if (count) {
    count.textContent = picked.size ? `${picked.size} selected` : "none selected"
    kept.line.querySelector(".clear").hidden = !picked.size
  }
}

function picking(kept) {
  clearTimeout(kept.timer)
  show(kept)
  say(kept, `${kept.picked.size} selected`)
  kept.timer = setTimeout(() => {
    tell(kept, "selection", { rows: rowsOf(kept, kept.picked) })
  }, REST)
}

function toggle(kept, at) {
  if (kept.picked.has(at)) kept.picked.delete(at)
  else kept.picked.add(at)
  kept.anchor = kept.at = at
  picking(kept)
}

function range(kept, at) {
  const [first, last] = [kept.anchor ?? kept.at, at].sort((a, b) => a - b)
  for (let place = first; place <= last; place++) kept.picked.add(place)
  kept.at = at
  picking(kept)
}

function clear(kept) {
  if (!kept.picked.size) return false
  kept.picked.clear()
  kept.anchor = null
  picking(kept)
  return true
}

function press(kept, letter) {
  clearTimeout(kept.timer)
  const places = chosen(kept)
  const what = kept.data.keys.find(([key]) => key === letter)[1]
  say(kept, `${what}: ${places.size === 1 ? "one face" : places.size + " faces"}`)
  tell(kept, "pressed", { letter, rows: rowsOf(kept, places) })
}

function open(kept, at) {
  kept.at = at
  show(kept)
  if (kept.data.opens) tell(kept, "opened", { row: kept.data.faces[at].row })
}

function perRow(kept) {
  const all = tiles(kept)
  const top = all[0].offsetTop
  const next = all.findIndex((tile) => tile.offsetTop !== top)
  return next < 0 ? all.length : next
}

function step(kept, key) {
  const last = kept.data.faces.length - 1
  const by = {
    ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow(kept), ArrowUp: -perRow(kept),
    PageDown: 4 * perRow(kept), PageUp: -4 * perRow(kept), Home: -last, End: last,
  }[key]
  return by === undefined ? null : Math.min(last, Math.max(0, kept.at + by))
}

function onkey(kept, event) {
  const { data } = kept
  const tile = event.target.closest?.(".tile")
  if (!tile || event.altKey || event.metaKey) return
  const letter = event.key.length === 1 ? event.key.toLowerCase() : ""
  const to = step(kept, event.key)
  if (event.ctrlKey) {
    if (letter !== "a" || !data.selectable) return
    data.faces.forEach((_, at) => kept.picked.add(at))
    picking(kept)
  } else if (to !== null) {
    if (event.shiftKey && data.selectable) {
      kept.anchor ??= kept.at
      range(kept, to)
    } else {
      kept.at = to
      kept.anchor = to
      show(kept)
    }
    tiles(kept)[to].focus()
  } else if (event.key === " " && data.selectable) toggle(kept, kept.at)
  else if (event.key === "Escape") { if (!clear(kept)) return }
  else if (event.key === "Enter") { if (!event.repeat) open(kept, kept.at) }
  else if (letter && data.keys.some(([key]) => key === letter)) {
    if (!event.repeat) press(kept, letter)
  } else return
  event.preventDefault()
  event.stopPropagation()
}

function tileOf(kept, face, at) {
  const { data } = kept
  const item = document.createElement("li")
  const tile = document.createElement("button")
  tile.type = "button"
  tile.className = "tile"
  tile.title = face.alt
  tile.setAttribute("aria-label", face.alt)
  const picture = document.createElement("span")
  picture.className = "face"
  if (data.sprite) {
    const column = at % data.columns, row = Math.floor(at / data.columns)
    const side = "var(--tile)"
    picture.style.backgroundImage = `url("${data.sprite}")`
    picture.style.backgroundSize = `${100 * data.columns}% ${100 * data.rows}%`
    const part = (place, many) => many > 1 ? 100 * place / (many - 1) : 0
    picture.style.backgroundPosition = `${part(column, data.columns)}% ${part(row, data.rows)}%`
  } else picture.textContent = face.name
  if (face.edge) {
    picture.dataset.edge = "1"
    picture.style.setProperty("--edge", face.edge)
  }
  tile.append(picture)
  const badge = (name, text) => {
    const node = document.createElement("span")
    node.className = name
    node.textContent = text
    node.setAttribute("aria-hidden", "true")
    tile.append(node)
  }
  if (face.mark) badge("mark", face.mark)
  if (data.selectable) badge("pick", "")
  if (face.caption) badge("caption", face.caption)
  tile.onclick = (event) => {
    tile.focus({ preventScroll: true })
    if (data.selectable && event.shiftKey) range(kept, at)
    else if (data.selectable &&
      (event.ctrlKey || event.metaKey || event.target.closest(".pick"))) toggle(kept, at)
    else open(kept, at)
  }
  tile.onfocus = () => { if (kept.at !== at) { kept.at = at; show(kept) } }
  item.append(tile)
  return item
}

function head(kept) {
  const { data } = kept
  const parts = []
  if (data.sizer) {
    const label = document.createElement("label")
    const slider = document.createElement("input")
    Object.assign(slider, { type: "range", min: 0.5, max: 3, step: 0.1, value: scale() })
    slider.oninput = () => {
      localStorage.setItem(SIZE, slider.value)
      window.dispatchEvent(new Event(SIZE))
    }
    label.append("Size of faces", slider)
    parts.push(label)
  }
  if (data.selectable) {
    const count = document.createElement("span")
    count.className = "count"
    const none = document.createElement("button")
    Object.assign(none, { type: "button", className: "clear", textContent: "Clear" })
    none.onclick = () => { clear(kept); tiles(kept)[kept.at]?.focus({ preventScroll: true }) }
    const both = document.createElement("span")
    both.append(count, " ", none)
    parts.push(both)
  }
  if (data.keys.length) {
    const keys = document.createElement("span")
    keys.className = "keys"
    for (const [letter, what] of data.keys) {
      const button = document.createElement("button")
      button.type = "button"
      const key = document.createElement("kbd")
      key.textContent = letter
      button.append(key, what)
      button.onclick = () => {
        if (kept.picked.size || !data.selectable) press(kept, letter)
        else say(kept, "Select faces first.")
      }
      keys.append(button)
    }
    parts.push(keys)
  }
  kept.line.replaceChildren(...parts)
}

function draw(kept, data) {
  const { root } = kept
  const same = kept.data?.id === data.id
  const focused = kept.list.contains(root.activeElement ?? document.activeElement)
  kept.data = data
  if (!same) {
    kept.picked = new Set()
    kept.at = 0
    kept.anchor = null
    clearTimeout(kept.timer)
  }
  kept.list.classList.toggle("names", !data.sprite)
  kept.list.setAttribute("aria-label", data.label)
  kept.list.replaceChildren(...data.faces.map((face, at) => tileOf(kept, face, at)))
  head(kept)
  resize(kept)
  show(kept)
  kept.list.dataset.faces = data.id
  if (focused) tiles(kept)[kept.at]?.focus({ preventScroll: true })
}

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component
  const list = parentElement.querySelector(".grid")
  if (!list || !data) return
  let kept = memory.get(list)
  if (!kept) {
    kept = {
      root: parentElement, list, line: parentElement.querySelector(".line"),
      live: parentElement.querySelector("[aria-live]"),
      seq: Date.now(), data: null, picked: new Set(), at: 0, anchor: null, timer: 0,
    }
    memory.set(list, kept)
    list.onkeydown = (event) => onkey(kept, event)
    kept.heard = () => resize(kept)
    window.addEventListener(SIZE, kept.heard)
  }
  const gone = () => {
    window.removeEventListener(SIZE, kept.heard)
    clearTimeout(kept.timer)
    memory.delete(list)
  }
  kept.send = (what, told) => (what === "selection" ? setStateValue : setTriggerValue)(what, told)
  if (kept.wanted === JSON.stringify(data)) return gone   // nothing is new
  kept.wanted = JSON.stringify(data)
  const wanted = kept.wanted
  const go = () => { if (kept.wanted === wanted) draw(kept, data) }
  if (!data.sprite || kept.data === null || kept.data.sprite === data.sprite) go()
  else {
    const picture = new Image()
    picture.src = data.sprite
    picture.decode().then(go, go)
  }
  return gone
}
"""
