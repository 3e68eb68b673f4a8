"""``softbio search``: many trainings that look for good settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from softbio.cli.console import err, telling_errors
from softbio.cli.options import Models, refuse_all_but, typed

if TYPE_CHECKING:
    from softbio.config import Space, TrainConfig
    from softbio.faces.faceset import FaceSet
    from softbio.jobs.search import Search
    from softbio.runs import RunStore

__all__ = ["search"]

_MADE = ("space", "preset", "trials", "folds", "objective", "recipe", "assignments", "seed", "name")
_CARRIED_OUT = ("workers", "train_best", "as_csv", "as_json")
#: What goes with each thing that the command does, and what that is.
_ALONE = {
    "DATA": (("data", *_MADE, *_CARRIED_OUT), "Nothing is removed where a search is made"),
    "--resume": (
        ("resume", "trials", *_CARRIED_OUT),
        "--resume goes on with the search as it was made",
    ),
    "--show": (("show", "as_csv", "as_json"), "--show only shows what was found"),
    "--list": (("list_all", "as_json"), "--list only lists the searches"),
    "--remove": (("remove", "with_runs", "yes"), "--remove only removes"),
}


def search(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Argument(help="Folder of a packed face set.", metavar="DATA")
    ] = None,
    space: Annotated[
        Path | None,
        typer.Option("--space", metavar="SPACE.toml", help="File of the settings to vary."),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            metavar="weights|noise|network|head",
            help="What to vary, in place of --space. head refits the last layer alone: the networks "
            "are trained once, and a trial takes a second.",
        ),
    ] = None,
    trials: Annotated[
        int,
        typer.Option(
            "--trials",
            metavar="N",
            min=1,
            help="Trials, pruned ones included. With --resume: in all, if more are wanted.",
        ),
    ] = 20,
    folds: Annotated[
        int,
        typer.Option(
            "--folds",
            metavar="K",
            min=2,
            max=20,
            help="Networks a trial: each leaves a part of the people out, and judges them.",
        ),
    ] = 3,
    objective: Annotated[
        str, typer.Option("--objective", metavar="METRIC", help="What is made as good as it can.")
    ] = "balanced_fair_metric",
    workers: Annotated[
        int,
        typer.Option(
            "--workers",
            metavar="W",
            min=1,
            help="Trials at once. A training uses all cores, so that more workers share them: "
            "that pays where networks or batches are too small to use all cores.",
        ),
    ] = 1,
    recipe: Annotated[
        str, typer.Option("--recipe", help="What trials start from: report, recommended or fast.")
    ] = "fast",
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="SETTING=VALUE", help="Change a setting of the recipe; repeatable."
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            "--seed",
            min=0,
            help="Start of the proposals; --set seed=N is that of the trainings.",
        ),
    ] = 0,
    name: Annotated[str, typer.Option("--name", help="What you call the search, for lists.")] = "",
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="SEARCH", help="Go on with this search.")
    ] = None,
    train_best: Annotated[
        bool,
        typer.Option(
            "--train-best",
            help="When the search is done, train the best trial's settings on all training faces, "
            "and print the run's id on a second line.",
        ),
    ] = False,
    show: Annotated[
        str | None,
        typer.Option("--show", metavar="SEARCH", help="Show what this search has found so far."),
    ] = None,
    list_all: Annotated[bool, typer.Option("--list", help="List the searches.")] = False,
    remove: Annotated[
        str | None, typer.Option("--remove", metavar="SEARCH", help="Remove this search for good.")
    ] = None,
    with_runs: Annotated[
        bool, typer.Option("--with-runs", help="With --remove: its trials' runs too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --remove: do not ask.")] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print the trials as CSV and nothing else.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    models: Models = None,
) -> None:
    """Look for good settings; print the search's id, or with --csv or --json what was found.

    Every trial is a run, and is judged on the training faces, each by a network that has seen
    neither it nor its person; hopeless trials are given up early. Ctrl-C stops after the step that
    is under way and keeps everything; --resume goes on after that, or after a process was killed.
    """
    with telling_errors():
        from softbio.errors import ConfigError
        from softbio.jobs.search import Search, check_workers
        from softbio.runs import RunStore

        store = RunStore(models)
        modes = {"DATA": data, "--resume": resume, "--show": show, "--remove": remove}
        given = [mode for mode, value in modes.items() if value is not None]
        given += ["--list"] if list_all else []
        if len(given) != 1:
            raise ConfigError(
                "Say one thing: DATA to search on it, or --resume, --show, --list or --remove. "
                f"Received: {', '.join(given) or 'none of them'}."
            )
        refuse_all_but(context, *_ALONE[given[0]])
        if as_csv and as_json:
            raise ConfigError("Ask for --csv or --json, not both.")
        if list_all:
            _list(store, as_json)
        elif show is not None:
            _print(Search.open(store, show), as_csv, as_json)
        elif remove is not None:
            _remove(Search.open(store, remove), with_runs, yes)
        else:
            check_workers(workers)  # before anything is made
            if data is not None:
                found = _made(
                    store, data, space, preset, recipe, assignments or [],
                    {"trials": trials, "folds": folds, "objective": objective, "seed": seed,
                     "name": name},
                )  # fmt: skip
            else:
                found = Search.open(store, resume or "")
                if typed(context, "trials"):
                    found.extend(trials)
            if not (as_csv or as_json):
                typer.echo(found.id)
            _carry_out(found, workers)
            _print(found, as_csv, as_json, to_error=True)
            if train_best:
                _train_best(found, tell=not (as_csv or as_json))


def _made(
    store: RunStore,
    data: Path,
    space: Path | None,
    preset: str | None,
    recipe: str,
    assignments: list[str],
    options: dict[str, Any],
) -> Search:
    from softbio.config import apply_settings
    from softbio.config import recipe as named
    from softbio.faces.faceset import FaceSet
    from softbio.jobs.search import Search

    base: TrainConfig = apply_settings(named(recipe), assignments)
    faces = FaceSet.open(data)
    return Search.create(store, faces, _space(space, preset, faces), base=base, **options)


def _space(path: Path | None, preset: str | None, faces: FaceSet) -> Space:
    from softbio.config import PRESETS, Space, parse_space
    from softbio.errors import ConfigError

    if (path is None) == (preset is None):
        raise ConfigError(
            f"Say what to vary: --space SPACE.toml, or --preset {', '.join(PRESETS)}."
        )
    if preset is not None:
        return Space.preset(preset, tuple(faces.group_names.values()))
    assert path is not None
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not text in UTF-8.") from None
    try:
        return parse_space(text)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def _carry_out(search: Search, workers: int) -> None:
    from softbio.cli.search_watching import search_bar, watch
    from softbio.errors import RunError
    from softbio.jobs.search.workers import last_words

    if workers > 1:
        search.start(workers)
        watch(search)
    else:
        with search_bar(search) as update:
            search.work(update)
    if search.tally().finished >= search.about.trials:
        return
    if workers > 1 and not search.stop_requested:
        raise RunError(f"The workers of {search.id} ended early: {last_words(search.path)}")
    err.print(
        f"Stopped; all that was done is kept. Go on with `softbio search --resume {search.id}`.",
        soft_wrap=True,
    )
    raise typer.Exit(130)


def _print(search: Search, as_csv: bool, as_json: bool, *, to_error: bool = False) -> None:
    from rich.console import Console

    from softbio.cli.search_tables import print_results
    from softbio.cli.tables import width

    results = search.results()
    if as_csv:
        typer.echo(results.as_csv().decode(), nl=False)
    elif as_json:
        told = {"id": search.id, "state": search.state, **search.about.model_dump(mode="json")}
        typer.echo(json.dumps(told | results.as_json(), indent=2, allow_nan=False))
    else:
        console = Console(stderr=to_error, highlight=False, width=width())
        print_results(search, results, console)


def _list(store: RunStore, as_json: bool) -> None:
    from rich.markup import escape

    from softbio.cli.search_tables import list_of_searches
    from softbio.cli.tables import print_table
    from softbio.jobs.search import Search

    lines, damaged = [], Search.damaged(store)
    for search in Search.list(store):
        line, why = _line(search)
        if why:
            damaged[search.id] = why
        else:
            lines.append(line)
    if as_json:
        broken = [{"id": one, "state": "damaged", "error": why} for one, why in damaged.items()]
        typer.echo(json.dumps([*lines, *broken], indent=2, allow_nan=False))
        return
    for one, why in damaged.items():
        err.print(f"[yellow]Damaged:[/] {escape(f'{one}: {why}')}", soft_wrap=True)
    if lines:
        print_table(list_of_searches(lines))
    else:
        where = escape(str(store.path))
        err.print(
            f"There are no searches to list in {where}. `softbio search DATA --preset weights` "
            "makes one.",
            soft_wrap=True,
        )


def _line(search: Search) -> tuple[dict[str, Any], str]:
    """Return what a list tells of a search, or why it cannot."""
    from softbio.errors import RunError

    about = search.about
    try:
        counts, state = search.tally(), search.state
    except RunError as error:
        return {}, str(error)
    return {
        "id": search.id,
        "name": about.name,
        "state": state,
        "data": Path(about.data).name,
        "objective": about.objective,
        "trials": about.trials,
        "finished": counts.finished,
        "pruned": counts.pruned,
        "failed": counts.failed,
        "best": counts.best,
        "created": about.created,
    }, ""


def _remove(search: Search, with_runs: bool, yes: bool) -> None:
    what = f"{search.id} and its trials' runs" if with_runs else search.id
    if not yes and not typer.confirm(f"Remove {what} for good?", err=True):
        raise typer.Exit(1)
    search.remove(runs=with_runs)
    err.print(f"Removed {what}.")


def _train_best(search: Search, *, tell: bool) -> None:
    from softbio.cli.progress import training_bar
    from softbio.jobs.search import best_of, refit_as_searched, whole_run
    from softbio.training import train

    number = best_of(search)
    run = whole_run(search, number)
    if run.state.status == "done":
        err.print(f"Trial {number} is trained wholly: run [bold]{run.id}[/].", soft_wrap=True)
    else:
        err.print(f"Training trial {number} wholly: run [bold]{run.id}[/].", soft_wrap=True)
        with training_bar() as (progress, on_epoch):
            train(run, progress, on_epoch=on_epoch)
    if run.state.status == "cancelled":
        again = f"softbio search --resume {search.id} --train-best"
        err.print(f"Cancelled. Go on with `{again}`.", soft_wrap=True)
        raise typer.Exit(130)
    refit = refit_as_searched(search, number, run)
    if refit is not None:
        err.print(f"Refitted as the trial was: run [bold]{refit.id}[/].", soft_wrap=True)
    if tell:
        typer.echo((refit or run).id)
