"""``softbio evaluate``: what each gender gets from a run or from a prediction file."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from softbio.cli.console import err, out, telling_errors
from softbio.cli.options import Models

if TYPE_CHECKING:
    from softbio.fairness import Evaluation, IntervalPlan
    from softbio.runs import Run

__all__ = ["Judged", "Split", "Unit", "evaluate"]


class Split(StrEnum):
    """The splits that have labels."""

    train = "train"
    val = "val"
    val_select = "val_select"
    val_fit = "val_fit"
    test = "test"


class Judged(StrEnum):
    """The faces that a run can be judged by."""

    train = "train"
    val = "val"
    val_select = "val_select"
    val_fit = "val_fit"
    test = "test"
    reviewed = "reviewed"


class Unit(StrEnum):
    """What is drawn anew for an interval."""

    auto = "auto"
    person = "person"
    face = "face"


def evaluate(
    run: Annotated[
        str | None, typer.Argument(help="Id of the run, or its beginning.", metavar="RUN")
    ] = None,
    split: Annotated[
        Judged,
        typer.Option(
            "--split",
            help="The faces to judge by. val_select and val_fit are the halves of val. Looks at "
            "test are counted. reviewed: the test faces that people reviewed blind in a random "
            "sample, against the labels that they gave.",
        ),
    ] = Judged.val_select,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="COLUMN",
            help="Group by this column of the face set; given twice, the two are crossed. "
            "Default: the group column.",
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            min=0.0,
            max=1.0,
            help="A score above it means 1. Default: the rule that `softbio decide` stored with "
            "the run, else 0.5.",
        ),
    ] = None,
    intervals: Annotated[
        bool, typer.Option("--intervals/--no-intervals", help="Say how sure each figure is.")
    ] = True,
    level: Annotated[
        float, typer.Option("--level", min=0.5, max=0.999, help="Level of the intervals.")
    ] = 0.95,
    replicates: Annotated[
        int, typer.Option("--replicates", min=100, max=100_000, help="Bootstrap replicates.")
    ] = 2000,
    unit: Annotated[
        Unit,
        typer.Option(
            "--resample",
            help="What is drawn anew: people with all their faces, or faces. auto: people where "
            "they are known.",
        ),
    ] = Unit.auto,
    minimum: Annotated[
        int, typer.Option("--minimum-n", min=0, help="Dim groups of fewer faces.")
    ] = 30,
    gap: Annotated[
        float,
        typer.Option(
            "--gap",
            metavar="POINTS",
            min=0.01,
            max=100.0,
            help="Say how many faces would show a gap of so many percentage points.",
        ),
    ] = 2.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Also write every figure to this file.")
    ] = None,
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
    """Print each group's confusion matrix and metrics, the gaps, and how sure all of it is.

    Judges a run on one of its splits, or a prediction file against the truth.
    """
    with telling_errors():
        from softbio.errors import ConfigError
        from softbio.fairness import IntervalPlan

        if (predictions is None) != (truth is None):
            raise ConfigError("--predictions and --truth go together: give both, or a run's id.")
        if (run is None) == (predictions is None):
            raise ConfigError(
                "Give the id of a run (`softbio runs list` shows them), or --predictions and "
                "--truth; one of the two."
            )
        plan = None
        if intervals:
            plan = IntervalPlan(replicates=replicates, level=level, by=unit.value)
        if run is not None:
            found, evaluation = _of_run(run, split.value, by or (), threshold, plan, models)
            told = evaluation.as_json(run=found.id, split=split.value)
            title = f"{found.id}, split {split.value}"
        else:
            assert predictions is not None and truth is not None
            if by:
                raise ConfigError("--by needs a run: a truth file tells the gender only.")
            evaluation = _of_file(predictions, truth, threshold, plan)
            told = evaluation.as_json()
            title = f"{predictions} against {truth}"
        if csv is not None:
            _write_csv(csv, evaluation)
        if as_json:
            import json

            typer.echo(json.dumps(told, indent=2, allow_nan=False))
            return
        _print(title, evaluation, minimum, gap / 100)


def _print(title: str, evaluation: Evaluation, minimum: int, gap: float) -> None:
    from rich.markup import escape

    from softbio.cli.evaluation_tables import evaluation_table, sight_table
    from softbio.cli.tables import print_table

    rule = evaluation.rule
    out.print(f"[bold]{escape(title)}[/]", soft_wrap=True)
    if rule is not None:
        out.print(escape(rule.sentence), soft_wrap=True)
    print_table(evaluation_table(evaluation, minimum))
    print_table(sight_table(evaluation, gap))
    if evaluation.intervals is not None:
        out.print(f"[dim]{escape(evaluation.intervals.sentence)}[/]", soft_wrap=True)


def _of_run(
    run_id: str,
    split: str,
    by: Sequence[str],
    threshold: float | None,
    plan: IntervalPlan | None,
    models: Path | None,
) -> tuple[Run, Evaluation]:
    from softbio.errors import DataError
    from softbio.runs import RunStore
    from softbio.runs.judging import faces_of, judge

    run = RunStore(models).get(run_id)
    faces = None
    try:
        faces = faces_of(run)
    except DataError as error:
        if by:
            raise
        if plan is not None:
            err.print(f"Intervals take every face for another person's: {error}", soft_wrap=True)
    evaluation = judge(run, split, by=by, faces=faces, threshold=threshold, intervals=plan)
    chosen = run.predictions().select(split, by, faces)
    if chosen.left_out:
        without = {
            "without a label": chosen.without_label,
            f"without a known {' and '.join(by) or run.config.group_column}": chosen.without_group,
            "without a prediction": chosen.without_score,
        }
        told = ", ".join(f"{count:,} {what}" for what, count in without.items() if count)
        err.print(f"Left out of the split {split}: {told}.", soft_wrap=True)
    if split in ("test", "reviewed"):
        looks = run.note_test_look()
        times = "time" if looks == 1 else "times"
        err.print(f"The test faces of this run were looked at {looks:,} {times}.", soft_wrap=True)
    return run, evaluation


def _of_file(
    predictions: Path, truth: Path, threshold: float | None, plan: IntervalPlan | None
) -> Evaluation:
    from softbio.errors import ConfigError
    from softbio.fairness import GroupCounts, evaluate_counts, intervals_of, score_figures
    from softbio.fairness import evaluate as evaluate_scores
    from softbio.runs.prediction_files import read_judged

    judged = read_judged(predictions, truth)
    if judged.by_order:
        err.print("The predictions have no file names: their lines were matched by name order.")
    label, group, groups = judged.label, judged.group, judged.groups
    if judged.score is not None and (judged.prediction is None or threshold is not None):
        chosen = 0.5 if threshold is None else threshold
        return evaluate_scores(label, judged.score, group, groups, chosen, intervals=plan)
    if judged.prediction is None or threshold is not None:
        raise ConfigError(
            f"{predictions} holds predictions and no scores, so --threshold has nothing to act on. "
            "Leave it out, or write the scores too (`softbio predict --scores`)."
        )
    figures, bounds = None, None
    if judged.score is not None:
        figures = score_figures(label, judged.score, group, groups, None, plan)
    if plan is not None:
        scored = None if figures is None else figures.intervals
        bounds = intervals_of(label, judged.prediction, group, groups, plan, None, scored)
    counts = GroupCounts.from_predictions(label, judged.prediction, group, groups)
    return evaluate_counts(counts, score_figures=figures, intervals=bounds)


def _write_csv(path: Path, evaluation: Evaluation) -> None:
    import pandas as pd

    from softbio.errors import DataError
    from softbio.fairness.tidy import TidyLine, tidy
    from softbio.runs import write_atomically

    frame = pd.DataFrame(tidy(evaluation), columns=list(TidyLine._fields))
    try:
        write_atomically(path, frame.to_csv(index=False).encode())
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}.") from None
    err.print(f"{len(frame):,} figures in {path}", soft_wrap=True)
