"""What the browser does with mean maps: paint, fade, outline bands, tell which one was clicked."""

__all__ = ["CSS", "HTML", "JS"]

HTML = """<div class="looks">
<div class="tools">
<label class="strength">Overlay <input type="range" min="0" max="100" step="1" value="70">
<output>70 %</output></label>
<label class="outlined"><input type="checkbox"> Outline the bands</label>
<div class="legend" role="img"><span class="least"></span><canvas></canvas><span class="most">
</span><span class="unit"></span></div>
</div>
<div class="rows"></div>
</div>"""

CSS = """
.looks { font: 400 0.9rem/1.4 var(--st-font); color: var(--st-text-color);
  container-type: inline-size; }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1.6rem;
  margin-bottom: 0.8rem; }
.tools label { display: flex; align-items: center; gap: 0.6rem; cursor: pointer; }
.tools input { accent-color: var(--st-primary-color); }
.strength input { width: 9rem; }
.strength output { font-variant-numeric: tabular-nums; min-width: 3rem; }
.legend { display: flex; flex-wrap: wrap; align-items: center; gap: 0.15rem 0.5rem;
  font-variant-numeric: tabular-nums; font-size: 0.85rem; }
.legend canvas { width: 9rem; height: 0.75rem; border-radius: 2px; background: #8a8a8a; }
.legend .unit { color: var(--st-gray-text-color); }
.row h3 { font: 600 0.95rem/1.3 var(--st-font); margin: 0.7rem 0 0.35rem; }
.maps { display: grid; grid-template-columns: repeat(4, minmax(0, 13rem)); gap: 0.7rem;
  list-style: none; margin: 0; padding: 0; }
@container (max-width: 560px) { .maps { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.maps b { display: block; font-weight: 500; font-size: 0.87rem; margin-bottom: 0.25rem; }
.maps small { display: block; color: var(--st-gray-text-color); font-size: 0.82rem;
  margin-top: 0.25rem; }
.map { position: relative; display: block; width: 100%; aspect-ratio: 1; padding: 0; border: 0;
  border-radius: var(--st-base-radius); overflow: hidden; cursor: pointer;
  background: var(--st-secondary-background-color); }
.map:disabled { cursor: default; }
.map img, .map canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.map[aria-pressed=true]::after { content: ""; position: absolute; inset: 0; border-radius: inherit;
  box-shadow: inset 0 0 0 3px var(--st-primary-color); }
.none { position: absolute; inset: 0; display: grid; place-items: center;
  color: var(--st-gray-text-color); font-size: 0.85rem; }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
"""

JS = r"""
const FOR = [213, 94, 0], AGAINST = [14, 132, 200]
const kept = { strength: 70, outlined: false }   // as long as the page lives
const picks = new WeakMap()

const make = (tag, name, text) => {
  const dom = document.createElement(tag)
  if (name) dom.className = name
  if (text) dom.textContent = text
  return dom
}
const decoded = (text) =>
  new Int8Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer)

function paint(canvas, values, width, height) {
  canvas.width = width
  canvas.height = height
  const image = new ImageData(width, height)
  values.forEach((value, place) => {
    image.data.set(value < 0 ? AGAINST : FOR, 4 * place)
    image.data[4 * place + 3] = Math.round((255 * Math.abs(value)) / 127)
  })
  canvas.getContext("2d").putImageData(image, 0, 0)
}

function outline(canvas, bands, width, height) {
  const ZOOM = 4
  canvas.width = width * ZOOM
  canvas.height = height * ZOOM
  const pen = canvas.getContext("2d")
  const path = new Path2D()
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const here = bands[row * width + column]
      if (column + 1 < width && bands[row * width + column + 1] !== here) {
        path.moveTo((column + 1) * ZOOM, row * ZOOM)
        path.lineTo((column + 1) * ZOOM, (row + 1) * ZOOM)
      }
      if (row + 1 < height && bands[(row + 1) * width + column] !== here) {
        path.moveTo(column * ZOOM, (row + 1) * ZOOM)
        path.lineTo((column + 1) * ZOOM, (row + 1) * ZOOM)
      }
    }
  }
  for (const [colour, wide] of [["#000000", 3.2], ["#ffffff", 1.3]]) {
    pen.strokeStyle = colour
    pen.lineWidth = wide
    pen.stroke(path)
  }
}

function tile(map, bands, pick) {
  const item = make("li"), button = make("button", "map")
  button.type = "button"
  button.dataset.name = map.name
  button.setAttribute("aria-label", `${map.name}: ${map.note}. Show these faces`)
  if (map.face) {
    const face = make("img"), values = make("canvas", "values"), lines = make("canvas", "lines")
    face.src = map.face
    face.alt = ""
    paint(values, decoded(map.values), map.width, map.height)
    outline(lines, bands, map.width, map.height)
    button.append(face, values, lines)
    button.onclick = () => pick(map.name)
  } else {
    button.disabled = true
    button.append(make("span", "none", "no faces"))
  }
  item.append(make("b", "", map.title), button, make("small", "", map.note))
  return item
}

export default function (component) {
  const { data, parentElement, setStateValue } = component
  const root = parentElement.querySelector(".looks")
  if (!root || !data) return
  const slider = root.querySelector(".strength input")
  const box = root.querySelector(".outlined input")
  const state = picks.get(root) ?? { name: null }
  picks.set(root, state)
  const show = () => {
    kept.strength = +slider.value
    kept.outlined = box.checked
    root.querySelector("output").textContent = `${slider.value} %`
    root.querySelectorAll(".values, .legend canvas.ramp").forEach((canvas) => {
      canvas.style.opacity = slider.value / 100
    })
    root.querySelectorAll(".lines").forEach((canvas) => { canvas.hidden = !box.checked })
  }
  const mark = () => root.querySelectorAll("button.map").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.name === state.name))
  })
  const pick = (name) => {
    state.name = state.name === name ? null : name
    mark()
    setStateValue("picked", state.name)
  }
  const bands = decoded(data.bands)
  const focused = root.getRootNode().activeElement?.dataset?.name
  const rows = data.rows.map((row) => {
    const section = make("div", "row"), list = make("ul", "maps")
    list.setAttribute("role", "list")
    list.setAttribute("aria-label", `Mean maps of ${row.name}`)
    list.append(...row.maps.map((map) => tile(map, bands, pick)))
    section.append(make("h3", "", row.name), list)
    return section
  })
  root.querySelector(".rows").replaceChildren(...rows)
  const ramp = root.querySelector(".legend canvas")
  const steps = 128
  const low = data.signed ? -127 : 0
  paint(ramp, Int8Array.from({ length: steps }, (_, at) => low + ((127 - low) * at) / (steps - 1)),
    steps, 1)
  const least = data.signed ? `−${data.most}` : "0"
  root.querySelector(".least").textContent = least
  root.querySelector(".most").textContent = data.most
  root.querySelector(".unit").textContent = data.unit
  root.querySelector(".legend").setAttribute("aria-label",
    `Colours: from ${least} to ${data.most} ${data.unit}; orange speaks for label 1` +
    (data.signed ? ", blue against it" : ""))
  slider.value = kept.strength
  box.checked = kept.outlined
  slider.oninput = box.onchange = show
  mark()
  show()
  if (focused) root.querySelector(`button[data-name="${CSS.escape(focused)}"]`)?.focus()
}
"""
