"""``softbio runs``: look at the runs of a folder, and remove them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from softbio.cli.console import err, out, telling_errors
from softbio.cli.options import Models

if TYPE_CHECKING:
    from rich.table import Table

    from softbio.config import TrainConfig
    from softbio.runs import Run, RunState

__all__ = ["app"]

app = typer.Typer(help="Look at the runs, and remove them.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
_RunId = Annotated[str, typer.Argument(help="Id of the run, or its beginning.", metavar="RUN")]

#: Seconds without a sign of life after which a run whose process is gone is called dead.
_SILENT = 5.0
_LAST_EPOCHS = 10
#: Columns from which a terminal has room for everything.
_ROOMY = 125
_IN_A_ROOMY_ONE = ("val_accuracy", "val_worst_cell_accuracy", "learning_rate", "seconds")


@app.command("list")
def list_runs(models: Models = None, as_json: _Json = False) -> None:
    """List the runs, the newest first."""
    with telling_errors():
        from softbio.runs import RunStore

        store = RunStore(models)
        lines = [_line(run) for run in store.list()]
        damaged = store.damaged()
        if as_json:
            broken = [
                {"id": name, "status": "damaged", "error": why} for name, why in damaged.items()
            ]
            typer.echo(json.dumps([*lines, *broken], indent=2, allow_nan=False))
            return
        for name, why in damaged.items():
            err.print(f"[yellow]Damaged:[/] {_escaped(f'{name}: {why}')}", soft_wrap=True)
        if not lines:
            where = _escaped(str(store.path))
            err.print(
                f"There are no runs in {where}. `softbio train DATA` makes one.", soft_wrap=True
            )
            return
        from softbio.cli.tables import print_table

        print_table(_table(lines))


@app.command("show")
def show(run: _RunId, models: Models = None, as_json: _Json = False) -> None:
    """Show a run: its state, how its settings differ from the recipe's, its epochs."""
    with telling_errors():
        from softbio.runs import RunStore

        found = RunStore(models).get(run)
        changed = _changed_settings(found.config.train)
        history = found.history()
        if as_json:
            told = _line(found) | {
                "config": found.config.model_dump(mode="json"),
                "state": found.state.model_dump(mode="json"),
                "changed": {path: value for path, _, value in changed},
                "history": json.loads(history.to_json(orient="records")),
            }
            typer.echo(json.dumps(told, indent=2, allow_nan=False))
            return
        _show(found, changed)


@app.command("rm")
def remove(
    run: _RunId,
    models: Models = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Even if it is running.")] = False,
) -> None:
    """Remove a run with its weights and predictions, for good."""
    with telling_errors():
        from softbio.errors import RunError
        from softbio.runs import RunStore

        store = RunStore(models)
        found = store.get(run)
        try:
            state = found.state
        except RunError:
            dead = True
        else:
            dead = state.status == "running" and not _process_lives(state)
        if not yes and not typer.confirm(f"Remove {found.id} for good?", err=True):
            raise typer.Exit(1)
        store.remove(found, force=force or dead)
        err.print(f"Removed {found.id}.")


def _line(run: Run) -> dict[str, Any]:
    """Return what the list tells of a run, as plain data."""
    state, config, history = run.state, run.config, run.history()
    kept = history[history["epoch"] == state.best_epoch] if state.best_epoch else history[-1:]
    figures = kept.get("val_balanced_fair_metric")
    figure = None if figures is None or figures.isna().all() else float(figures.to_numpy()[-1])
    return {
        "id": run.id,
        "status": state.status,
        "process_alive": _process_lives(state) if state.status == "running" else None,
        "name": config.name,
        "recipe": config.train.recipe,
        "data": config.data,
        "created": state.created,
        "epochs_done": len(history),
        "epochs": config.train.epochs,
        "best_epoch": state.best_epoch,
        "val_balanced_fair_metric": figure,
        "seconds": state.seconds,
        "error": state.error,
    }


def _process_lives(state: RunState) -> bool:
    import time

    from softbio.jobs.process import is_alive

    silent = time.time() - (state.heartbeat or 0.0)
    return silent < _SILENT or is_alive(state.pid, state.pid_created)


def _table(lines: list[dict[str, Any]]) -> Table:
    from softbio.cli.tables import plain_table, width

    columns = {
        "run": [line["id"] for line in lines],
        "status": [_status(line) for line in lines],
        "name": [line["name"] for line in lines],
        "recipe": [line["recipe"] for line in lines],
        "data": [Path(line["data"]).name for line in lines],
        "epochs": [f"{line['epochs_done']}/{line['epochs']}" for line in lines],
        "balanced Fair Metric (val)": [_figure(line["val_balanced_fair_metric"]) for line in lines],
        "created": [_moment(line["created"]) for line in lines],
    }
    if not any(columns["name"]):
        del columns["name"]
    if width() < _ROOMY:  # the id tells them too
        del columns["recipe"], columns["created"]
    table = plain_table()
    for title in columns:
        right = title in ("epochs", "balanced Fair Metric (val)")
        table.add_column(title, justify="right" if right else "left", no_wrap=title == "run")
    for cells in zip(*columns.values(), strict=True):
        table.add_row(*(_escaped(cell) for cell in cells))
    return table


def _show(run: Run, changed: list[tuple[str, Any, Any]]) -> None:
    from softbio.cli.tables import plain_table, print_table, width

    line, config, state = _line(run), run.config, run.state
    facts = plain_table(show_header=False)
    facts.add_row("run", run.id)
    facts.add_row("status", _status(line))
    if state.error:
        facts.add_row("error", _escaped(state.error))
    if config.name:
        facts.add_row("name", _escaped(config.name))
    facts.add_row("data", _escaped(f"{config.data} (fingerprint {config.data_fingerprint[:12]})"))
    facts.add_row("created", _moment(state.created))
    facts.add_row("epochs", f"{line['epochs_done']}/{line['epochs']}")
    if state.best_epoch is not None:
        facts.add_row("kept epoch", str(state.best_epoch))
    if state.seconds is not None:
        facts.add_row("seconds", f"{state.seconds:,.1f}")
    facts.add_row("folder", _escaped(str(run.path)))
    print_table(facts)

    out.print(f"\nrecipe {_escaped(config.train.recipe)}" + (", changed:" if changed else ""))
    for path, before, after in changed:
        out.print(_escaped(f"  {path} = {after} (recipe: {before})"))

    history = run.history()[-_LAST_EPOCHS:]
    if width() < _ROOMY:
        history = history.drop(columns=list(_IN_A_ROOMY_ONE), errors="ignore")
    if len(history):
        table = plain_table(title="last epochs (val: on the validation split)")
        for name in history.columns:
            table.add_column(_escaped(name.replace("_", " ")), justify="right")
        for row in history.itertuples(index=False):
            epoch, *figures = row
            table.add_row(str(epoch), *(_figure(value) for value in figures))
        out.print()
        print_table(table)


def _changed_settings(config: TrainConfig) -> list[tuple[str, Any, Any]]:
    """Return path, the recipe's value and this value of each setting that differs."""
    from softbio.config import RECIPES, settings

    start = RECIPES.get(config.recipe)
    if start is None:
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


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
