"""Tables and small pictures that stay in place while their numbers change.

A part of the page is described as a tree of nodes. The browser brings what it
shows in line with the tree, node by node: nothing is torn down, so nothing
jumps, a focused cell stays focused, and bars glide. Text goes in as text, never
as markup, so that a group's name cannot become a script.

What a tree may ask for, by attributes:

- ``data-go`` on a link: a plain click tells Python the attribute's text in place
  of loading the address; with Ctrl, or by "open in a new tab", the address holds.
- ``data-tip``: a text that is shown on hover and on focus.
- ``data-sort`` on a button in a table's head: its column's number; the lines are
  sorted by their cells' ``data-v``, without asking Python.
"""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

__all__ = ["STYLE", "Node", "draw", "node", "to_html"]

#: ``[tag, attributes, *children]``, or text.
Node = list[Any] | str

_VOID = ("br", "hr", "circle", "line", "rect", "path")

STYLE = """
.root { font: 400 0.93rem/1.4 var(--st-font); color: var(--st-text-color); position: relative; }
table { font: inherit; color: inherit; }
a, button { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
.tip {
  position: fixed; z-index: 1000; max-width: 22rem; padding: 0.45rem 0.65rem; display: none;
  font-size: 0.85rem; line-height: 1.4; border-radius: 6px; pointer-events: none;
  background: var(--st-text-color); color: var(--st-background-color);
}
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.quiet { color: var(--st-gray-text-color); }
"""

_JS = r"""
const SVG = "http://www.w3.org/2000/svg"
const DRAWN = ["svg", "g", "line", "rect", "circle", "path"]
const memory = new WeakMap()

const isText = (node) => typeof node === "string"
const fits = (dom, node) =>
  isText(node)
    ? dom.nodeType === Node.TEXT_NODE
    : dom.nodeType === Node.ELEMENT_NODE && dom.localName === node[0] &&
      (dom.getAttribute("data-k") ?? "") === (node[1]["data-k"] ?? "")

function make(node) {
  if (isText(node)) return document.createTextNode(node)
  const dom = DRAWN.includes(node[0])
    ? document.createElementNS(SVG, node[0]) : document.createElement(node[0])
  adapt(dom, node)
  return dom
}

function adapt(dom, node) {
  if (isText(node)) {
    if (dom.data !== node) dom.data = node
    return
  }
  const [, attributes, ...children] = node
  for (const { name } of [...dom.attributes]) {
    // What the reader unfolded stays unfolded.
    const unfolded = name === "open" && dom.localName === "details"
    if (!(name in attributes) && !unfolded) dom.removeAttribute(name)
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (dom.getAttribute(name) !== value) dom.setAttribute(name, value)
  }
  children.forEach((child, index) => {
    const old = dom.childNodes[index]
    if (old && fits(old, child)) adapt(old, child)
    else if (old) dom.replaceChild(make(child), old)
    else dom.append(make(child))
  })
  while (dom.childNodes.length > children.length) dom.lastChild.remove()
}

const value = (row, column) => {
  const text = row.cells[column]?.dataset.v
  return text === undefined || text === "" ? null : Number.isNaN(+text) ? text : +text
}

function order(table, sorted) {
  const body = table.tBodies[0]
  if (!body) return
  const rows = [...body.rows]
  const place = (row) => +row.dataset.i
  rows.sort((one, other) => {
    if (!sorted) return place(one) - place(other)
    const [a, b] = [value(one, sorted.column), value(other, sorted.column)]
    if (a === null || b === null) return (a === null) - (b === null) || place(one) - place(other)
    const by = isText(a) || isText(b) ? String(a).localeCompare(String(b)) : a - b
    return sorted.down ? -by : by
  })
  if (rows.some((row, index) => row !== body.rows[index])) body.append(...rows)
  for (const head of table.tHead?.rows[0]?.cells ?? []) {
    const mine = sorted && head.cellIndex === sorted.column
    if (mine) head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending")
    else head.removeAttribute("aria-sort")
  }
}

function listen(root, kept) {
  const tip = kept.tip
  let about = null
  const place = () => {
    if (!about?.isConnected) return hide()
    const box = about.getBoundingClientRect()
    const below = box.bottom + 6 + tip.offsetHeight < window.innerHeight
    tip.style.top = `${below ? box.bottom + 6 : box.top - 6 - tip.offsetHeight}px`
    const right = document.documentElement.clientWidth - tip.offsetWidth - 8
    tip.style.left = `${Math.max(8, Math.min(box.left, right))}px`
  }
  // What the keyboard is at keeps its tip when the page moves under a resting mouse.
  const focused = () => {
    const active = root.getRootNode().activeElement
    return active?.matches(":focus-visible") ? active.closest("[data-tip]") : null
  }
  const show = (event) => {
    about = event.target.closest?.("[data-tip]") ?? focused()
    if (!about) return hide()
    tip.textContent = about.dataset.tip
    tip.style.display = "block"
    place()
  }
  const hide = () => { about = null; tip.style.display = "none" }
  // Focus may scroll its element into sight, and the tip goes with it.
  const follow = () => { if (about) place() }
  root.onmouseover = show
  root.addEventListener("focusin", show)
  root.addEventListener("focusout", hide)
  root.onmouseleave = () => { if (about !== focused()) hide() }
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") hide() })
  window.addEventListener("scroll", follow, { capture: true, passive: true })
  kept.end = () => window.removeEventListener("scroll", follow, { capture: true })
  root.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-go]")
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault()
      kept.go("go", link.dataset.go)
      return
    }
    const button = event.target.closest?.("button[data-sort]")
    if (!button) return
    const table = button.closest("table")
    const column = +button.dataset.sort
    const before = kept.sorted.get(table.dataset.k)
    // First the largest, then the smallest, then the order of the page.
    if (before?.column !== column) kept.sorted.set(table.dataset.k, { column, down: true })
    else if (before.down) kept.sorted.set(table.dataset.k, { column, down: false })
    else kept.sorted.delete(table.dataset.k)
    order(table, kept.sorted.get(table.dataset.k))
  })
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const root = parentElement.querySelector(".root")
  if (!root || !data) return
  let kept = memory.get(root)
  if (!kept) {
    kept = { sorted: new Map(), tip: document.createElement("div") }
    kept.tip.className = "tip"
    kept.tip.setAttribute("aria-hidden", "true")
    root.after(kept.tip)
    memory.set(root, kept)
    listen(root, kept)
  }
  kept.go = setTriggerValue
  const focused = root.getRootNode().activeElement
  root.querySelectorAll("table").forEach((table) => order(table, null))
  adapt(root, ["div", { class: "root" }, ...data.tree])
  root.querySelectorAll("table").forEach((table) => order(table, kept.sorted.get(table.dataset.k)))
  if (focused?.isConnected && root.contains(focused)) focused.focus({ preventScroll: true })
  return () => kept.end()
}
"""

