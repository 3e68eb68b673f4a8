"""Who paid: what changed for every group and cell against a baseline, in words and in figures.

The Fair Metric also rises when the better group gets worse, and it can rise while
nearly all faces of a rare label are lost. So wherever it is shown, this stands
beside it.
"""

from __future__ import annotations

import math

import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.figures import FIGURE_STYLE
from dashboard.widgets.interval_bars import BARS_STYLE, Axis, Mark, axis_of, bars
from dashboard.widgets.nodes import Node, draw, node
from dashboard.widgets.numbers import change, count, interval, p_value, percent
from softbio.fairness import Comparison
from softbio.fairness.comparison import Change, McNemar

__all__ = ["who_paid", "who_paid_nodes"]

_STYLE = (
    BARS_STYLE
    + FIGURE_STYLE
    + """
p.quiet { margin: 0 0 0.35rem; font-size: 0.88rem; }
.verdict { margin: 0 0 0.6rem; padding: 0.6rem 0.8rem; border-left: 4px solid var(--edge);
  background: var(--st-secondary-background-color); border-radius: 0 6px 6px 0; }
.verdict b { font-weight: 650; }
.scroll { overflow-x: auto; max-width: 100%; position: relative; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.3rem 0.6rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--st-border-color); font-variant-numeric: tabular-nums; }
th:first-child { text-align: left; padding-left: 0; position: sticky; left: 0;
  background: var(--st-background-color); }
thead th { vertical-align: bottom; font-weight: 600; white-space: normal; }
tbody th { font-weight: 600; }
tr.cell th { font-weight: 450; padding-left: 1.15rem; }
tbody th i { display: inline-block; width: 0.65em; height: 0.65em; border-radius: 2px;
  margin-right: 0.45em; background: var(--edge); }
td.bar { min-width: 8rem; }
td small { color: var(--st-gray-text-color); font-size: 0.8rem; }
.term { cursor: help; border-bottom: 1px dotted var(--st-gray-text-color); border-radius: 2px; }
@media (max-width: 600px) { th, td { padding: 0.28rem 0.35rem; } }
"""
)
_EDGES = {"success": "#159b77", "warning": "#d55e00", "info": "#0e84c8"}

_TESTED = {
    "face": "Faces that were wrong before and are right now, and the other way round. p: McNemar's "
    "exact test of whether that is more than chance, corrected by Holm for the lines shown.",
    "person": "Faces that were wrong before and are right now, and the other way round. p: exact "
    "test over people, for whom more was fixed than broken or the other way round, corrected by "
    "Holm for the lines shown.",
}


def who_paid(comparison: Comparison | None, against: str, *, key: str) -> None:
    """Show the verdict, and each group's and cell's change; without a baseline, how to get one.

    Parameters
    ----------
    comparison : Comparison, optional
    against : str
        What it is compared with, in words.
    """
    if comparison is None:
        st.caption(
            ":material/compare_arrows: **Who paid for it?** Choose what to compare with above: the "
            "Fair Metric also rises when the better group gets worse."
        )
        return
    draw("who_paid", who_paid_nodes(comparison, against), style=_STYLE, key=key)


def who_paid_nodes(comparison: Comparison, against: str) -> list[Node]:
    """Return the panel as nodes."""
    groups = comparison.groups
    colours = group_colours(groups)
    marks = {
        (index, label): Mark(one.change, one.low, one.high, colours[name])
        for index, name in enumerate(groups)
        for label, one in [(None, comparison.accuracy[index])]
        + [(label, comparison.cells[index, label]) for label in (0, 1)]
    }
    axis = axis_of(marks.values(), "share", signed=True)
    lines: list[Node] = []
    for index, name in enumerate(groups):
        wrong = comparison.wrong_per_thousand[index]
        lines.append(
            _line(
                node("i", {"style": f"--edge:{colours[name]}"}),
                name[:1].upper() + name[1:],
                comparison.accuracy[index],
                wrong,
                comparison.mcnemar[index],
                (marks[index, None], axis),
            )
        )
        for label in (0, 1):
            moved = comparison.cells[index, label]
            lines.append(
                _line(
                    None,
                    f"label {label}",
                    moved,
                    moved.scaled(-1000.0),
                    comparison.cell_mcnemar[2 * index + label],
                    (marks[index, label], axis),
                )
            )
    verdict = comparison.verdict
    title, _, rest = verdict.sentence.partition(": ")
    told: list[Node] = [node("b", {}, f"{title}: "), rest]
    if not rest:
        told = [verdict.sentence]
    unit = comparison.mcnemar[0].unit if comparison.mcnemar else "face"
    heads = [
        node("th", {"scope": "col"}, "Right, of faces"),
        node("th", {"scope": "col"}, "before → now"),
        node("th", {"scope": "col"}, "change, points"),
        node("th", {"scope": "col"}, "interval"),
        node("th", {"scope": "col"}, "wrong per 1,000"),
        node("th", {"scope": "col"}, _term("fixed / broken", _TESTED[unit])),
        node("th", {"scope": "col"}, _term("p", _TESTED[unit])),
    ]
    table = node(
        "table",
        {"data-k": "who"},
        node("thead", {}, node("tr", {}, *heads)),
        node("tbody", {}, *lines),
    )
    about = f"Change of each group and cell against {against}"
    drawn = "people" if comparison.by == "person" else "faces"
    return [
        node(
            "p",
            {"class": "quiet"},
            f"Who paid, against {against}, on the same {count(comparison.n)} faces; intervals "
            f"{comparison.plan.level:.0%}, by {drawn}.",
        ),
        node(
            "p",
            {
                "class": "verdict",
                "style": f"--edge:{_EDGES[verdict.level]}",
                "data-verdict": verdict.kind,
            },
            *told,
        ),
        node(
            "div",
            {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": about},
            table,
        ),
    ]


def _line(
    mark: Node | None,
    name: str,
    moved: Change,
    wrong: Change,
    test: McNemar,
    picture: tuple[Mark, Axis],
) -> Node:
    kind = {"class": None if mark is not None else "cell"}
    if math.isnan(moved.change):
        empty = node("td", {"colspan": "6"}, "– no such faces")
        return node(
            "tr", kind, node("th", {"scope": "row"}, *([mark] if mark else []), name), empty
        )
    per_thousand = round(wrong.change)
    more = "as many" if not per_thousand else f"{count(abs(per_thousand))} "
    more += "" if not per_thousand else "more" if per_thousand > 0 else "fewer"
    one, axis = picture
    return node(
        "tr",
        kind,
        node("th", {"scope": "row"}, *([mark] if mark else []), name),
        node("td", {}, f"{percent(moved.before).removesuffix(' %')} → {percent(moved.after)}"),
        node(
            "td",
            {},
            node("b", {}, change(moved.change, "share")),
            node("small", {}, f" {interval(moved.low, moved.high, 'share', signed=True)}"),
        ),
        node("td", {"class": "bar"}, bars([one], axis, ends=mark is not None)),
        node("td", {}, more),
        node("td", {}, f"{count(test.fixed)} / {count(test.broken)}"),
        node("td", {}, p_value(test.p_holm)),
    )


def _term(text: str, meaning: str) -> Node:
    told = {"tabindex": "0", "data-tip": meaning, "aria-description": meaning}
    return node("span", {"class": "term", **told}, text)
