"""The tables of metrics: what each group gets, and how far the groups are apart."""

from __future__ import annotations

import math

import numpy as np

from dashboard.theme import group_colours
from dashboard.widgets.figures import (
    FIGURE_STYLE,
    change_nodes,
    change_of,
    figure_nodes,
    group_marks,
    overall_mark,
)
from dashboard.widgets.interval_bars import BARS_STYLE, axis_of, bars
from dashboard.widgets.nodes import Node, draw, node
from softbio.fairness import METRICS, Comparison, Evaluation, Metric

__all__ = ["between_nodes", "group_nodes", "metrics_tables"]

#: Shown before the rest, by which mix of faces leads.
_COMMON = {
    "natural": (
        "n", "prevalence", "selection_rate", "accuracy", "true_positive_rate",
        "true_negative_rate", "precision", "auc", "expected_calibration_error",
    ),
    "balanced": (
        "n", "prevalence", "selection_rate", "balanced_accuracy", "true_positive_rate",
        "true_negative_rate", "precision", "auc", "expected_calibration_error",
    ),
}  # fmt: skip
_COMMON_BETWEEN = (
    "fair_metric", "balanced_fair_metric", "worst_cell_accuracy", "demographic_parity",
    "equal_opportunity", "equalized_odds", "predictive_parity",
)  # fmt: skip

_STYLE = (
    BARS_STYLE
    + FIGURE_STYLE
    + """
.scroll { overflow-x: auto; max-width: 100%; position: relative; }
table { border-collapse: collapse; width: 100%; margin-bottom: 0.4rem; }
th, td { padding: 0.32rem 0.6rem; text-align: right; vertical-align: top;
  border-bottom: 1px solid var(--st-border-color); }
thead th { vertical-align: bottom; font-weight: 600; white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; position: sticky; left: 0;
  background: var(--st-background-color); }
tbody th { font-weight: 450; max-width: 13rem; }
thead button { all: unset; cursor: pointer; border-radius: 3px; padding: 0 0.15rem; }
thead button:focus-visible { outline: 2px solid var(--st-primary-color); }
thead button::after { content: "↕" / ""; opacity: 0.45; margin-left: 0.25rem; font-size: 0.8rem; }
th[aria-sort=descending] button::after { content: "↓" / ""; opacity: 1; }
th[aria-sort=ascending] button::after { content: "↑" / ""; opacity: 1; }
thead i { display: inline-block; width: 0.65em; height: 0.65em; border-radius: 2px;
  margin-right: 0.35em; background: var(--edge); }
.term { cursor: help; border-bottom: 1px dotted var(--st-gray-text-color); border-radius: 2px; }
td.bar { min-width: 8rem; padding-top: 0.45rem; }
td.few, th.few { color: var(--st-gray-text-color); }
td.few b { font-weight: 400; }
.figure { min-width: 5.2rem; }
@media (max-width: 600px) {
  th, td { padding: 0.3rem 0.35rem; }
  tbody th { max-width: 7.5rem; font-size: 0.88rem; }
  td.bar { min-width: 6rem; }
}
"""
)


def metrics_tables(
    now: Evaluation,
    comparison: Comparison | None,
    ghost: Evaluation | None,
    *,
    mix: str,
    everything: bool,
    minimum: int,
    key: str,
) -> None:
    """Show what each group gets, and what compares the groups.

    Parameters
    ----------
    now : Evaluation
    comparison : Comparison, optional
        Against the baseline.
    ghost : Evaluation, optional
        The state before the last move.
    mix : {"natural", "balanced"}
    everything : bool
        Every metric there is, in place of the common ones.
    minimum : int
        Groups with fewer faces are greyed.
    """
    few = now.small(minimum)
    group_names = [
        name
        for name, metric in METRICS.items()
        if metric.scope == "group" and (everything or name in _COMMON[mix])
    ]
    overall_names = [
        name
        for name, metric in METRICS.items()
        if metric.scope == "overall" and (everything or name in _COMMON_BETWEEN)
    ]
    tree = [
        group_nodes(now, comparison, ghost, group_names, few),
        between_nodes(now, comparison, ghost, overall_names),
    ]
    draw("metrics", tree, style=_STYLE, key=key)


