"""``softbio demo``: the whole road on synthetic faces, then the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from softbio.cli.console import err, telling_errors
from softbio.cli.options import DataRoot, Models, Port
from softbio.cli.progress import packing_bar, training_bar

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.runs import Run, RunStore

__all__ = ["demo"]

_RECIPES = ("report", "fast")


def demo(
    faces: Annotated[int, typer.Option("--faces", min=200, help="Synthetic faces to draw.")] = 6000,
    data: DataRoot = Path("data"),
    models: Models = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SETTING=VALUE", help="Change a setting of both recipes."),
    ] = None,
    port: Port = 8501,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the page after the comparison.")
    ] = True,
) -> None:
    """Draw faces, train the recipes report and fast, compare them, serve the page.

    What is there from an earlier time is used again.
    """
    with telling_errors():
        from softbio.runs import RunStore

        store = RunStore(models)
        face_set = _faces(data / f"demo-{faces}", faces)
        runs = [_run(store, face_set, name, assignments or []) for name in _RECIPES]
        _tell_comparison(runs)
        if serve:
            from softbio.cli.serve import dashboard

            dashboard(data=data, models=models, port=port, browser=False)


def _faces(folder: Path, count: int) -> FaceSet:
    from softbio.faces.pack import pack
    from softbio.faces.readers import read_source

    err.print(f"[bold]Faces[/]: {count:,} synthetic faces in {folder}")
    with packing_bar("Drawing") as progress:
        return pack(read_source(f"synthetic:{count}"), folder, progress=progress)


def _run(store: RunStore, faces: FaceSet, name: str, assignments: list[str]) -> Run:
    from softbio.config import apply_settings, recipe
    from softbio.training import find_or_train

    err.print(f"[bold]Recipe {name}[/]")
    with training_bar() as (progress, on_epoch):
        run = find_or_train(
            store, faces, apply_settings(recipe(name), assignments), progress, on_epoch=on_epoch
        )
    if run.state.status != "done":
        err.print("Stopped. `make demo` goes on from here.")
        raise typer.Exit(130)
    err.print(f"  run {run.id}: {run.state.seconds:.0f} s, kept epoch {run.state.best_epoch}")
    return run


def _tell_comparison(runs: list[Run]) -> None:
    from softbio.cli.tables import number, plain_table, print_table

    evaluations = [run.predictions().evaluate("test", 0.5) for run in runs]
    table = plain_table(title=f"Test split, {evaluations[0].n:,} faces")
    table.add_column("")
    for run in runs:
        table.add_column(run.config.recipe, justify="right")
    for group in evaluations[0].groups:
        index = evaluations[0].groups.index(group)
        for metric, title in (("accuracy", "accuracy"), ("true_positive_rate", "positives found")):
            table.add_row(
                f"{group}: {title}", *(number(e.by_group[metric][index]) for e in evaluations)
            )
    for metric, title in (
        ("fair_metric", "Fair Metric"),
        ("balanced_fair_metric", "balanced Fair Metric"),
        ("worst_cell_accuracy", "worst cell"),
    ):
        table.add_row(title, *(number(e.overall[metric]) for e in evaluations))
    table.add_row("seconds to train", *(f"{run.state.seconds:.0f}" for run in runs))
    print_table(table)
