"""``softbio compare``: what a run changed for whom, against a baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from softbio.cli.console import err, out, telling_errors
from softbio.cli.evaluate import Judged
from softbio.cli.options import Models

if TYPE_CHECKING:
    from softbio.faces import FaceSet
    from softbio.fairness import Comparison
    from softbio.runs import Run

__all__ = ["compare"]


def compare(
    run: Annotated[str, typer.Argument(help="Id of the run, or its beginning.", metavar="RUN")],
    baseline: Annotated[
        str, typer.Argument(help="Id of the run to compare with.", metavar="BASELINE")
    ],
    split: Annotated[
        Judged,
        typer.Option(
            "--split",
            help="The faces to judge by. val_select and val_fit are the halves of val. Looks at "
            "test are counted, for both runs. reviewed: the test faces that people reviewed blind "
            "in a random sample, against the labels that they gave.",
        ),
    ] = Judged.val_select,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            min=0.0,
            max=1.0,
            help="A score of RUN above it means 1. Default: the run's own rule, else 0.5.",
        ),
    ] = None,
    baseline_threshold: Annotated[
        float | None,
        typer.Option("--baseline-threshold", min=0.0, max=1.0, help="The same for BASELINE."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="COLUMN",
            help="Group by this column of the face set; given twice, the two are crossed. "
            "Default: the group column.",
        ),
    ] = None,
    tolerance: Annotated[
        float,
        typer.Option(
            "--tolerance",
            metavar="POINTS",
            min=0.0,
            max=100.0,
            help="Percentage points that a group may lose and still not be called worse off.",
        ),
    ] = 0.5,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write one line for each metric and group here.")
    ] = None,
    models: Models = None,
) -> None:
    """Say who gained and who paid when RUN takes the place of BASELINE.

    Both are judged on the same faces, so the changes are paired: of every group, of each label in
    it, and of every metric, with intervals.
    """
    with telling_errors():
        from softbio.runs import RunStore
        from softbio.runs.judging import judge_pair, trained_on_judged

        store = RunStore(models)
        new, old = store.get(run), store.get(baseline)
        columns = tuple(by or ())
        faces = _faces(new, columns)
        comparison = judge_pair(
            new,
            old,
            split.value,
            by=columns,
            faces=faces,
            threshold=threshold,
            baseline_threshold=baseline_threshold,
            tolerance=tolerance / 100,
        )
        trained = trained_on_judged(new, old, split.value, by=columns, faces=faces)
        _warn_of_training((new, old), trained, comparison.n)
        if split in (Judged.test, Judged.reviewed):
            for one in {new.id: new, old.id: old}.values():
                looks = one.note_test_look()
                times = "time" if looks == 1 else "times"
                err.print(
                    f"The test faces of {one.id} were looked at {looks:,} {times}.", soft_wrap=True
                )
        if csv is not None:
            _write_csv(csv, comparison)
        if as_json:
            import json

            told = comparison.as_json(run=new.id, baseline=old.id, split=split.value)
            told["trained_on"] = dict(zip(("run", "baseline"), trained, strict=True))
            typer.echo(json.dumps(told, indent=2, allow_nan=False))
            return
        from rich.markup import escape

        from softbio.cli.comparison_tables import comparison_table
        from softbio.cli.tables import print_table

        out.print(
            f"[bold]{escape(new.id)} against {escape(old.id)}[/], split {split.value}, "
            f"{comparison.n:,} faces, intervals by {comparison.by}"
        )
        print_table(comparison_table(comparison))


def _faces(run: Run, columns: tuple[str, ...]) -> FaceSet | None:
    """Open the run's face set, which tells who is on each photograph."""
    from softbio.errors import DataError
    from softbio.runs.judging import faces_of

    try:
        return faces_of(run)
    except DataError as error:
        if columns:
            raise
        err.print(f"Intervals take every face for another person's: {error}", soft_wrap=True)
        return None


def _warn_of_training(runs: tuple[Run, Run], trained: tuple[int, int], n: int) -> None:
    """Say on standard error which run was trained on the faces that it is judged by."""
    for one, count in zip(runs, trained, strict=True):
        if count:
            err.print(
                f"{one.id} was trained on {count:,} of these {n:,} faces: they flatter it.",
                markup=False,
                soft_wrap=True,
            )


def _write_csv(path: Path, comparison: Comparison) -> None:
    from softbio.cli.comparison_tables import comparison_csv
    from softbio.errors import DataError
    from softbio.runs.files import write_atomically

    try:
        write_atomically(path, comparison_csv(comparison).encode())
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}.") from None
    err.print(f"Every change in {path}", soft_wrap=True)
