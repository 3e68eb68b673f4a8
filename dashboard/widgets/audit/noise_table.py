"""The noise of the labels: a line for each group and direction, with interval bars."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.theme import group_colours
from dashboard.widgets.interval_bars import BARS_STYLE, Axis, Mark, axis_of, bars
from dashboard.widgets.nodes import Node, draw, node
from dashboard.widgets.numbers import count, figure, interval
from softbio.audit.label_issues import NoiseRate, Rate

__all__ = ["noise_table"]

_STYLE = (
    BARS_STYLE
    + """
.scroll { overflow-x: auto; max-width: 100%; position: relative; }
table { border-collapse: collapse; width: 100%; margin-bottom: 0.4rem; }
th, td { padding: 0.32rem 0.6rem; text-align: right; vertical-align: top;
  border-bottom: 1px solid var(--st-border-color); font-variant-numeric: tabular-nums; }
thead th { vertical-align: bottom; font-weight: 600; }
th:first-child { text-align: left; padding-left: 0; }
tbody th { font-weight: 450; }
th i { display: inline-block; width: 0.65em; height: 0.65em; border-radius: 2px;
  margin-right: 0.4em; background: var(--edge); }
td b { font-weight: 600; white-space: nowrap; }
td small { display: block; white-space: nowrap; color: var(--st-gray-text-color); }
td.bar { min-width: 7rem; padding-top: 0.45rem; }
@media (max-width: 600px) { th, td { padding: 0.3rem 0.35rem; } td.bar { min-width: 5rem; } }
"""
)

_HEADS = (
    ("Labels", "Their group, the label that they have, and the one that they should have"),
    ("Faces", "Faces with this label that were audited"),
    ("Flagged", "Faces whose label looks wrong by itself"),
    ("Wrong", "How many of these labels are estimated to be wrong"),
    ("Share of those labelled so", "Of the faces with this label, those whose label is wrong"),
    ("", ""),
    (
        "Share of those truly other",
        "Of the faces that truly have the other label, those that got this one",
    ),
    ("", ""),
)


def noise_table(noise: Sequence[NoiseRate], level: float, key: str) -> None:
    """Show how many labels are estimated to be wrong, by group and direction.

    Parameters
    ----------
    noise : sequence of NoiseRate
    level : float
        Of the intervals.
    """
    groups = tuple(dict.fromkeys(rate.group for rate in noise))
    colours = group_colours(groups)
    # From 0, so that a bar's place can be compared with that of any other table.
    wrong = axis_of([Mark(0.0), *(_mark(rate.wrong) for rate in noise)], "share")
    flipped = axis_of([Mark(0.0), *(_mark(rate.flipped) for rate in noise)], "share")
    heads = [
        node("th", {"scope": "col"}, *([_term(text, told)] if text else [_unseen("Interval")]))
        for text, told in _HEADS
    ]
    lines = [
        _line(rate, colours[rate.group], wrong, flipped, ends=place == len(noise) - 1)
        for place, rate in enumerate(noise)
    ]
    label = f"Noise of the labels, with intervals at {100 * level:g} %"
    table = node("table", {}, node("thead", {}, node("tr", {}, *heads)), node("tbody", {}, *lines))
    region = {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": label}
    draw("noise", [node("div", region, table)], style=_STYLE, key=key)


def _line(rate: NoiseRate, colour: str, wrong: Axis, flipped: Axis, *, ends: bool) -> Node:
    square = node("i", {"style": f"--edge:{colour}"})
    name = f"{rate.group.capitalize()}: {rate.given} that should be {1 - rate.given}"
    return node(
        "tr",
        {"data-k": f"{rate.group} {rate.given}"},
        node("th", {"scope": "row"}, square, name),
        node("td", {}, count(rate.faces)),
        node("td", {}, count(rate.flagged)),
        _cell(rate.wrong_faces, "faces"),
        _cell(rate.wrong, "share"),
        node("td", {"class": "bar"}, bars([_mark(rate.wrong, colour)], wrong, ends=ends)),
        _cell(rate.flipped, "share"),
        node("td", {"class": "bar"}, bars([_mark(rate.flipped, colour)], flipped, ends=ends)),
    )


def _cell(rate: Rate, unit: str) -> Node:
    told = interval(rate.low, rate.high, unit)
    return node(
        "td",
        {},
        node("b", {}, figure(rate.value, unit)),
        *([node("small", {}, told)] if told else []),
    )


def _mark(rate: Rate, colour: str = "") -> Mark:
    return Mark(rate.value, rate.low, rate.high, colour)


def _term(text: str, told: str) -> Node:
    return node("span", {"tabindex": "0", "data-tip": told, "aria-description": told}, text)


def _unseen(text: str) -> Node:
    return node("span", {"class": "unseen"}, text)
