"""The table of metrics, a line each: the groups' values and how far they are apart."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.numbers import count, percent, points
from dashboard.widgets.plain_table import TABLE_STYLE
from softbio.fairness import Evaluation, Metric, MetricRow

__all__ = ["better", "change_html", "metrics_html", "metrics_table"]


def metrics_table(evaluation: Evaluation, baseline: Evaluation | None = None) -> None:
    """Show every group metric; with a `baseline`, also each group's change against it."""
    st.html(metrics_html(evaluation, baseline))


def metrics_html(evaluation: Evaluation, baseline: Evaluation | None = None) -> str:
    """Return the table as HTML; names are escaped."""
    groups = evaluation.groups
    colours = group_colours(groups)
    if len(groups) == 2:
        gap, meaning = f"{groups[0]} − {groups[1]}", "points, first minus second"
    else:
        gap, meaning = "Largest − smallest", "points"
    head = "".join(
        f'<th scope="col"><i style="background:{colours[name]}"></i>{escape(name.capitalize())}</th>'
        for name in groups
    )
    before = {row.metric.name: row for row in baseline.rows()} if baseline else {}
    lines = "".join(_line(row, before.get(row.metric.name)) for row in evaluation.rows())
    return (
        f'{TABLE_STYLE}<div class="sb-scroll" tabindex="0" role="region" '
        'aria-label="Metrics by group"><table class="sb-table"><thead><tr>'
        f'<th scope="col">Metric</th>{head}'
        f'<th scope="col" title="{meaning}">{escape(gap.capitalize())}</th></tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _line(row: MetricRow, before: MetricRow | None) -> str:
    metric = row.metric
    cells = ""
    for name, value in row.values.items():
        text = count(int(value)) if metric.name == "n" else percent(value)
        if before is not None and metric.name != "n" and name in before.values:
            text += change_html(metric, value - before.values[name])
        cells += f"<td>{text}</td>"
    return (
        f'<tr><th scope="row" title="{escape(metric.description)}">{escape(metric.title)}</th>'
        f"{cells}<td>{points(row.difference)}</td></tr>"
    )


def change_html(metric: Metric, change: float) -> str:
    """Write a change under a value, with an arrow and whether it is to the good."""
    verdict = better(metric, change)
    word = {1: "better", -1: "worse", 0: ""}[verdict]
    return f'<span class="sb-change">{points(change)} {word}</span>'


def better(metric: Metric, change: float) -> int:
    """Return 1 for a change to the good, −1 to the bad, 0 for none or where nothing is best."""
    if metric.best is None or change != change or abs(change) < 5e-4:
        return 0
    return 1 if (change > 0) == (metric.best > 0.5) else -1
