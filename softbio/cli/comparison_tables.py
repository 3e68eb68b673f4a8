"""A comparison as a person reads it in a terminal, and as the lines of a CSV file."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from softbio.cli.tables import number, plain_table

if TYPE_CHECKING:
    from softbio.fairness import Comparison
    from softbio.fairness.comparison import Change, McNemar

__all__ = ["comparison_csv", "comparison_table"]

_STYLES = {"success": "bold green", "warning": "bold yellow", "info": "bold"}

#: Overall metrics that have a line; those that follow from a group metric are in the files.
_OVERALL = (
    "fair_metric", "balanced_fair_metric", "worst_cell_accuracy", "demographic_parity",
    "equal_opportunity", "equalized_odds", "predictive_parity", "treatment_equality",
    "generalised_entropy",
)  # fmt: skip


def comparison_table(comparison: Comparison) -> RenderableType:
    """Return the verdict, who paid, and the changes of all metrics, one below the other."""
    verdict = comparison.verdict
    headline, stop, rest = verdict.sentence.partition(". ")
    return Group(
        Text.assemble((f"{headline}{stop}", _STYLES[verdict.level]), rest, "\n"),
        _who_paid(comparison),
        _by_group(comparison),
        _overall(comparison),
    )


def comparison_csv(comparison: Comparison) -> str:
    """Return one line for each metric and group, with a head; what is undefined is empty."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["metric", "group", "before", "after", "change", "low", "high"])
    for row in comparison.rows():
        figures = (row.before, row.after, row.change, row.low, row.high)
        writer.writerow(
            [row.metric, _cell(row.group), *("" if math.isnan(x) else repr(x) for x in figures)]
        )
    return lines.getvalue()


def _who_paid(comparison: Comparison) -> Table:
    level = f"{comparison.plan.level * 100:g} %"
    table = plain_table(
        title=f"Who paid. Intervals: {level} for all groups together, and for all labels of all "
        f"groups together. p: McNemar's exact test by {comparison.mcnemar[0].unit}, corrected by "
        "Holm."
    )
    for name in (
        "",
        "faces",
        "accuracy",
        "now",
        "change",
        "wrong per 1,000",
        "fixed",
        "broken",
        "p",
    ):
        table.add_column(name, justify="left" if not name else "right")
    wrong = comparison.wrong_per_thousand
    sizes = comparison.before.cell_sizes
    for k, name in enumerate(comparison.groups):
        _add(
            table, escape(name), int(sizes[k].sum()), comparison.accuracy[k], wrong[k],
            comparison.mcnemar[k],
        )  # fmt: skip
        for label in (0, 1):
            cell = comparison.cells[k, label]
            _add(
                table, f"  label {label}", int(sizes[k, label]), cell, cell.scaled(-1000.0),
                comparison.cell_mcnemar[2 * k + label],
            )  # fmt: skip
    return table


def _add(table: Table, name: str, n: int, accuracy: Change, wrong: Change, test: McNemar) -> None:
    table.add_row(
        name,
        f"{n:,}",
        number(accuracy.before),
        number(accuracy.after),
        _interval(accuracy),
        "–" if math.isnan(wrong.change) else _people(wrong.change),
        f"{test.fixed:,}",
        f"{test.broken:,}",
        "<0.001" if test.p_holm < 0.001 else f"{test.p_holm:.3f}",
    )


def _by_group(comparison: Comparison) -> Table:
    from softbio.fairness import METRICS

    table = plain_table(title="Changes. Each interval holds for itself.")
    table.add_column("metric")
    for name in (*comparison.groups, "all"):
        table.add_column(escape(name), justify="right")
    for name, metric in METRICS.items():
        if metric.scope != "group" or name in ("n", "prevalence") or name not in comparison.metrics:
            continue
        change = comparison.metrics[name]
        cells = [_interval(change[k]) for k in range(len(comparison.groups))]
        table.add_row(metric.title, *cells, _interval(comparison.metrics[f"all:{name}"]))
    return table


def _overall(comparison: Comparison) -> Table:
    from softbio.fairness import METRICS

    table = plain_table()
    table.add_column("all groups")
    for name in ("before", "now", "change"):
        table.add_column(name, justify="right")
    for name in _OVERALL:
        change = comparison.metrics[name]
        table.add_row(
            METRICS[name].title, number(change.before), number(change.after), _interval(change)
        )
    return table


def _interval(change: Change) -> str:
    middle = number(change.change, signed=True)
    if math.isnan(change.low) or math.isnan(change.high):
        return middle
    return f"{middle} ({number(change.low, signed=True)} to {number(change.high, signed=True)})"


def _people(change: float) -> str:
    return f"{round(change):+,d}" if round(change) else "0"


def _cell(text: str) -> str:
    """Return a name that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
