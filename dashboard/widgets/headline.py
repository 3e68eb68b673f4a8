"""The headline: four large figures with their intervals, the chosen Fair Metric first."""

from __future__ import annotations

from dashboard.widgets.figures import FIGURE_STYLE, change_nodes, change_of, overall_mark
from dashboard.widgets.interval_bars import BARS_STYLE, axis_of, bars
from dashboard.widgets.nodes import Node, draw, node
from dashboard.widgets.numbers import figure, interval
from softbio.fairness import METRICS, Comparison, Evaluation

__all__ = ["HEADLINES", "headline", "headline_nodes"]

#: What stands in the headline, by which mix of faces leads.
HEADLINES = {
    "natural": ("fair_metric", "balanced_fair_metric", "worst_cell_accuracy", "accuracy"),
    "balanced": ("balanced_fair_metric", "fair_metric", "worst_cell_accuracy", "balanced_accuracy"),
}

_STYLE = (
    BARS_STYLE
    + FIGURE_STYLE
    + """
.cards { display: grid; grid-template-columns: 1.25fr repeat(3, minmax(0, 1fr)); gap: 0.8rem; margin: 0; }
.card { border: 1px solid var(--st-border-color); border-radius: 8px; padding: 0.6rem 0.8rem; }
.card:first-child { border-color: var(--st-primary-color); border-width: 2px; }
.card dt { font-size: 0.88rem; cursor: help; display: inline-block; border-radius: 3px; }
.card dd { margin: 0; }
.large { font-size: 1.7rem; line-height: 1.3; font-weight: 620; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.card:first-child .large { font-size: 2.1rem; line-height: 1.25; }
.card .sure s { text-decoration: none; float: right; }
.card { min-width: 0; }
.card .sure { white-space: normal; }
.card .change { min-height: 1.3em; white-space: normal; }
@media (max-width: 1000px) { .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 400px) { .cards { gap: 0.5rem; } .card { padding: 0.45rem 0.55rem; } }
"""
)


def headline(
    now: Evaluation,
    comparison: Comparison | None,
    ghost: Evaluation | None,
    *,
    mix: str,
    key: str,
) -> None:
    """Show the headline.

    Parameters
    ----------
    now : Evaluation
    comparison : Comparison, optional
        Against the baseline.
    ghost : Evaluation, optional
        The state before the last move.
    mix : {"natural", "balanced"}
        Which Fair Metric leads.
    """
    draw("headline", [headline_nodes(now, comparison, ghost, mix)], style=_STYLE, key=key)


def headline_nodes(
    now: Evaluation, comparison: Comparison | None, ghost: Evaluation | None, mix: str
) -> Node:
    """Return the headline as nodes."""
    marks = {name: overall_mark(now, name, ghost) for name in HEADLINES[mix]}
    axis = axis_of(marks.values(), "share")
    cards: list[Node] = []
    for name, mark in marks.items():
        metric = METRICS[name]
        shown, was = figure(mark.value, metric.unit), figure(mark.ghost, metric.unit)
        sure = interval(mark.low, mark.high, metric.unit)
        if mark.value != mark.value:
            sure = f"no {metric.empty}"
        under: list[Node] = [sure]
        if was not in (shown, "–"):
            under += [" ", node("s", {}, f"was {was}")]
        cards.append(
            node(
                "div",
                {"class": "card", "data-k": name},
                node("dt", {"tabindex": "0", "data-tip": metric.description}, metric.title),
                node("dd", {"class": "large"}, shown),
                node("dd", {"class": "sure"}, *under),
                node("dd", {}, bars([mark], axis)),
                node("dd", {}, *change_nodes(change_of(comparison, metric, None), metric)),
            )
        )
    return node("dl", {"class": "cards"}, *cards)
