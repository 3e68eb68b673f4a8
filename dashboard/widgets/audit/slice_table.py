"""The table of slices: a line each, in words and as a formula, with rates and interval bars."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from dashboard.theme import group_colours
from dashboard.widgets.interval_bars import BARS_STYLE, Axis, Mark, axis_of, bars
from dashboard.widgets.nodes import Node, draw, node
from dashboard.widgets.numbers import count, p_value, percent, points
from softbio.audit.slices import ALL, AuditedSlices, Slice

__all__ = ["name_of", "slice_table"]

_STYLE = (
    BARS_STYLE
    + """
.scroll { overflow-x: auto; max-width: 100%; position: relative; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.28rem 0.55rem; text-align: right; vertical-align: top; white-space: nowrap;
  border-bottom: 1px solid var(--st-border-color); font-variant-numeric: tabular-nums; }
thead th { vertical-align: bottom; font-weight: 600; }
th:first-child { text-align: left; padding-left: 0; white-space: normal; min-width: 15rem; }
th:nth-child(2), td.of { text-align: left; }
tbody th { font-weight: 450; }
tr.chosen th:first-child > a { font-weight: 700; }
th > a { text-decoration-color: var(--st-border-color); text-underline-offset: 3px; }
code { font-size: 0.8rem; font-family: var(--st-code-font); overflow-wrap: anywhere;
  color: var(--st-gray-text-color); display: block; }
td i.of { display: inline-block; width: 0.65em; height: 0.65em; border-radius: 2px;
  margin-right: 0.4em; background: var(--edge); }
td small { display: block; color: var(--st-gray-text-color); }
td.bar { min-width: 7rem; padding-top: 0.4rem; }
@media (max-width: 600px) {
  th, td { padding: 0.26rem 0.35rem; } th:first-child { min-width: 10rem; }
}
"""
)


def name_of(line: Slice) -> str:
    """Return what a slice is called in the address: its group, and its formula."""
    return f"{line.group}: {line.formula}"


def slice_table(
    audited: AuditedSlices, lines: Sequence[Slice], chosen: str, *, key: str
) -> str | None:
    """Show slices.

    Parameters
    ----------
    lines : sequence of Slice
        At least one.
    chosen : str
        The `name_of` the slice whose faces are shown.

    Returns
    -------
    str or None
        The name of the slice that the reader chose just now.
    """
    found = audited.slices
    colours = group_colours(tuple(one.group for one in found.scopes if one.group != ALL))
    # From 0 on, so that a bar's place tells how much worse the slice is.
    axis = axis_of([Mark(0.0), *(_mark(line) for line in lines)], "share")
    heads = [
        _head("Slice", "All faces for which this holds. A click shows them."),
        _head("Of", "The group whose faces these are; each slice is compared with the rest of it."),
        _head("Faces", "Faces of the slice"),
        _head("Wrong", f"How many of them are {audited.errors}"),
        _head("Rate", "Their share of the slice"),
        _head("Others", "The same share of the other faces of the group"),
        _head("Worse by", f"The difference in points, with its {100 * found.level:g} % interval"),
        node("th", {"scope": "col"}, node("span", {"class": "unseen"}, "Interval")),
        _head(
            "p",
            "The chance that so large a difference, or a larger one, stands anywhere among the "
            f"{count(found.tested)} slices that were tested, if errors did not heed attributes "
            "(Fisher's exact test, Holm's correction).",
        ),
    ]
    if found.by == "person":
        heads.insert(3, _head("People", "People on these faces"))
    rows = [
        _row(audited, line, colours, axis, chosen, ends=place == len(lines) - 1)
        for place, line in enumerate(lines)
    ]
    table = node("table", {}, node("thead", {}, node("tr", {}, *heads)), node("tbody", {}, *rows))
    region = {
        "class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Slices, worst first",
    }  # fmt: skip
    return draw("slices", [node("div", region, table)], style=_STYLE, key=key)


def _row(
    audited: AuditedSlices,
    line: Slice,
    colours: dict[str, str],
    axis: Axis,
    chosen: str,
    *,
    ends: bool,
) -> Node:
    name = name_of(line)
    words = audited.words(line)
    link = node("a", {"href": f"?errors=slices&slice={quote(name)}", "data-go": name}, words)
    formula = [] if audited.clustered else [node("code", {}, str(line.formula))]
    colour = colours.get(line.group, "")
    square = [node("i", {"class": "of", "style": f"--edge:{colour}"})] if colour else []
    cells = [
        node("th", {"scope": "row"}, link, *formula),
        node("td", {"class": "of"}, *square, line.group),
        node("td", {}, count(line.n)),
        node("td", {}, count(line.errors)),
        node("td", {}, percent(line.rate)),
        node("td", {}, percent(line.rest)),
        node(
            "td", {}, points(line.effect),
            node("small", {}, f"{points(line.low)} to {points(line.high)}"),
        ),
        node("td", {"class": "bar"}, bars([_mark(line, colour)], axis, ends=ends)),
        node("td", {}, p_value(line.p_holm)),
    ]  # fmt: skip
    if audited.slices.by == "person":
        cells.insert(3, node("td", {}, count(line.people)))
    return node("tr", {"data-k": name, "class": "chosen" if name == chosen else ""}, *cells)


def _mark(line: Slice, colour: str = "") -> Mark:
    return Mark(line.effect, line.low, line.high, colour)


def _head(text: str, told: str) -> Node:
    term = node("span", {"tabindex": "0", "data-tip": told, "aria-description": told}, text)
    return node("th", {"scope": "col"}, term)
