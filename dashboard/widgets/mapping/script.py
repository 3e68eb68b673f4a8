"""What the map does in the browser: draw, pan, zoom, point, select.

Points are drawn by WebGL 2 in random order, so that no class hides another. Where so many lie in
sight that they would cover each other, their number is added up for each pixel and shown as
brightness, in the mean of their colours; zoomed in, they are points again. Selecting is done here
too, and the server hears of rows alone.
"""

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

JS = r"""
const memory = new WeakMap()
const CROWD = 0.12        // points a pixel in sight from which their number is shown
const CELLS = 256         // cells of the index, each way
const NEAR = 9            // pixels within which the pointer is on a point

const POINT_VERTEX = `#version 300 es
in vec2 place; in float colour; in float picked;
uniform vec2 centre, scale; uniform float size, dim; uniform sampler2D palette;
out vec4 shade;
void main() {
  gl_Position = vec4((place - centre) * scale, 0.0, 1.0);
  vec4 own = texelFetch(palette, ivec2(int(colour), 0), 0);
  shade = vec4(own.rgb, own.a * (picked > 0.5 ? 1.0 : dim));
  gl_PointSize = own.a == 0.0 ? 0.0 : size * (picked > 0.5 ? 1.5 : 1.0);
}`
const POINT_FRAGMENT = `#version 300 es
precision mediump float;
in vec4 shade; out vec4 pixel;
void main() {
  float from = length(gl_PointCoord - 0.5) * 2.0;
  if (from > 1.0) discard;
  float alpha = shade.a * (1.0 - smoothstep(0.7, 1.0, from));
  pixel = vec4(shade.rgb * alpha, alpha);
}`
const CROWD_FRAGMENT = `#version 300 es
precision mediump float;
in vec4 shade; out vec4 pixel;
void main() { if (shade.a == 0.0) discard; pixel = vec4(shade.rgb, 1.0) * shade.a / 16.0; }`
const WHOLE_VERTEX = `#version 300 es
in vec2 place; out vec2 at;
void main() { at = place * 0.5 + 0.5; gl_Position = vec4(place, 0.0, 1.0); }`
const WHOLE_FRAGMENT = `#version 300 es
precision highp float;
in vec2 at; out vec4 pixel; uniform sampler2D sums; uniform float gain;
void main() {
  vec4 sum = texture(sums, at);
  if (sum.a == 0.0) { pixel = vec4(0.0); return; }
  float alpha = clamp(0.12 + log(1.0 + gain * sum.a * 16.0) / log(1.0 + gain * 40.0), 0.0, 1.0);
  pixel = vec4(sum.rgb / sum.a * alpha, alpha);
}`

function program(gl, vertex, fragment) {
  const made = gl.createProgram()
  for (const [kind, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind)
    gl.shaderSource(shader, text)
    gl.compileShader(shader)
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) {
      throw new Error(gl.getShaderInfoLog(shader))
    }
    gl.attachShader(made, shader)
  }
  gl.bindAttribLocation(made, 0, "place")
  gl.bindAttribLocation(made, 1, "colour")
  gl.bindAttribLocation(made, 2, "picked")
  gl.linkProgram(made)
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(made))
  const at = (name) => gl.getUniformLocation(made, name)
  return { made, centre: at("centre"), scale: at("scale"), size: at("size"), dim: at("dim"),
    palette: at("palette"), sums: at("sums"), gain: at("gain") }
}

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))

function start(kept) {
  const gl = kept.canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true })
  if (!gl) return false
  kept.gl = gl
  kept.points = program(gl, POINT_VERTEX, POINT_FRAGMENT)
  kept.adds = !!gl.getExtension("EXT_color_buffer_float") ||
    !!gl.getExtension("EXT_color_buffer_half_float")
  kept.crowd = program(gl, POINT_VERTEX, CROWD_FRAGMENT)
  kept.whole = program(gl, WHOLE_VERTEX, WHOLE_FRAGMENT)
  kept.buffers = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer()]
  kept.corners = gl.createBuffer()
  gl.bindBuffer(gl.ARRAY_BUFFER, kept.corners)
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW)
  kept.palette = gl.createTexture()
  kept.sums = gl.createTexture()
  kept.frame = gl.createFramebuffer()
  return true
}

function load(kept, data) {
  const { gl } = kept
  if (kept.placed !== data.points) {
    kept.placed = data.points
    kept.xy = new Uint16Array(bytes(data.points).buffer)
    kept.rows = new Uint32Array(bytes(data.rows).buffer)
    kept.n = kept.rows.length
    kept.picked = new Uint8Array(kept.n)
    kept.count = 0
    kept.view = { x: 0.5, y: 0.5, zoom: 1 }
    kept.few = 60000
    gl.bindBuffer(gl.ARRAY_BUFFER, kept.buffers[0])
    gl.bufferData(gl.ARRAY_BUFFER, kept.xy, gl.STATIC_DRAW)
    gl.bindBuffer(gl.ARRAY_BUFFER, kept.buffers[2])
    gl.bufferData(gl.ARRAY_BUFFER, kept.picked, gl.DYNAMIC_DRAW)
    index(kept)
  }
  if (kept.coloured !== data.colours || kept.about !== data.about) {
    kept.coloured = data.colours
    kept.about = data.about
    kept.colour = bytes(data.colours)
    kept.shown = new Uint8Array(256).fill(1)
    gl.bindBuffer(gl.ARRAY_BUFFER, kept.buffers[1])
    gl.bufferData(gl.ARRAY_BUFFER, kept.colour, gl.STATIC_DRAW)
  }
  legend(kept, data)
  paint(kept, data)
}

function index(kept) {
  const starts = new Uint32Array(CELLS * CELLS + 1)
  const cell = (at) => (kept.xy[2 * at] >> 8) + CELLS * (kept.xy[2 * at + 1] >> 8)
  for (let at = 0; at < kept.n; at++) starts[cell(at) + 1]++
  for (let one = 0; one < CELLS * CELLS; one++) starts[one + 1] += starts[one]
  const fill = starts.slice(), members = new Uint32Array(kept.n)
  for (let at = 0; at < kept.n; at++) members[fill[cell(at)]++] = at
  Object.assign(kept, { starts, members })
}

function paint(kept, data) {
  const { gl } = kept
  const colours = new Uint8Array(256 * 4)
  data.palette.forEach((hex, at) => {
    for (let part = 0; part < 3; part++) {
      colours[4 * at + part] = parseInt(hex.slice(1 + 2 * part, 3 + 2 * part), 16)
    }
    colours[4 * at + 3] = kept.shown[at] ? 255 : 0
  })
  gl.bindTexture(gl.TEXTURE_2D, kept.palette)
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colours)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
  later(kept)
}

function legend(kept, data) {
  const box = kept.root.querySelector(".legend")
  box.setAttribute("aria-label", `Colours: ${data.title}`)
  const title = document.createElement("span")
  title.textContent = data.title + ":"
  if (data.ramp) {
    const bar = document.createElement("span")
    bar.className = "ramp"
    const ramp = data.palette.slice(0, -1)   // the last one is of what is not known
    const few = ramp.filter((_, at) => at % 16 === 0 || at === ramp.length - 1)
    bar.style.background = `linear-gradient(to right, ${few.join(",")})`
    const ends = data.ramp.map((text) => {
      const end = document.createElement("span")
      end.textContent = text
      return end
    })
    box.replaceChildren(title, ends[0], bar, ends[1])
    return
  }
  const totals = new Uint32Array(256)
  for (const one of kept.colour) totals[one]++
  const buttons = data.names.map((name, at) => {
    const button = document.createElement("button")
    button.type = "button"
    const dot = document.createElement("i")
    dot.style.background = data.palette[at]
    button.append(dot, `${name} ${totals[at].toLocaleString("en")}`)
    button.setAttribute("aria-pressed", kept.shown[at] === 1)
    button.onclick = () => {
      kept.shown[at] = 1 - kept.shown[at]
      button.setAttribute("aria-pressed", kept.shown[at] === 1)
      paint(kept, data)
    }
    return button
  })
  box.replaceChildren(title, ...buttons)
}

// How the unit square of the map goes to the window, in parts of half its sides.
function scales(kept) {
  const { width, height } = kept.canvas
  const side = Math.min(width, height) * 0.94 * kept.view.zoom
  return [2 * side / width, 2 * side / height, side]
}

// While the map moves, only as many points are drawn as keep it smooth. They lie in random order,
// so the first of them are a fair sample; at rest all are drawn.
function budget(kept) {
  const now = performance.now()
  const took = now - (kept.before ?? now)
  kept.before = now
  if (!kept.moving) return kept.n
  if (took > 40 && took < 1000) kept.few = Math.max(6000, kept.few * 0.7)
  else if (took > 0 && took < 24) kept.few = Math.min(kept.n, kept.few * 1.15)
  return Math.min(kept.n, Math.round(kept.few))
}

function moves(kept) {
  kept.moving = true
  clearTimeout(kept.resting)
  kept.resting = setTimeout(() => { kept.moving = false; later(kept) }, 160)
  later(kept)
}

function draw(kept) {
  kept.waiting = 0
  const drawn = budget(kept)
  const { gl, canvas, view } = kept
  if (!gl || !kept.n || gl.isContextLost()) return
  const ratio = Math.min(window.devicePixelRatio || 1, 2)
  const width = Math.round(canvas.clientWidth * ratio)
  const height = Math.round(canvas.clientHeight * ratio)
  if (!width || !height) return
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  const [across, up, side] = scales(kept)
  const inSight = Math.min(1, width / side) * Math.min(1, height / side)
  const crowded = kept.adds && kept.n / (side * side) * Math.min(1, 1 / inSight) > CROWD &&
    !kept.count
  gl.viewport(0, 0, width, height)
  gl.clearColor(0, 0, 0, 0)
  gl.enable(gl.BLEND)
  const use = (one) => {
    gl.useProgram(one.made)
    const types = [[2, gl.UNSIGNED_SHORT, true], [1, gl.UNSIGNED_BYTE, false],
      [1, gl.UNSIGNED_BYTE, false]]
    types.forEach(([many, type, unit], at) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, kept.buffers[at])
      gl.enableVertexAttribArray(at)
      gl.vertexAttribPointer(at, many, type, unit, 0, 0)
    })
    gl.uniform2f(one.centre, view.x, view.y)
    gl.uniform2f(one.scale, across, up)
    gl.uniform1f(one.dim, kept.count ? 0.18 : 0.85)
    gl.activeTexture(gl.TEXTURE0)
    gl.bindTexture(gl.TEXTURE_2D, kept.palette)
    gl.uniform1i(one.palette, 0)
  }
  const room = side / Math.sqrt(kept.n)
  const size = ratio * Math.min(9, Math.max(2.2, 0.55 * room / ratio + 1.4))
  if (crowded) {
    gl.bindTexture(gl.TEXTURE_2D, kept.sums)
    if (kept.summed !== `${width},${height}`) {
      kept.summed = `${width},${height}`
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA16F, width, height, 0, gl.RGBA, gl.HALF_FLOAT, null)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, kept.frame)
    gl.framebufferTexture2D(
      gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, kept.sums, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.blendFunc(gl.ONE, gl.ONE)
    use(kept.crowd)
    gl.uniform1f(kept.crowd.size, Math.max(2, 2 * ratio))
    gl.drawArrays(gl.POINTS, 0, drawn)
    gl.bindFramebuffer(gl.FRAMEBUFFER, null)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    gl.useProgram(kept.whole.made)
    gl.disableVertexAttribArray(1)
    gl.disableVertexAttribArray(2)
    gl.bindBuffer(gl.ARRAY_BUFFER, kept.corners)
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0)
    gl.bindTexture(gl.TEXTURE_2D, kept.sums)
    gl.uniform1i(kept.whole.sums, 0)
    gl.uniform1f(kept.whole.gain, Math.max(0.05, side * side / drawn / 4))
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
  } else {
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    use(kept.points)
    gl.uniform1f(kept.points.size, size)
    gl.drawArrays(gl.POINTS, 0, drawn)
  }
  kept.root.dataset.drawn = crowded ? "crowd" : "points"
  kept.frames = (kept.frames || 0) + 1
  kept.root.dataset.frames = kept.frames
}

function later(kept) { kept.waiting ||= requestAnimationFrame(() => draw(kept)) }

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
