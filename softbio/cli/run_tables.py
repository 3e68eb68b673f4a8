"""Runs as a person reads them in a terminal: the list, and one run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from softbio.cli.console import out

if TYPE_CHECKING:
    from rich.table import Table

    from softbio.config import TrainConfig
    from softbio.runs import Run, RunConfig

__all__ = ["changed_settings", "list_table", "show_run"]

_LAST_EPOCHS = 10
#: Columns from which a terminal has room for everything.
_ROOMY = 125
_IN_A_ROOMY_ONE = ("val_accuracy", "val_worst_cell_accuracy", "learning_rate", "seconds")


def list_table(lines: list[dict[str, Any]]) -> Table:
    """Return the table of ``softbio runs list``; columns that say nothing are left out."""
    from softbio.cli.tables import plain_table, width

    columns = {
        "run": [line["id"] for line in lines],
        "status": [_status(line) for line in lines],
        "name": [line["name"] for line in lines],
        "recipe": [line["recipe"] for line in lines],
        "data": [Path(line["data"]).name for line in lines],
        "epochs": [_epochs(line) for line in lines],
        "balanced Fair Metric (val)": [_figure(line["val_balanced_fair_metric"]) for line in lines],
        "refit of": [line["parent"] or "" for line in lines],
        "test looks": [str(line["test_looks"] or "") for line in lines],
        "created": [_moment(line["created"]) for line in lines],
    }
    for title in ("name", "refit of", "test looks"):
        if not any(columns[title]):
            del columns[title]
    if width() < _ROOMY:  # the id tells recipe and time too, `show` tells the rest
        for title in ("recipe", "created", "refit of"):
            columns.pop(title, None)
    table = plain_table()
    for title in columns:
        right = title in ("epochs", "balanced Fair Metric (val)", "test looks")
        table.add_column(title, justify="right" if right else "left", no_wrap=title == "run")
    for cells in zip(*columns.values(), strict=True):
        table.add_row(*(escape(cell) for cell in cells))
    return table


def show_run(run: Run, line: dict[str, Any]) -> None:
    """Print what there is to know of a run; `line` is what the list tells of it."""
    from softbio.cli.tables import plain_table, print_table, width

    config, state = run.config, run.state
    changed = changed_settings(config)
    facts = plain_table(show_header=False)
    facts.add_row("run", run.id)
    facts.add_row("status", _status(line))
    if state.error:
        facts.add_row("error", escape(state.error))
    if run.name:
        facts.add_row("name", escape(run.name))
    if config.parent is not None and config.head is not None:
        facts.add_row("last layer of", f"{config.parent}, fitted anew on {config.head.fitted_on}")
    if config.imported is not None:
        what = "scores" if config.imported.scores else "predictions without scores"
        facts.add_row(
            "imported", escape(f"{config.imported.faces:,} {what} from {config.imported.file}")
        )
    facts.add_row("data", escape(f"{config.data} (fingerprint {config.data_fingerprint[:12]})"))
    facts.add_row("created", _moment(state.created))
    if config.kind == "trained":
        facts.add_row("epochs", _epochs(line))
    if state.best_epoch is not None:
        facts.add_row("kept epoch", str(state.best_epoch))
    if state.seconds is not None:
        facts.add_row("seconds", f"{state.seconds:,.1f}")
    if (rule := run.rule()) is not None:
        facts.add_row("rule", escape(rule.sentence))
    facts.add_row("test looks", str(state.test_looks))
    if state.note:
        facts.add_row("note", escape(state.note))
    facts.add_row("folder", escape(str(run.path)))
    print_table(facts)

    if config.train is not None:
        whose = "its network: recipe" if config.parent else "recipe"
        out.print(f"\n{whose} {escape(config.train.recipe)}" + (", changed:" if changed else ""))
    for path, before, after in changed:
        out.print(escape(f"  {path} = {after} (recipe: {before})"))
    if config.head is not None:
        out.print("\nlast layer:")
        for path, value in config.head.model_dump(exclude_defaults=True).items():
            out.print(escape(f"  {path} = {value}"))

    history = run.history()[-_LAST_EPOCHS:]
    if width() < _ROOMY:
        history = history.drop(columns=list(_IN_A_ROOMY_ONE), errors="ignore")
    if len(history):
        table = plain_table(title="last epochs (val: on the validation split)")
        for name in history.columns:
            table.add_column(escape(name.replace("_", " ")), justify="right")
        for row in history.itertuples(index=False):
            epoch, *figures = row
            table.add_row(str(epoch), *(_figure(value) for value in figures))
        out.print()
        print_table(table)


def changed_settings(run: RunConfig) -> list[tuple[str, Any, Any]]:
    """Return path, the recipe's value and this value of each training setting that differs."""
    from softbio.config import RECIPES, settings

    config = run.train
    start = None if config is None else RECIPES.get(config.recipe)
    if config is None or start is None:
        return []
    paths = [setting.path for setting in settings() if setting.path != "recipe"]
    pairs = [(path, _value(start, path), _value(config, path)) for path in paths]
    return [(path, before, after) for path, before, after in pairs if before != after]


def _value(config: TrainConfig, path: str) -> Any:
    value: Any = config
    for part in path.split("."):
        value = getattr(value, part)
    return value


def _status(line: dict[str, Any]) -> str:
    gone = line["status"] == "running" and not line["process_alive"]
    return "running (its process is gone)" if gone else str(line["status"])


def _figure(value: float | None) -> str:
    if value is None or value != value:
        return "–"
    return f"{value:.4f}" if abs(value) >= 0.001 or value == 0 else f"{value:.1e}"


def _moment(seconds: float | None) -> str:
    from datetime import datetime

    return "–" if seconds is None else f"{datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M}"


def _epochs(line: dict[str, Any]) -> str:
    return "–" if line["epochs"] is None else f"{line['epochs_done']}/{line['epochs']}"
