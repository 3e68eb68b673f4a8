"""Searches as a person reads them in a terminal: the list, the trials, what mattered."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rich.markup import escape

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from softbio.jobs.search import Search, SearchResults

__all__ = ["list_of_searches", "print_results", "trial_line"]

#: Trials that a table shows at most.
_MOST = 20


def list_of_searches(lines: list[dict[str, Any]]) -> Table:
    """Return the table of ``softbio search --list``."""
    from softbio.cli.tables import number, plain_table

    table = plain_table()
    table.add_column("search", no_wrap=True)
    for title in ("name", "state", "data", "objective"):
        table.add_column(title)
    for title in ("trials", "pruned", "failed", "best"):
        table.add_column(title, justify="right")
    for line in lines:
        table.add_row(
            line["id"],
            escape(line["name"]),
            line["state"],
            escape(line["data"]),
            line["objective"],
            f"{line['finished']}/{line['trials']}",
            str(line["pruned"] or ""),
            str(line["failed"] or ""),
            number(math.nan if line["best"] is None else line["best"]),
        )
    return table


def print_results(search: Search, results: SearchResults, console: Console) -> None:
    """Print what a search has found so far."""
    table, trials = _trials(results), results.trials
    counts = trials["state"].value_counts()
    told = ", ".join(f"{count} {state}" for state, count in counts.items())
    console.print(
        f"Search [bold]{search.id}[/] is {search.state}: {told or 'no trial yet'}, of "
        f"{search.about.trials}. Objective: {results.objective}, "
        f"{'higher' if results.direction == 'maximise' else 'lower'} is better; judged on the "
        f"training faces, each by the one of {search.about.folds} networks that has not seen it.",
        soft_wrap=True,
    )
    if not len(trials):
        return
    console.print(table)
    if len(trials) > _MOST:
        console.print(f"The best {_MOST} of {len(trials)} trials; --csv gives all.")
    if results.front.any():
        console.print(
            "● nothing beats it in mean accuracy without losing in the worst group's.",
            soft_wrap=True,
        )
    if results.importance:
        shares = ", ".join(f"{path} {share:.0%}" for path, share in results.importance.items())
        console.print(f"What the objective depends on: {escape(shares)}.", soft_wrap=True)
    if results.best is not None:
        console.print(
            f"Train the best, trial {results.best}, wholly: "
            f"softbio search --resume {search.id} --train-best",
            soft_wrap=True,
        )


def trial_line(row: pd.Series, results: SearchResults) -> str:
    """Return how a trial ended, as a line."""
    settings = "  ".join(f"{path} {_value(row[path])}" for path in results.paths)
    begin = f"trial {row['number']:3d}  "
    if row["state"] != "complete":
        return f"{begin}{row['state']}  {settings}\n           {row['note']}"
    groups = "  ".join(f"{name} {row[f'accuracy_{name}']:.3f}" for name in results.groups)
    best = "  (best so far)" if results.best == row["number"] else ""
    return f"{begin}{results.objective} {row['value']:.4f}  {groups}  {settings}{best}"


def _trials(results: SearchResults) -> Table:
    from softbio.cli.tables import number, plain_table

    ascending = results.direction == "minimise"
    shown = results.trials.assign(front=results.front).sort_values(
        ["value", "number"], ascending=[ascending, True], na_position="last"
    )[:_MOST]
    table = plain_table()
    table.add_column("trial", justify="right")
    table.add_column("state")
    table.add_column(results.objective.replace("_", " "), justify="right")
    table.add_column("mean accuracy", justify="right")
    for name in results.groups:
        table.add_column(escape(name), justify="right")
    table.add_column("")
    for path in results.paths:
        table.add_column(escape(path), justify="right")
    for _, row in shown.iterrows():
        figures = ["mean_accuracy", *(f"accuracy_{name}" for name in results.groups)]
        table.add_row(
            str(row["number"]),
            row["state"],
            number(row["value"]),
            *(number(row[name]) for name in figures),
            "●" if row["front"] else "",
            *(escape(_value(row[path])) for path in results.paths),
            style="bold" if row["number"] == results.best else "",
        )
    return table


def _value(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
