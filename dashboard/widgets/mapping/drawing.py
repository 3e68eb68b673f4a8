"""How the map is drawn: shaders, buffers, colours, and how many points are drawn when.

Points are drawn by WebGL 2 in random order, so that no class hides another. Where so many lie in
sight that they would cover each other, their number is added up for each pixel and shown as
brightness, in the mean of their colours; zoomed in, they are points again.
"""

__all__ = ["DRAWING"]

DRAWING = r"""
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
"""
