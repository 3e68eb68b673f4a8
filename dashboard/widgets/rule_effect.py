"""What a rule changes for every group: each figure before and after, with its intervals."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.theme import group_colours
from dashboard.widgets.figures import (
    FIGURE_STYLE,
    change_nodes,
    change_of,
    figure_nodes,
    group_marks,
    overall_mark,
)
from dashboard.widgets.nodes import Node, draw, node
from softbio.fairness import METRICS, Comparison, Evaluation

__all__ = ["rule_effect", "rule_effect_nodes"]

_GROUP = (
    "accuracy", "balanced_accuracy", "true_positive_rate", "true_negative_rate", "precision",
    "selection_rate",
)  # fmt: skip
_OVERALL = (
    "fair_metric", "balanced_fair_metric", "worst_cell_accuracy", "equalized_odds",
    "demographic_parity",
)  # fmt: skip

_STYLE = (
    FIGURE_STYLE
    + """
.scroll { overflow-x: auto; max-width: 100%; position: relative; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.32rem 0.6rem; text-align: right; vertical-align: top;
  border-bottom: 1px solid var(--st-border-color); }
thead th { vertical-align: bottom; font-weight: 600; white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; position: sticky; left: 0;
  background: var(--st-background-color); }
tbody th { font-weight: 450; max-width: 11rem; }
thead i { display: inline-block; width: 0.65em; height: 0.65em; border-radius: 2px;
  margin-right: 0.35em; background: var(--edge); }
.term { cursor: help; border-bottom: 1px dotted var(--st-gray-text-color); border-radius: 2px; }
@media (max-width: 600px) { th, td { padding: 0.3rem 0.35rem; } tbody th { max-width: 6.5rem; } }
"""
)


def rule_effect(
    after: Evaluation,
    before: Evaluation,
    comparison: Comparison | None,
    *,
    first: Sequence[str] = (),
    key: str,
) -> None:
    """Show the table.

    Parameters
    ----------
    after, before : Evaluation
        The same faces judged by two rules.
    comparison : Comparison, optional
        The paired change from `before` to `after`.
    first : sequence of str
        Metrics to be shown above the others.
    """
    tree = rule_effect_nodes(after, before, comparison, first)
    draw("rule_effect", [tree], style=_STYLE, key=key)


def rule_effect_nodes(
    after: Evaluation,
    before: Evaluation,
    comparison: Comparison | None,
    first: Sequence[str] = (),
) -> Node:
    """Return the table as nodes."""
    colours = group_colours(after.groups)
    heads = [
        node("th", {"scope": "col"}, node("i", {"style": f"--edge:{colours[name]}"}), name)
        for name in after.groups
    ]
    names = list(dict.fromkeys((*first, *_GROUP, *_OVERALL)))
    return node(
        "div",
        {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Before and after"},
        node(
            "table",
            {"data-k": "effect"},
            node(
                "thead",
                {},
                node(
                    "tr",
                    {},
                    node("th", {"scope": "col"}, "Metric"),
                    # First, since on a phone the groups are scrolled to.
                    node("th", {"scope": "col"}, "all"),
                    *heads,
                ),
            ),
            node("tbody", {}, *(_line(name, after, before, comparison) for name in names)),
        ),
    )


def _line(name: str, after: Evaluation, before: Evaluation, comparison: Comparison | None) -> Node:
    metric = METRICS[name]
    whole = overall_mark(after, name, before)
    moved = change_of(comparison, metric, None)
    cells = [node("td", {}, *figure_nodes(whole, metric), *change_nodes(moved, metric))]
    if metric.scope == "group":
        for index, mark in enumerate(group_marks(after, name, before)):
            moved = change_of(comparison, metric, index)
            cells.append(node("td", {}, *figure_nodes(mark, metric), *change_nodes(moved, metric)))
    else:
        cells += [node("td", {}) for _ in after.groups]
    term = node(
        "span", {"class": "term", "tabindex": "0", "data-tip": metric.description}, metric.title
    )
    return node("tr", {"data-k": name}, node("th", {"scope": "row"}, term), *cells)
