"""What a reader does with the map: pan, zoom, point, select; over `dashboard.widgets.mapping.drawing`.

Selecting is done in the browser, and the server hears of rows alone.
"""

from dashboard.widgets.mapping.drawing import DRAWING

__all__ = ["HTML", "JS"]

HTML = """<div class="map" data-mode="move">
<div class="bar">
<button type="button" data-mode="move">Move</button>
<button type="button" data-mode="lasso">Lasso</button>
<button type="button" data-mode="box">Rectangle</button>
<button type="button" class="in" aria-label="Zoom in">+</button>
<button type="button" class="out" aria-label="Zoom out">−</button>
<button type="button" class="home">Whole map</button>
<button type="button" class="sight">Select all in sight</button>
<button type="button" class="none">Select none</button>
</div>
<div class="stage">
<canvas class="points" tabindex="0" role="application"></canvas>
<canvas class="trace" aria-hidden="true"></canvas>
<div class="tip" hidden><img alt=""><span></span></div>
</div>
<div class="legend" role="group"></div>
<p class="note"></p>
<div class="unseen" role="status" aria-live="polite"></div>
</div>
"""

JS = (
    DRAWING
    + r"""
// From the window's pixels to the map's unit square, and back.
function toMap(kept, x, y) {
  const box = kept.canvas.getBoundingClientRect()
  const [across, up] = scales(kept)
  return [
    kept.view.x + (2 * (x - box.left) / box.width - 1) / across,
    kept.view.y + (1 - 2 * (y - box.top) / box.height) / up,
  ]
}

function perPixel(kept) {
  const box = kept.canvas.getBoundingClientRect()
  return 2 / scales(kept)[0] / box.width
}

function zoom(kept, by, x, y) {
  const box = kept.canvas.getBoundingClientRect()
  x ??= box.left + box.width / 2
  y ??= box.top + box.height / 2
  const [px, py] = toMap(kept, x, y)
  const before = kept.view.zoom
  kept.view.zoom = Math.min(400, Math.max(0.6, before * by))
  const share = before / kept.view.zoom
  kept.view.x = px + (kept.view.x - px) * share
  kept.view.y = py + (kept.view.y - py) * share
  moves(kept)
}

function nearest(kept, x, y) {
  const [px, py] = toMap(kept, x, y)
  const reach = NEAR * perPixel(kept)
  const first = (value) => Math.max(0, Math.floor((value - reach) * CELLS))
  const last = (value) => Math.min(CELLS - 1, Math.floor((value + reach) * CELLS))
  let best = -1, least = reach * reach
  for (let row = first(py); row <= last(py); row++) {
    for (let column = first(px); column <= last(px); column++) {
      const cell = column + CELLS * row
      for (let place = kept.starts[cell]; place < kept.starts[cell + 1]; place++) {
        const at = kept.members[place]
        if (!kept.shown[kept.colour[at]]) continue
        const dx = kept.xy[2 * at] / 65535 - px, dy = kept.xy[2 * at + 1] / 65535 - py
        if (dx * dx + dy * dy < least) { least = dx * dx + dy * dy; best = at }
      }
    }
  }
  return best
}

function inside(polygon, x, y) {
  let odd = false
  for (let at = 0, last = polygon.length - 1; at < polygon.length; last = at++) {
    const [ax, ay] = polygon[at], [bx, by] = polygon[last]
    if ((ay > y) !== (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax) odd = !odd
  }
  return odd
}

function pick(kept, polygon, add) {
  if (!add) { kept.picked.fill(0); kept.count = 0 }
  const xs = polygon.map(([x]) => x), ys = polygon.map(([, y]) => y)
  const [left, right] = [Math.min(...xs), Math.max(...xs)]
  const [low, high] = [Math.min(...ys), Math.max(...ys)]
  for (let at = 0; at < kept.n; at++) {
    const x = kept.xy[2 * at] / 65535, y = kept.xy[2 * at + 1] / 65535
    if (x < left || x > right || y < low || y > high || kept.picked[at]) continue
    if (kept.shown[kept.colour[at]] && inside(polygon, x, y)) { kept.picked[at] = 1; kept.count++ }
  }
  told(kept)
}

function told(kept) {
  const { gl } = kept
  gl.bindBuffer(gl.ARRAY_BUFFER, kept.buffers[2])
  gl.bufferData(gl.ARRAY_BUFFER, kept.picked, gl.DYNAMIC_DRAW)
  const rows = new Uint32Array(kept.count)
  let place = 0
  for (let at = 0; at < kept.n; at++) if (kept.picked[at]) rows[place++] = kept.rows[at]
  const raw = new Uint8Array(rows.buffer)
  let text = ""
  for (let at = 0; at < raw.length; at += 8192) {
    text += String.fromCharCode(...raw.subarray(at, at + 8192))
  }
  kept.live.textContent = `${kept.count} faces selected`
  kept.root.dataset.selected = kept.count
  kept.send("selected", { rows: btoa(text), about: kept.data.id })
  later(kept)
}

function trace(kept, points, closed) {
  const { line } = kept
  const box = line.getBoundingClientRect()
  const ratio = window.devicePixelRatio || 1
  Object.assign(line, { width: box.width * ratio, height: box.height * ratio })
  const pen = line.getContext("2d")
  pen.scale(ratio, ratio)
  if (!points.length) return
  pen.beginPath()
  points.forEach(([x, y], at) => pen[at ? "lineTo" : "moveTo"](x - box.left, y - box.top))
  if (closed) pen.closePath()
  pen.strokeStyle = getComputedStyle(kept.root).color
  pen.lineWidth = 2
  pen.stroke()
  pen.globalAlpha = 0.08
  pen.fillStyle = pen.strokeStyle
  pen.fill()
}

function tip(kept, event) {
  const { tip, data } = kept
  const at = event ? nearest(kept, event.clientX, event.clientY) : -1
  kept.over = at
  kept.canvas.style.cursor = at >= 0 && kept.root.dataset.mode === "move" ? "pointer" : ""
  if (at < 0) { tip.hidden = true; return }
  const box = kept.canvas.getBoundingClientRect()
  const image = tip.querySelector("img")
  image.hidden = !data.picture
  const wanted = data.picture.replace("ROW", kept.rows[at])
  if (data.picture && image.getAttribute("src") !== wanted) image.src = wanted
  const name = data.ramp ? "" : data.names[kept.colour[at]]
  tip.querySelector("span").textContent = name
  tip.hidden = false
  const x = event.clientX - box.left, y = event.clientY - box.top
  tip.style.left = `${Math.min(box.width - 96, x + 14)}px`
  tip.style.top = `${y > box.height / 2 ? y - 118 : y + 14}px`
}

function mode(kept, name) {
  kept.root.dataset.mode = name
  kept.root.querySelectorAll(".bar [data-mode]").forEach((button) => {
    button.setAttribute("aria-pressed", button.dataset.mode === name)
  })
}

function listen(kept) {
  const { canvas, root } = kept
  const part = (name) => root.querySelector(name)
  root.querySelectorAll(".bar [data-mode]").forEach((button) => {
    button.onclick = () => mode(kept, button.dataset.mode)
  })
  mode(kept, "move")
  part(".in").onclick = () => zoom(kept, 1.5)
  part(".out").onclick = () => zoom(kept, 1 / 1.5)
  part(".home").onclick = () => { kept.view = { x: 0.5, y: 0.5, zoom: 1 }; later(kept) }
  part(".none").onclick = () => { kept.picked.fill(0); kept.count = 0; told(kept) }
  part(".sight").onclick = () => sight(kept)
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault()
    zoom(kept, Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.clientX,
      event.clientY)
  }, { passive: false })
  const held = new Map()
  let drag = null, apart = 0
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId)
    held.set(event.pointerId, [event.clientX, event.clientY])
    const at = [event.clientX, event.clientY]
    drag = held.size > 1 ? null
      : { from: at, last: at, path: [at], moved: 0, how: root.dataset.mode, add: event.shiftKey }
    if (held.size > 1) { trace(kept, []); apart = 0 }
    tip(kept, null)
    canvas.focus({ preventScroll: true })
  }
  canvas.onpointermove = (event) => {
    if (!held.has(event.pointerId)) { if (event.pointerType !== "touch") tip(kept, event); return }
    held.set(event.pointerId, [event.clientX, event.clientY])
    if (held.size === 2) {
      const [[ax, ay], [bx, by]] = [...held.values()]
      const now = Math.hypot(ax - bx, ay - by)
      if (apart) zoom(kept, now / apart, (ax + bx) / 2, (ay + by) / 2)
      apart = now
      return
    }
    if (!drag) return
    const [x, y] = [event.clientX, event.clientY]
    drag.moved += Math.hypot(x - drag.last[0], y - drag.last[1])
    if (drag.how === "move") {
      const unit = perPixel(kept)
      kept.view.x -= (x - drag.last[0]) * unit
      kept.view.y += (y - drag.last[1]) * unit
      moves(kept)
    } else if (drag.how === "lasso") {
      drag.path.push([x, y])
      trace(kept, drag.path, true)
    } else {
      const [fx, fy] = drag.from
      drag.path = [[fx, fy], [x, fy], [x, y], [fx, y]]
      trace(kept, drag.path, true)
    }
    drag.last = [x, y]
  }
  const up = (event) => {
    held.delete(event.pointerId)
    apart = 0
    const done = drag
    drag = null
    trace(kept, [])
    if (!done || event.type === "pointercancel") return
    if (done.moved < 5) {
      const at = nearest(kept, ...done.from)
      if (at >= 0) kept.once("opened", { row: kept.rows[at], about: kept.data.id, at: Date.now() })
    } else if (done.how !== "move" && done.path.length > 2) {
      pick(kept, done.path.map(([x, y]) => toMap(kept, x, y)), done.add)
    }
  }
  canvas.onpointerup = canvas.onpointercancel = up
  canvas.onpointerleave = () => tip(kept, null)
  canvas.onkeydown = (event) => {
    const by = 0.1 / kept.view.zoom
    const steps = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, by],
      ArrowDown: [0, -by] }
    if (steps[event.key]) {
      kept.view.x += steps[event.key][0]
      kept.view.y += steps[event.key][1]
      moves(kept)
    } else if (event.key === "+" || event.key === "=") zoom(kept, 1.5)
    else if (event.key === "-") zoom(kept, 1 / 1.5)
    else if (event.key === "0") part(".home").onclick()
    else if (event.key === "Enter") sight(kept)
    else if (event.key === "Escape") part(".none").onclick()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
}

function sight(kept) {
  const box = kept.canvas.getBoundingClientRect()
  const corners = [[box.left, box.top], [box.right, box.top], [box.right, box.bottom],
    [box.left, box.bottom]]
  pick(kept, corners.map(([x, y]) => toMap(kept, x, y)), false)
}

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component
  const root = parentElement.querySelector(".map")
  if (!root || !data) return
  let kept = memory.get(root)
  if (!kept) {
    kept = {
      root, canvas: root.querySelector(".points"), line: root.querySelector(".trace"),
      tip: root.querySelector(".tip"), live: root.querySelector("[aria-live]"), waiting: 0,
    }
    memory.set(root, kept)
    const note = root.querySelector(".note")
    if (!start(kept)) {
      root.querySelector(".stage").hidden = true
      note.textContent = "This browser has no WebGL 2, which the map is drawn with. " +
        "Use the page's part Browse instead."
      kept.broken = true
      return
    }
    note.textContent = "Drag to move, wheel or pinch to zoom, click a face to open it. With Shift " +
      "a lasso adds. By keyboard: arrows, + and −, 0 for the whole map, Enter selects what is in " +
      "sight, Escape nothing."
    listen(kept)
    new ResizeObserver(() => later(kept)).observe(kept.canvas)
  }
  kept.send = setStateValue
  kept.once = setTriggerValue
  if (kept.broken) return
  kept.data = data
  kept.canvas.setAttribute("aria-label", data.label)
  const wanted = [data.id, data.about].join()
  if (kept.wanted !== wanted) { kept.wanted = wanted; load(kept, data) }
}
"""
)
