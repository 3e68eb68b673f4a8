"""Tables as a person reads them in a terminal: evaluations, and how any table is printed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rich import box
from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from softbio.fairness import Evaluation

__all__ = ["evaluation_table", "number", "plain_table", "print_table", "width"]

#: Width of what is not printed on a terminal, where the reader's is unknown.
_WIDTH = 160

_HEADLINES = ("accuracy", "fair_metric", "balanced_fair_metric", "worst_cell_accuracy")


def width() -> int:
    """Return the columns of the terminal, or enough for a file."""
    console = Console()
    return console.width if console.is_terminal else _WIDTH


def print_table(table: RenderableType) -> None:
    """Print to standard output, as wide as `width`."""
    Console(highlight=False, width=width()).print(table)


def plain_table(**options: Any) -> Table:
    """Return an empty table in the style that all commands share."""
    return Table(box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False, **options)


def number(value: float, *, signed: bool = False) -> str:
    """Return a figure with three digits; – where it is undefined."""
    if math.isnan(value):
        return "–"
    return f"{value:+.3f}" if signed else f"{value:.3f}"


def evaluation_table(evaluation: Evaluation) -> RenderableType:
    """Return the confusion matrices side by side, the metrics by group, and the summary."""
    return Group(
        Columns(_matrices(evaluation), padding=(0, 3)), _metrics(evaluation), _summary(evaluation)
    )


def _matrices(evaluation: Evaluation) -> list[Table]:
    tables = []
    for name, counts in zip(evaluation.groups, evaluation.counts.values.tolist(), strict=True):
        table = plain_table(title=f"{escape(name)} (n = {sum(map(sum, counts)):,})")
        table.add_column("label")
        table.add_column("predicted 0", justify="right")
        table.add_column("predicted 1", justify="right")
        for label, row in enumerate(counts):
            table.add_row(str(label), *(f"{count:,}" for count in row))
        tables.append(table)
    return tables


def _metrics(evaluation: Evaluation) -> Table:
    groups = evaluation.groups
    table = plain_table()
    table.add_column("metric")
    for name in groups:
        table.add_column(escape(name), justify="right")
    table.add_column(
        escape(" − ".join(groups)) if len(groups) == 2 else "max − min", justify="right"
    )
    for metric, values, gap in evaluation.rows():
        if metric.name == "n":
            table.add_row(metric.title, *(f"{int(value):,}" for value in values.values()), "")
        else:
            cells = [number(value) for value in values.values()]
            table.add_row(metric.title, *cells, number(gap, signed=len(groups) == 2))
    return table


def _summary(evaluation: Evaluation) -> Table:
    from softbio.fairness import METRICS

    table = plain_table()
    table.add_column("all faces")
    table.add_column(f"n = {evaluation.n:,}", justify="right")
    for name in _HEADLINES:
        table.add_row(METRICS[name].title, number(evaluation.overall[name]))
    return table
