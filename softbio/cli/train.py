"""``softbio train``: train a recipe on a packed set, or go on with a run that was stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from softbio.cli.console import err, telling_errors
from softbio.cli.options import Models, refuse_all_but
from softbio.cli.progress import training_bar

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.runs import Run, RunStore

__all__ = ["train"]


def train(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Argument(help="Folder of a packed face set.", metavar="DATA")
    ] = None,
    recipe: Annotated[
        str, typer.Option("--recipe", help="report, recommended or fast.")
    ] = "recommended",
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="SETTING=VALUE",
            help="Change a setting, such as loss.gamma=2, weights.men=0.5 or "
            "'cell_weights.men 1=2'; repeatable.",
        ),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(
            "--folds",
            metavar="K",
            min=0,
            max=20,
            help="Also train K networks that each leave a part of the people out, so that every "
            "training face has a score of one that has not seen it, as `softbio audit labels` "
            "needs. The same as --set folds=K.",
        ),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            "--labels",
            metavar="given|corrected",
            help="corrected: train on the labels that reviewers agree on, without photographs "
            "tagged unusable. The same as --set labels.use=corrected.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="What you call the run, for lists.")
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume", metavar="RUN", help="Go on with this run instead of making a new one."
        ),
    ] = None,
    models: Models = None,
) -> None:
    """Train on a packed set; print the run's id and nothing else on standard output.

    Ctrl-C stops cleanly: the run is marked cancelled and keeps what its finished
    epochs gave. --resume goes on after that, or after the process was killed.
    """
    with telling_errors():
        from softbio.runs import RunStore

        store = RunStore(models)
        assignments = [
            *(assignments or []),
            *([] if folds is None else [f"folds={folds}"]),
            *([] if labels is None else [f"labels.use={labels}"]),
        ]
        if resume is not None:
            refuse_all_but(context, ["resume"], "--resume goes on with the run as it was made")
            run, faces = _resumed(store, resume)
        else:
            run, faces = _made(store, data, recipe, assignments, name)
        _tell_start(run, faces)
        typer.echo(run.id)
        _train(run)


def _made(
    store: RunStore, data: Path | None, recipe: str, assignments: list[str] | None, name: str | None
) -> tuple[Run, FaceSet]:
    from softbio.config import apply_settings
    from softbio.config import recipe as named
    from softbio.errors import ConfigError
    from softbio.faces.faceset import FaceSet
    from softbio.training import new_run

    if data is None:
        raise ConfigError("Name the packed set to train on: `softbio train DATA`.")
    config = apply_settings(named(recipe), assignments or [])
    faces = FaceSet.open(data)
    return new_run(store, faces, config, name), faces


def _resumed(store: RunStore, resume: str) -> tuple[Run, FaceSet]:
    from softbio.faces.faceset import FaceSet

    run = store.get(resume)
    faces = FaceSet.open(run.config.data)
    run.clear_cancel()
    return run, faces


def _tell_start(run: Run, faces: FaceSet) -> None:
    from rich.markup import escape

    from softbio.training import plan_training
    from softbio.training.corrections import read_corrections

    err.print(f"Run [bold]{run.id}[/] on {escape(str(faces.path))}", soft_wrap=True)
    corrections = read_corrections(run, faces)
    for note in plan_training(faces, run.config.training, corrections).notes:
        err.print(f"  {escape(note)}", soft_wrap=True)


def _train(run: Run) -> None:
    from softbio.training import train as carry_out

    with training_bar() as (progress, on_epoch):
        carry_out(run, progress, on_epoch=on_epoch)
    state = run.state
    if state.status == "cancelled":
        kept = f"kept epoch {state.best_epoch}" if state.weights_sha256 else "no epoch was done"
        err.print(
            f"Cancelled; {kept}. Go on with `softbio train --resume {run.id}`.", soft_wrap=True
        )
        raise typer.Exit(130)
    err.print(f"Done in {state.seconds or 0:.0f} s; kept epoch {state.best_epoch}.")
