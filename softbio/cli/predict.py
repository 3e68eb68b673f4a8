"""``softbio predict``: a run and a source of faces become a prediction file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from softbio.cli.console import err, telling_errors
from softbio.cli.options import Models

__all__ = ["Format", "OnError", "predict"]


class Format(StrEnum):
    """The prediction files that can be written."""

    table = "table"
    challenge = "challenge"


class OnError(StrEnum):
    """What to do about a photograph that cannot be read."""

    fail = "fail"
    skip = "skip"


def predict(
    run: Annotated[str, typer.Argument(help="Id of the run, or its beginning.", metavar="RUN")],
    source: Annotated[str, typer.Argument(help="A packed set, or photographs as pack reads them.")],
    out: Annotated[Path, typer.Option("--out", help="File to write.")] = Path("predictions.csv"),
    format: Annotated[
        Format,
        typer.Option(
            "--format",
            help="table: filename,label. challenge: labels alone, in the order of the names.",
        ),
    ] = Format.table,
    scores: Annotated[
        bool, typer.Option("--scores", help="Add the scores as a column; table only.")
    ] = False,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            min=0.0,
            max=1.0,
            help="A score above it means 1. Default: the rule stored with the run by "
            "`softbio decide`, else 0.5.",
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            help="Faces of a packed set: train, val, test, unlabelled or all. Default: "
            "unlabelled where there are any, else all.",
        ),
    ] = None,
    on_error: Annotated[
        OnError, typer.Option("--on-error", help="What to do about an unreadable photograph.")
    ] = OnError.fail,
    models: Models = None,
) -> None:
    """Write a prediction, -1 or 1, for every face of a source."""
    with telling_errors():
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        from softbio.errors import ConfigError
        from softbio.fairness import common_rule
        from softbio.predict import predict as carry_out
        from softbio.predict import skipped_path, write_predictions
        from softbio.runs import RunStore

        if scores and format is Format.challenge:
            raise ConfigError("--scores goes with --format table: the challenge's has one column.")
        chosen = RunStore(models).get(run)
        stored = chosen.rule() if threshold is None else None
        rule = stored or common_rule(0.5 if threshold is None else threshold)
        with Progress(
            "predicting",
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=err,
            transient=True,
        ) as bar:
            task = bar.add_task("", total=None)
            predicted = carry_out(
                chosen,
                source,
                split=split,
                rule=rule,
                on_error=on_error.value,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        write_predictions(out, predicted, format.value, scores=scores, rule=rule)
        err.print(f"{len(predicted):,} predictions of {chosen.id} in {out}", soft_wrap=True)
        told = (
            f"A score above {rule.threshold:g} means 1."
            if stored is None
            else f"Decided by the rule stored with the run: {stored.sentence}"
        )
        err.print(escape(told), soft_wrap=True)
        if predicted.skipped:
            err.print(
                f"[yellow]Without a prediction, because it could not be read:[/] "
                f"{len(predicted.skipped):,} of {len(predicted) + len(predicted.skipped):,} faces, "
                f"listed in {skipped_path(out)}",
                soft_wrap=True,
            )
