"""``softbio runs``: look at the runs of a folder, name them, and remove them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from softbio.cli.console import err, telling_errors
from softbio.cli.options import Models

if TYPE_CHECKING:
    from softbio.runs import Run, RunState, RunStore

__all__ = ["app"]

app = typer.Typer(help="Look at the runs, name them, and remove them.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
_RunId = Annotated[str, typer.Argument(help="Id of the run, or its beginning.", metavar="RUN")]

#: Seconds without a sign of life after which a run whose process is gone is called dead.
_SILENT = 5.0
_LONGEST_NAME = 200


@app.command("list")
def list_runs(
    models: Models = None,
    pooled: Annotated[
        bool,
        typer.Option(
            "--pooled",
            help="Judge the runs on validation, and pool those that differ in their seed only.",
        ),
    ] = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Also write the list to this file.")
    ] = None,
    trials: Annotated[bool, typer.Option("--trials", help="The trials of searches too.")] = False,
    as_json: _Json = False,
) -> None:
    """List the runs, the newest first; the trials of searches are left out unless asked for."""
    with telling_errors():
        from softbio.cli.run_tables import list_table
        from softbio.cli.tables import print_table
        from softbio.errors import ConfigError
        from softbio.runs import RunStore

        if pooled and csv is not None:
            raise ConfigError("--csv writes the runs one by one: leave out --pooled.")
        store = RunStore(models)
        if pooled:
            _list_pooled(store, as_json)
            return
        everything = store.list()
        runs = [run for run in everything if trials or run.config.search is None]
        lines = [_told(run) for run in runs]
        damaged = store.damaged()
        if csv is not None:
            _write_csv(csv, runs)
        if as_json:
            broken = [
                {"id": name, "status": "damaged", "error": why} for name, why in damaged.items()
            ]
            typer.echo(json.dumps([*lines, *broken], indent=2, allow_nan=False))
            return
        for name, why in damaged.items():
            err.print(f"[yellow]Damaged:[/] {_escaped(f'{name}: {why}')}", soft_wrap=True)
        if lines:
            print_table(list_table(lines))
        elif not everything:
            _say_empty(store)
        if hidden := len(everything) - len(runs):
            err.print(
                f"{hidden:,} {'trial' if hidden == 1 else 'trials'} of searches left out: --trials shows them."
            )


@app.command("show")
def show(run: _RunId, models: Models = None, as_json: _Json = False) -> None:
    """Show a run: its state, how its settings differ from the recipe's, its epochs."""
    with telling_errors():
        from softbio.cli.run_tables import changed_settings, show_run
        from softbio.runs import RunStore

        found = RunStore(models).get(run)
        line, history = _told(found), found.history()
        if not as_json:
            show_run(found, line)
            return
        changed = changed_settings(found.config)
        told = line | {
            "config": found.config.model_dump(mode="json"),
            "state": found.state.model_dump(mode="json"),
            "changed": {path: value for path, _, value in changed},
            "history": json.loads(history.to_json(orient="records")),
        }
        typer.echo(json.dumps(told, indent=2, allow_nan=False))


@app.command("rename")
def rename(
    run: _RunId,
    name: Annotated[str, typer.Argument(help="What to call it; empty: nothing.", metavar="NAME")],
    models: Models = None,
) -> None:
    """Call a run by another name; its id stays."""
    with telling_errors():
        from softbio.errors import ConfigError
        from softbio.runs import RunStore

        name = " ".join(name.split())
        if len(name) > _LONGEST_NAME:
            raise ConfigError(
                f"A name has at most {_LONGEST_NAME} characters. Received: {len(name)}."
            )
        found = RunStore(models).get(run)
        found.update_state(name=name)
        err.print(f"{found.id} is called {_escaped(name) or 'nothing'} now.", soft_wrap=True)


@app.command("note")
def note(
    run: _RunId,
    text: Annotated[str, typer.Argument(help="What to note; empty: no note.", metavar="TEXT")],
    models: Models = None,
) -> None:
    """Write a note on a run, in place of the one that is there."""
    with telling_errors():
        from softbio.runs import RunStore

        found = RunStore(models).get(run)
        found.update_state(note=text.strip())
        err.print(f"Noted on {found.id}." if text.strip() else f"No note on {found.id} any more.")


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


def _told(run: Run) -> dict[str, Any]:
    """Return what the list tells of a run, as plain data."""
    from softbio.runs.listing import run_line

    line = run_line(run)
    alive = _process_lives(run.state) if line.status == "running" else None
    return line._asdict() | {"process_alive": alive}


def _process_lives(state: RunState) -> bool:
    import time

    from softbio.jobs.process import is_alive

    silent = time.time() - (state.heartbeat or 0.0)
    return silent < _SILENT or is_alive(state.pid, state.pid_created)


def _list_pooled(store: RunStore, as_json: bool) -> None:
    from softbio.cli.pooled_runs import pooled_lines, pooled_table
    from softbio.cli.tables import print_table

    lines, passed_over = pooled_lines([run for run in store.list() if run.config.search is None])
    for why in passed_over:
        err.print(f"[yellow]Passed over:[/] {_escaped(why)}", soft_wrap=True)
    if as_json:
        typer.echo(json.dumps(lines, indent=2, allow_nan=False))
    elif lines:
        print_table(pooled_table(lines))
    else:
        _say_empty(store)


def _write_csv(path: Path, runs: list[Run]) -> None:
    from softbio.errors import DataError
    from softbio.runs import write_atomically
    from softbio.runs.listing import run_line, spreadsheet

    try:
        write_atomically(path, spreadsheet(run_line(run) for run in runs))
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}.") from None
    err.print(f"{len(runs):,} runs in {_escaped(str(path))}", soft_wrap=True)


def _say_empty(store: RunStore) -> None:
    where = _escaped(str(store.path))
    err.print(
        f"There are no runs to list in {where}. `softbio train DATA` makes one.", soft_wrap=True
    )


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