_components: dict[str, Any] = {}


def node(tag: str, attributes: dict[str, Any] | None = None, /, *children: Node) -> list[Any]:
    """Return an element; attributes that are None are left out, True means present.

    Examples
    --------
    >>> to_html(node("b", {"title": "a < b", "hidden": None}, "x & y"))
    '<b title="a &lt; b">x &amp; y</b>'
    """
    plain = {
        name: "" if value is True else str(value)
        for name, value in (attributes or {}).items()
        if value is not None and value is not False
    }
    return [tag, plain, *children]


def to_html(tree: Node) -> str:
    """Return a tree as HTML; text and attributes are escaped."""
    if isinstance(tree, str):
        return escape(tree, quote=False)
    tag, attributes, *children = tree
    inside = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    if tag in _VOID:
        return f"<{tag}{inside}/>"
    return f"<{tag}{inside}>{''.join(map(to_html, children))}</{tag}>"


def draw(name: str, tree: list[Node], *, style: str, key: str) -> str | None:
    """Show a tree, or bring what is shown in line with it.

    Parameters
    ----------
    name : str
        What kind of part it is; each kind has one `style`.
    tree : list of Node
        The outermost nodes.
    style : str
        CSS; it reaches this part alone.

    Returns
    -------
    str or None
        The ``data-go`` of a link that was clicked just now.
    """
    if name not in _components:
        _components[name] = st.components.v2.component(
            f"softbio_{name}", html='<div class="root"></div>', css=STYLE + style, js=_JS
        )
    result = _components[name](key=key, data={"tree": tree}, on_go_change=_nothing)
    clicked = result.go
    return None if clicked is None else str(clicked)


def _nothing() -> None:
    """Streamlit tells of a trigger only where it has something to call."""
