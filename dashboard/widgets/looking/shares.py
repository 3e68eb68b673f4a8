"""Tables of bands: each cell's shares beside what a uniform map would give, and gaps of groups."""

from __future__ import annotations

from dashboard.theme import group_colours
from dashboard.widgets.interval_bars import BARS_STYLE, Axis, Mark, axis_of, bars
from dashboard.widgets.nodes import Node, draw, node
from dashboard.widgets.numbers import count
from softbio.audit.looking import BANDS, LooksBy, SampledLooks

__all__ = ["gap_table", "share_table"]

_STYLE = (
    BARS_STYLE
    + """
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.3rem 1rem 0.3rem 0; vertical-align: top;
  border-bottom: 1px solid var(--st-border-color); white-space: nowrap; }
thead th { font-weight: 600; vertical-align: bottom; }
thead small { display: block; font-weight: 400; color: var(--st-gray-text-color); }
tbody th { font-weight: 450; }
.number { text-align: right; }
td, .number { font-variant-numeric: tabular-nums; }
td .range { color: var(--st-gray-text-color); font-size: 0.85rem; margin-left: 0.3rem; }
"""
)


def share_table(sampled: SampledLooks, found: LooksBy, *, key: str) -> None:
    """Show what share of its evidence each cell has in each band, as text and as dots.

    A ring stands where a map would be that is the same everywhere.
    """
    colours = group_colours(sampled.groups)
    marks = [
        [
            Mark(cell.share[band], cell.low[band], cell.high[band], colours[cell.group],
                 ghost=found.areas[band])
            for band in range(len(BANDS))
        ]
        for cell in found.cells
    ]  # fmt: skip
    axis = axis_of([mark for line in marks for mark in line], "share")
    heads: list[Node] = [
        node("th", {"scope": "col"}, "Faces"),
        node("th", {"scope": "col", "class": "number"}, "n"),
        node("th", {"scope": "col", "class": "number"}, "Strength"),
    ]
    heads += [
        node(
            "th", {"scope": "col"}, _capital(name),
            node("small", {}, f"○ {100 * found.areas[band]:.0f} % of the frame"),
        )
        for band, name in enumerate(BANDS)
    ]  # fmt: skip
    lines: list[Node] = []
    for cell, line in zip(found.cells, marks, strict=True):
        of = sampled.of[cell.group, cell.label, cell.right]
        lines.append(
            node(
                "tr", {},
                node("th", {"scope": "row"}, _capital(cell.name)),
                node("td", {"class": "number"}, f"{count(cell.n)} of {count(of)}"),
                node("td", {"class": "number"}, _small(cell.strength)),
                *(_figure(mark, axis) for mark in line),
            )
        )  # fmt: skip
    _table("Share of the evidence in each band", heads, lines, key)


def gap_table(found: LooksBy, *, key: str) -> None:
    """Show how much more of its evidence one group has in each band than another."""
    marks = [
        [Mark(gap.gap[band], gap.low[band], gap.high[band]) for band in range(len(BANDS))]
        for gap in found.gaps
    ]
    axis = axis_of([mark for line in marks for mark in line], "share", signed=True)
    heads: list[Node] = [
        node("th", {"scope": "col"}, name) for name in ("Groups", "Faces", *map(_capital, BANDS))
    ]
    lines: list[Node] = [
        node(
            "tr", {},
            node("th", {"scope": "row"}, f"{_capital(gap.first)} − {gap.second}"),
            node("td", {}, f"label {gap.label}, predicted {gap.prediction}"),
            *(_figure(mark, axis, signed=True) for mark in line),
        )
        for gap, line in zip(found.gaps, marks, strict=True)
    ]  # fmt: skip
    _table("Differences between groups, in points", heads, lines, key)


def _table(label: str, heads: list[Node], lines: list[Node], key: str) -> None:
    table = node(
        "div", {"class": "wide", "tabindex": "0", "role": "region", "aria-label": label},
        node(
            "table", {},
            node("thead", {}, node("tr", {}, *heads)),
            node("tbody", {}, *lines),
        ),
    )  # fmt: skip
    draw("band_shares", [table], style=_STYLE, key=key)


def _figure(mark: Mark, axis: Axis, *, signed: bool = False) -> Node:
    if mark.value != mark.value:
        return node("td", {}, "–")
    text = f"{100 * mark.value:+.0f}".replace("-", "−") if signed else f"{100 * mark.value:.0f} %"
    inside: list[Node] = [text]
    if mark.low == mark.low:
        ends = f"{100 * mark.low:.0f} to {100 * mark.high:.0f}".replace("-", "−")
        inside.append(node("span", {"class": "range"}, f"({ends})"))
    return node("td", {}, *inside, bars([mark], axis, ends=False))


def _small(value: float) -> str:
    return "–" if value != value else f"{value:.2g}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
