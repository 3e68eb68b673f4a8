"""``softbio import``: predictions that were made elsewhere become a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from softbio.cli.console import err, telling_errors
from softbio.cli.options import Models

__all__ = ["import_predictions"]


def import_predictions(
    predictions: Annotated[
        Path,
        typer.Argument(
            metavar="PREDICTIONS.CSV",
            help="filename and score, or label (the prediction), or both; optionally true_label "
            "and the group column, which must agree with the set.",
        ),
    ],
    data: Annotated[
        Path, typer.Option("--data", metavar="SET", help="The packed set that was predicted.")
    ],
    name: Annotated[str, typer.Option("--name", help="What you call the run, for lists.")] = "",
    partial: Annotated[
        bool, typer.Option("--partial", help="Accept faces without a prediction; they are counted.")
    ] = False,
    models: Models = None,
) -> None:
    """Make a run of predictions that were made elsewhere; print its id on standard output.

    Whatever can be asked of a trained run can be asked of it, but what needs the network.
    """
    with telling_errors():
        from softbio.faces.faceset import FaceSet
        from softbio.runs import RunStore
        from softbio.runs.imported import import_predictions as carry_out

        done = carry_out(RunStore(models), predictions, FaceSet.open(data), name, partial=partial)
        for note in done.notes:
            err.print(note, soft_wrap=True, markup=False)
        err.print(f"{done.faces:,} predictions imported.", soft_wrap=True)
        typer.echo(done.run.id)
