"""``softbio runs list --pooled``: what settings give, over their seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from softbio.runs import Run

__all__ = ["pooled_lines", "pooled_table"]

_FIGURES = {
    "accuracy": "accuracy",
    "fair_metric": "Fair Metric",
    "balanced_fair_metric": "balanced Fair Metric",
    "worst_cell_accuracy": "worst cell",
}


def pooled_lines(runs: Sequence[Run]) -> tuple[list[dict[str, Any]], list[str]]:
    """Judge runs on validation, each by its own rule, and pool those that differ in their seed.

    Returns
    -------
    lines : list of dict
        A line for each setting: its newest run, how many seeds, and of each
        figure the mean and the spread (None where fewer than two have a value).
    passed_over : list of str
        Why a run with predictions could not be judged.
    """
    from softbio.errors import SoftbioError
    from softbio.fairness import pool
    from softbio.runs.judging import judge
    from softbio.runs.seeds import same_but_seed

    judged, passed_over = {}, []
    for run in runs:
        if not (run.path / "predictions.parquet").is_file():
            continue
        try:
            judged[run.id] = judge(run)
        except SoftbioError as error:
            passed_over.append(f"{run.id}: {error}")
    lines = []
    for group in same_but_seed([run for run in runs if run.id in judged]):
        figures = pool([judged[run.id] for run in group]).overall
        lines.append(
            {
                "run": group[0].id,
                "name": next((run.name for run in group if run.name), ""),
                "recipe": group[0].config.recipe,
                "data": group[0].config.data,
                "seeds": len(group),
                "runs": [run.id for run in group],
                **{
                    name: {"mean": _defined(figures[name].mean), "sd": _defined(figures[name].sd)}
                    for name in _FIGURES
                },
            }
        )
    return lines, passed_over


def pooled_table(lines: Sequence[dict[str, Any]]) -> Table:
    """Return the table of the pooled list."""
    from rich.markup import escape

    from softbio.cli.tables import plain_table

    columns = {
        "newest run": [line["run"] for line in lines],
        "name": [line["name"] for line in lines],
        "data": [Path(line["data"]).name for line in lines],
        "seeds": [str(line["seeds"]) for line in lines],
        **{title: [_spread(line[name]) for line in lines] for name, title in _FIGURES.items()},
    }
    if not any(columns["name"]):
        del columns["name"]
    table = plain_table(
        caption="Mean ± standard deviation over seeds, on val_select, each run by its own rule.",
        caption_justify="left",
    )
    for place, title in enumerate(columns):
        text = title in ("newest run", "name", "data")
        table.add_column(title, justify="left" if text else "right", no_wrap=place == 0)
    for cells in zip(*columns.values(), strict=True):
        table.add_row(*(escape(cell) for cell in cells))
    return table


def _spread(figure: dict[str, float | None]) -> str:
    from softbio.cli.tables import number

    mean, sd = figure["mean"], figure["sd"]
    if mean is None:
        return "–"
    return number(mean) if sd is None else f"{number(mean)} ± {number(sd)}"


def _defined(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