def group_nodes(
    now: Evaluation,
    comparison: Comparison | None,
    ghost: Evaluation | None,
    names: list[str],
    few: np.ndarray,
) -> Node:
    """Return the table of the groups' values, one line a metric."""
    groups = now.groups
    colours = group_colours(groups)
    heads: list[Node] = [_head("Metric", None)]
    for index, name in enumerate(groups):
        square = node("i", {"style": f"--edge:{colours[name]}"})
        told = f"fewer faces than the minimum: {int(now.counts.n[index])}" if few[index] else None
        heads.append(
            _head(
                name[:1].upper() + name[1:],
                index + 1,
                square,
                **{"class": "few" if few[index] else None, "title": told},
            )
        )
    heads.append(_head("Interval", None))
    several = len(groups) > 2
    gap = "Largest − smallest" if several else f"{groups[0].capitalize()} − {groups[-1]}"
    if len(groups) > 1:
        heads.append(_head(gap, len(groups) + 2))
    lines: list[Node] = []
    for place, name in enumerate(names):
        metric = METRICS[name]
        marks = group_marks(now, name, ghost)
        cells = [_term(metric)]
        for index, mark in enumerate(marks):
            cells.append(
                _value_cell(
                    mark.value,
                    [
                        *figure_nodes(mark, metric),
                        *change_nodes(change_of(comparison, metric, index), metric),
                    ],
                    "few" if few[index] else None,
                )
            )
        if name == "n":
            cells += [node("td", {"class": "bar"})] + [node("td")] * (len(groups) > 1)
        else:
            axis = axis_of(marks, metric.unit)
            cells.append(node("td", {"class": "bar"}, bars(marks, axis)))
            if len(groups) > 1:
                cells.append(_difference(now, comparison, ghost, f"{name}_difference", not several))
        lines.append(node("tr", {"data-i": place, "data-k": name}, *cells))
    return _table("groups", "What each group gets", heads, lines)


def between_nodes(
    now: Evaluation, comparison: Comparison | None, ghost: Evaluation | None, names: list[str]
) -> Node:
    """Return the table of what compares the groups, one line a metric."""
    heads = [_head("Between the groups", None), _head("Value", 1), _head("Interval", None)]
    if comparison is not None:
        heads.append(_head("Change against the baseline", 3))
    lines: list[Node] = []
    for place, name in enumerate(names):
        metric = METRICS[name]
        mark = overall_mark(now, name, ghost)
        signed = name.endswith("_difference") and len(now.groups) == 2
        axis = axis_of([mark], metric.unit, signed=signed)
        cells = [
            _term(metric),
            _value_cell(mark.value, figure_nodes(mark, metric, signed=signed)),
            node("td", {"class": "bar"}, bars([mark], axis)),
        ]
        if comparison is not None:
            moved = change_of(comparison, metric, None)
            cells.append(
                _value_cell(
                    math.nan if moved is None else moved.change, change_nodes(moved, metric)
                )
            )
        lines.append(node("tr", {"data-i": place, "data-k": name}, *cells))
    return _table("between", "What compares the groups", heads, lines)


def _table(key: str, label: str, heads: list[Node], lines: list[Node]) -> Node:
    return node(
        "div",
        {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": label, "data-k": key},
        node(
            "table",
            {"data-k": key},
            node("thead", {}, node("tr", {}, *heads)),
            node("tbody", {}, *lines),
        ),
    )


def _head(
    text: str, column: int | None, mark: Node | None = None, **attributes: str | None
) -> Node:
    inside: list[Node] = [text]
    if column is not None:
        inside = [node("button", {"type": "button", "data-sort": column}, text)]
    return node("th", {"scope": "col", **attributes}, *([mark] if mark else []), *inside)


def _term(metric: Metric) -> Node:
    told = {"tabindex": "0", "data-tip": metric.description, "aria-description": metric.description}
    return node("th", {"scope": "row"}, node("span", {"class": "term", **told}, metric.title))


def _value_cell(value: float, inside: list[Node], kind: str | None = None) -> Node:
    sortable = "" if math.isnan(value) else f"{value:.9g}"
    return node("td", {"class": kind, "data-v": sortable}, *inside)


def _difference(
    now: Evaluation,
    comparison: Comparison | None,
    ghost: Evaluation | None,
    name: str,
    signed: bool,
) -> Node:
    metric = METRICS[name]
    mark = overall_mark(now, name, ghost)
    return _value_cell(
        mark.value,
        [
            *figure_nodes(mark, metric, signed=signed),
            *change_nodes(change_of(comparison, metric, None), metric),
        ],
    )
