"""``softbio evaluate``: what each gender gets from a run or from a prediction file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from softbio.cli.console import err, out, telling_errors
from softbio.cli.options import Models

if TYPE_CHECKING:
    from softbio.fairness import Evaluation

__all__ = ["Split", "evaluate"]


class Split(StrEnum):
    """The splits that have labels."""

    train = "train"
    val = "val"
    test = "test"


def evaluate(
    run: Annotated[
        str | None, typer.Argument(help="Id of the run, or its beginning.", metavar="RUN")
    ] = None,
    split: Annotated[Split, typer.Option("--split", help="The faces to judge by.")] = Split.test,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold", min=0.0, max=1.0, help="A score above it means 1. Default: 0.5."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    predictions: Annotated[
        Path | None,
        typer.Option(
            "--predictions", help="Judge this prediction file instead of a run; needs --truth."
        ),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option("--truth", help="CSV with filename, label and gender (-1 women, 1 men)."),
    ] = None,
    models: Models = None,
) -> None:
    """Print each gender's confusion matrix and metrics, the gaps, and the Fair Metric.

    Judges a run on one of its splits, or a prediction file against the truth.
    """
    with telling_errors():
        from softbio.errors import ConfigError

        if (predictions is None) != (truth is None):
            raise ConfigError("--predictions and --truth go together: give both, or a run's id.")
        if (run is None) == (predictions is None):
            raise ConfigError(
                "Give the id of a run (`softbio runs list` shows them), or --predictions and "
                "--truth; one of the two."
            )
        if run is not None:
            name, evaluation = _of_run(run, split.value, threshold, models)
            told = evaluation.as_json(run=name, split=split.value)
            title = f"{name}, split {split.value}"
        else:
            assert predictions is not None and truth is not None
            evaluation = _of_file(predictions, truth, threshold)
            told = evaluation.as_json()
            title = f"{predictions} against {truth}"
        if as_json:
            import json

            typer.echo(json.dumps(told, indent=2, allow_nan=False))
            return
        from rich.markup import escape

        from softbio.cli.tables import evaluation_table, print_table

        cut = "" if evaluation.threshold is None else f", threshold {evaluation.threshold:g}"
        out.print(f"[bold]{escape(title)}[/]{cut}")
        print_table(evaluation_table(evaluation))


def _of_run(
    run_id: str, split: str, threshold: float | None, models: Path | None
) -> tuple[str, Evaluation]:
    from softbio.runs import RunStore

    run = RunStore(models).get(run_id)
    predictions = run.predictions()
    evaluation = predictions.evaluate(split, 0.5 if threshold is None else threshold)
    chosen = predictions.select(split)
    if chosen.left_out:
        err.print(
            f"Left out: {chosen.without_label:,} faces of the split {split} without a label, "
            f"{chosen.without_group:,} without a known {predictions.group_column}.",
            soft_wrap=True,
        )
    return run.id, evaluation


def _of_file(predictions: Path, truth: Path, threshold: float | None) -> Evaluation:
    from softbio.errors import ConfigError
    from softbio.fairness import GroupCounts, evaluate_counts, score_figures
    from softbio.fairness import evaluate as evaluate_scores
    from softbio.runs.prediction_files import read_judged

    judged = read_judged(predictions, truth)
    if judged.by_order:
        err.print("The predictions have no file names: their lines were matched by name order.")
    label, group, groups = judged.label, judged.group, judged.groups
    if judged.score is not None and (judged.prediction is None or threshold is not None):
        chosen = 0.5 if threshold is None else threshold
        return evaluate_scores(label, judged.score, group, groups, chosen)
    if judged.prediction is None or threshold is not None:
        raise ConfigError(
            f"{predictions} holds predictions and no scores, so --threshold has nothing to act on. "
            "Leave it out, or write the scores too (`softbio predict --scores`)."
        )
    figures = None
    if judged.score is not None:
        figures = score_figures(label, judged.score, group, groups)
    counts = GroupCounts.from_predictions(label, judged.prediction, group, groups)
    return evaluate_counts(counts, score_figures=figures)
