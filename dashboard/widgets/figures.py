"""Figures as a page shows them: a value, its interval, and what it was before the last move."""

from __future__ import annotations

import math

import numpy as np

from dashboard.theme import group_colours
from dashboard.widgets.interval_bars import Mark
from dashboard.widgets.nodes import Node, node
from dashboard.widgets.numbers import change, figure, interval
from softbio.fairness import Comparison, Evaluation, Metric
from softbio.fairness.comparison import Change

__all__ = [
    "FIGURE_STYLE",
    "better",
    "change_nodes",
    "change_of",
    "figure_nodes",
    "group_marks",
    "overall_mark",
]

FIGURE_STYLE = """
.figure { display: block; white-space: nowrap; font-variant-numeric: tabular-nums; }
.figure b { font-weight: 600; }
.figure s { text-decoration: none; font-size: 0.78rem; color: var(--st-gray-text-color);
  margin-right: 0.4rem; }
.sure { display: block; white-space: nowrap; font-size: 0.78rem; min-height: 1.2em;
  color: var(--st-gray-text-color); font-variant-numeric: tabular-nums; }
.sure.empty { white-space: normal; max-width: 11rem; margin-left: auto; line-height: 1.25; }
.change { display: block; white-space: nowrap; font-size: 0.8rem; font-variant-numeric: tabular-nums; }
.change.unsure { color: var(--st-gray-text-color); }
"""

#: A change below this is none: no table shows it.
_NOTHING = 5e-4
#: No prediction changes them.
_FIXED = {"n", "prevalence"}


def group_marks(evaluation: Evaluation, name: str, ghost: Evaluation | None = None) -> list[Mark]:
    """Return each group's value of a metric with its interval and colour."""
    values = evaluation.by_group[name]
    known = evaluation.intervals
    none = (np.full(len(values), math.nan),) * 2
    low, high = none if known is None else known.by_group.get(name, none)
    before = none[0] if ghost is None else ghost.by_group[name]
    colours = list(group_colours(evaluation.groups).values())
    return [
        Mark(float(values[i]), float(low[i]), float(high[i]), colours[i], float(before[i]))
        for i in range(len(values))
    ]


def overall_mark(evaluation: Evaluation, name: str, ghost: Evaluation | None = None) -> Mark:
    """Return a metric of all groups together."""
    known = evaluation.intervals
    low, high = (math.nan, math.nan) if known is None else known.overall.get(name, (math.nan,) * 2)
    before = math.nan if ghost is None else ghost.overall[name]
    return Mark(evaluation.overall[name], float(low), float(high), "", before)


def change_of(comparison: Comparison | None, metric: Metric, group: int | None) -> Change | None:
    """Return a metric's change against the baseline, of a group or of all faces (None)."""
    if comparison is None or {metric.name, *metric.of} & _FIXED:
        return None
    if group is not None:
        found = comparison.metrics.get(metric.name)
        return None if found is None else found[group]
    name = metric.name if metric.scope == "overall" else f"all:{metric.name}"
    return comparison.metrics.get(name)


def figure_nodes(mark: Mark, metric: Metric, *, signed: bool = False) -> list[Node]:
    """Return a value with its ghost beside it and its interval under it.

    What is undefined is a dash, and in place of the interval stands what is missing.
    """
    unit = metric.unit
    shown = change(mark.value, unit) if signed else figure(mark.value, unit)
    was = change(mark.ghost, unit) if signed else figure(mark.ghost, unit)
    line: list[Node] = []
    if math.isfinite(mark.ghost) and was != shown:
        said = node("span", {"class": "unseen"}, "was ")
        line += [node("s", {"title": "before the last move"}, said, was.removesuffix(" %")), " "]
    line.append(node("b", {}, shown))
    if math.isnan(mark.value):
        under = f"no {metric.empty}" if metric.empty else ""
    else:
        under = interval(mark.low, mark.high, unit, signed=signed)
    kind = "sure empty" if math.isnan(mark.value) else "sure"
    return [node("span", {"class": "figure"}, *line), node("span", {"class": kind}, under)]


def change_nodes(moved: Change | None, metric: Metric, *, words: bool = True) -> list[Node]:
    """Return a change against the baseline in a line: how much, whether to the good, how sure."""
    if moved is None or math.isnan(moved.change):
        return []
    sure = moved.low > 0 or moved.high < 0
    verdict = {1: " better", -1: " worse", 0: ""}[better(metric, moved.change)] if sure else ""
    text = change(moved.change, metric.unit)
    if math.isfinite(moved.low):
        text += f" ({interval(moved.low, moved.high, metric.unit, signed=True)})"
    return [
        node(
            "span",
            {
                "class": "change" if sure else "change unsure",
                "title": None
                if sure
                else "no evidence of a change: its interval is not clear of zero",
            },
            text + (verdict if words else ""),
        )
    ]


def better(metric: Metric, moved: float) -> int:
    """Return 1 for a change to the good, −1 to the bad, 0 for none or where nothing is best."""
    if metric.best is None or not math.isfinite(moved) or abs(moved) < _NOTHING:
        return 0
    low, high = metric.range
    if low < metric.best < high:
        return 0  # to the good is towards zero, which a change alone does not tell
    return 1 if (moved > 0) == (metric.best == high) else -1
