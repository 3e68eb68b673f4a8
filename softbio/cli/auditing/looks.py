"""``softbio audit looks``: where a run's network looks, on the right and wrong faces of each group."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from softbio.cli.console import err, out, telling_errors
from softbio.cli.evaluate import Judged
from softbio.cli.options import Models

if TYPE_CHECKING:
    from softbio.audit.looking import LooksBy, SampledLooks

__all__ = ["Evidence", "Method", "looks"]


class Method(StrEnum):
    """How it is found out."""

    occlusion = "occlusion"
    grad_cam = "grad-cam"


class Evidence(StrEnum):
    """What is counted."""

    speaks_for = "for"
    against = "against"
    both = "any"


def looks(
    run: Annotated[str, typer.Argument(help="Id of the run, or its beginning.", metavar="RUN")],
    split: Annotated[
        Judged,
        typer.Option("--split", help="The faces to look at. Looks at test are counted."),
    ] = Judged.val_select,
    n: Annotated[
        int,
        typer.Option(
            "--n", min=1, help="Faces of each cell (group, label, right or wrong) at most."
        ),
    ] = 50,
    seed: Annotated[int, typer.Option("--seed", min=0, help="What they are drawn with.")] = 0,
    method: Annotated[
        Method,
        typer.Option(
            "--method",
            help="occlusion hides one place after the other; grad-cam is fast and coarse.",
        ),
    ] = Method.occlusion,
    evidence: Annotated[
        Evidence,
        typer.Option("--evidence", help="What speaks for label 1, against it, or any of both."),
    ] = Evidence.speaks_for,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Also write every figure to this file.")
    ] = None,
    models: Models = None,
) -> None:
    """Tell where a run's network looks: hair, eyes, lower face or background, by group.

    Predictions are made by the run's own rule. The page Errors, part Where it looks, shows the
    maps.
    """
    with telling_errors():
        from softbio.audit.looking import look_at_split, looks_csv, looks_json
        from softbio.cli.progress import phases_bar
        from softbio.runs import RunStore
        from softbio.runs.judging import faces_of

        found = RunStore(models).get(run)
        with phases_bar() as update:
            sampled = look_at_split(
                found,
                faces_of(found),
                split.value,
                method=method.value,
                most=n,
                seed=seed,
                progress=lambda done, total: update("Looking", done, total),
            )
        if split in (Judged.test, Judged.reviewed):
            times = found.note_test_look()
            word = "time" if times == 1 else "times"
            err.print(f"The test faces of this run were looked at {times:,} {word}.")
        by = sampled.by(evidence.value)
        if csv is not None:
            _write(csv, looks_csv(sampled, by))
        if as_json:
            import json

            told = looks_json(found.id, sampled, by)
            typer.echo(json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False))
            return
        _print(found.id, sampled, by)


def _print(run: str, sampled: SampledLooks, found: LooksBy) -> None:
    from softbio.audit.looking import limits, telling
    from softbio.cli.tables import print_table

    out.print(f"{run}, split {sampled.split}, {sampled.looks.method}", style="bold", markup=False)
    out.print(sampled.sentence, markup=False)
    out.print(sampled.rule.sentence, markup=False)
    print_table(_table(sampled, found))
    for sentence in telling(found):
        out.print(sentence, markup=False)
    for sentence in limits(found, sampled.looks):
        err.print(sentence, markup=False, soft_wrap=True, style="dim")


def _table(sampled: SampledLooks, found: LooksBy) -> Any:
    from rich.markup import escape

    from softbio.audit.looking import BANDS
    from softbio.cli.tables import plain_table

    of = {"for": "for label 1", "against": "against label 1", "any": "for or against label 1"}
    table = plain_table(title=f"Share of the evidence {of[found.evidence]}, in %")
    for name in ("group", "label", "predicted", "faces", *BANDS):
        table.add_column(name, justify="left" if name == "group" else "right")
    for cell in found.cells:
        shares = [_share(*each) for each in zip(cell.share, cell.low, cell.high, strict=True)]
        faces = f"{cell.n:,} of {sampled.of[cell.group, cell.label, cell.right]:,}"
        table.add_row(escape(cell.group), str(cell.label), str(cell.prediction), faces, *shares)
    areas = [f"{100 * area:.0f}" for area in found.areas]
    table.add_row("a uniform map", "", "", "", *areas, style="dim")
    return table


def _share(value: float, low: float, high: float) -> str:
    if value != value:
        return "–"
    return f"{100 * value:.0f}" + (f" ({100 * low:.0f}–{100 * high:.0f})" if low == low else "")


def _write(path: Path, data: bytes) -> None:
    from softbio.errors import DataError
    from softbio.runs import write_atomically

    try:
        write_atomically(path, data)
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}.") from None
    err.print(f"Written: {path}", markup=False, soft_wrap=True)
