"""An evaluation as a person reads it in a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from softbio.cli.tables import number, plain_table

if TYPE_CHECKING:
    from softbio.fairness import Evaluation

__all__ = ["evaluation_table", "sight_table"]

_HEADLINES = (
    "accuracy",
    "fair_metric",
    "balanced_fair_metric",
    "worst_cell_accuracy",
    "demographic_parity",
    "equal_opportunity",
    "equalized_odds",
    "predictive_parity",
    "accuracy_equality",
    "treatment_equality",
    "generalised_entropy",
)
#: More groups than this stand one under the other, with the metrics that fit beside them.
_SIDE_BY_SIDE = 3
_FITTING = (
    "accuracy",
    "balanced_accuracy",
    "true_positive_rate",
    "true_negative_rate",
    "selection_rate",
    "precision",
)


def evaluation_table(evaluation: Evaluation, minimum: int = 0) -> RenderableType:
    """Return the confusion matrices, the metrics by group, and what concerns all.

    Parameters
    ----------
    evaluation : Evaluation
        With or without intervals.
    minimum : int
        Groups of fewer faces are dimmed.
    """
    many = len(evaluation.groups) > _SIDE_BY_SIDE
    parts: list[RenderableType] = [
        Columns(_matrices(evaluation, minimum), padding=(0, 3)),
        _by_line(evaluation, minimum) if many else _by_column(evaluation, minimum),
        _summary(evaluation),
    ]
    if notes := _undefined(evaluation):
        parts.append(f"[dim]{escape(notes)}[/]")
    return Group(*parts)


def sight_table(evaluation: Evaluation, wanted: float) -> RenderableType:
    """Return which gaps these faces could show, and how many faces would show one of `wanted`."""
    from softbio.fairness import METRICS
    from softbio.fairness.sight import POWER, sights

    table = plain_table()
    table.add_column(f"gaps that would be seen ({POWER:.0%} power)")
    table.add_column("faces", justify="right")
    table.add_column("smallest gap", justify="right")
    table.add_column(f"faces that show {100 * wanted:g} points", justify="right")
    for sight in sights(evaluation, wanted):
        groups = f"{sight.first} and {sight.second}"
        needed = sight.needed
        table.add_row(
            f"{METRICS[sight.metric].title}, {escape(groups)}",
            " + ".join(f"{n:,}" for n in sight.n),
            number(sight.gap),
            "–" if needed is None else f"{needed.first:,} + {needed.second:,}",
        )
    return table if table.row_count else ""


def _matrices(evaluation: Evaluation, minimum: int) -> list[Table]:
    tables = []
    small = evaluation.small(minimum)
    for index, name in enumerate(evaluation.groups):
        counts = evaluation.counts.values[index].tolist()
        table = plain_table(
            title=f"{escape(name)} (n = {sum(map(sum, counts)):,})",
            style="dim" if small[index] else "",
        )
        table.add_column("label")
        table.add_column("predicted 0", justify="right")
        table.add_column("predicted 1", justify="right")
        for label, row in enumerate(counts):
            table.add_row(str(label), *(f"{count:,}" for count in row))
        tables.append(table)
    return tables


def _by_column(evaluation: Evaluation, minimum: int) -> Table:
    groups = evaluation.groups
    table = plain_table()
    table.add_column("metric")
    for name, small in zip(groups, evaluation.small(minimum), strict=True):
        table.add_column(escape(name), justify="right", style="dim" if small else "")
    table.add_column(
        escape(" − ".join(groups)) if len(groups) == 2 else "max − min", justify="right"
    )
    for row in evaluation.rows():
        name = row.metric.name
        if name == "n":
            table.add_row(row.metric.title, *(f"{int(n):,}" for n in row.values.values()), "")
            continue
        cells = [_of_group(evaluation, name, index) for index in range(len(groups))]
        gap = _overall(evaluation, f"{name}_difference", signed=len(groups) == 2)
        table.add_row(row.metric.title, *cells, gap)
    return table


def _by_line(evaluation: Evaluation, minimum: int) -> Table:
    from softbio.fairness import METRICS

    table = plain_table()
    table.add_column("group")
    table.add_column("n", justify="right")
    for name in _FITTING:
        table.add_column(METRICS[name].title, justify="right")
    for index, group in enumerate(evaluation.groups):
        cells = [_of_group(evaluation, name, index) for name in _FITTING]
        style = "dim" if evaluation.small(minimum)[index] else ""
        table.add_row(escape(group), f"{int(evaluation.counts.n[index]):,}", *cells, style=style)
    gaps = [_overall(evaluation, f"{name}_difference", signed=False) for name in _FITTING]
    table.add_section()
    table.add_row("max − min", "", *gaps)
    return table


def _summary(evaluation: Evaluation) -> Table:
    from softbio.fairness import METRICS

    table = plain_table()
    table.add_column("all faces")
    table.add_column(f"n = {evaluation.n:,}", justify="right")
    for name in _HEADLINES:
        table.add_row(METRICS[name].title, _overall(evaluation, name, signed=False))
    return table


def _undefined(evaluation: Evaluation) -> str:
    """Name what is missing for the figures that are shown as –."""
    missing: dict[str, list[str]] = {}
    for row in evaluation.rows():
        for group, value in row.values.items():
            if math.isnan(value) and (row.metric.needs == "counts" or _scored(evaluation)):
                missing.setdefault(f"{group}: no {row.metric.empty}", []).append(row.metric.title)
    told = [f"{where} ({', '.join(titles)})" for where, titles in missing.items()]
    return f"– is undefined. {'; '.join(told)}." if told else ""


def _scored(evaluation: Evaluation) -> bool:
    return not math.isnan(evaluation.overall.get("brier", math.nan))


def _of_group(evaluation: Evaluation, name: str, index: int) -> str:
    text = number(float(evaluation.by_group[name][index]))
    if evaluation.intervals is None or name not in evaluation.intervals.by_group:
        return text
    low, high = evaluation.intervals.by_group[name]
    return text + _ends(float(low[index]), float(high[index]), signed=False)


def _overall(evaluation: Evaluation, name: str, *, signed: bool) -> str:
    text = number(evaluation.overall[name], signed=signed)
    if evaluation.intervals is None or name not in evaluation.intervals.overall:
        return text
    return text + _ends(*evaluation.intervals.overall[name], signed=signed)


def _ends(low: float, high: float, *, signed: bool) -> str:
    if math.isnan(low) or math.isnan(high):
        return ""
    return f" [dim]({number(low, signed=signed)} … {number(high, signed=signed)})[/]"
