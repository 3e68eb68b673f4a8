"""``softbio audit slices``: which slices of the faces a run fails most."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from softbio.cli.console import err, out, telling_errors
from softbio.cli.evaluate import Judged
from softbio.cli.options import Models

if TYPE_CHECKING:
    from softbio.audit.slices import AuditedSlices, Slice

__all__ = ["Kind", "slices"]


class Kind(StrEnum):
    """A kind of errors."""

    wrong = "wrong"
    false_positive = "false-positive"
    false_negative = "false-negative"


def slices(
    run: Annotated[str, typer.Argument(help="Id of the run, or its beginning.", metavar="RUN")],
    split: Annotated[
        Judged,
        typer.Option("--split", help="The faces to look at. Looks at test are counted."),
    ] = Judged.val_select,
    kind: Annotated[
        Kind,
        typer.Option(
            "--kind",
            help="The errors to count: all, or those of the faces with label 0 (false-positive) "
            "or label 1 (false-negative).",
        ),
    ] = Kind.wrong,
    group: Annotated[
        str | None,
        typer.Option("--group", metavar="NAME", help="Tell only of this group, or of `all`."),
    ] = None,
    most: Annotated[
        int, typer.Option("--most", min=1, max=3, help="Attributes of a slice at most.")
    ] = 3,
    smallest: Annotated[
        int, typer.Option("--smallest", min=2, help="Faces that a slice must have.")
    ] = 50,
    clusters: Annotated[
        int | None,
        typer.Option(
            "--clusters",
            min=2,
            metavar="K",
            help="Test so many clusters of the run's embeddings in place of attributes. Sets "
            "without attributes are always told so, in 12.",
        ),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Slices to list, of each group.")] = 20,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Also write the slices to this file.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    models: Models = None,
) -> None:
    """Find the slices of the faces that a run fails most, beyond chance.

    A slice is a conjunction of up to three attributes, each as it is or negated; all are counted.
    The page Errors, part Slices, shows their faces.
    """
    with telling_errors():
        from softbio.audit.slices import ALL, as_csv, audit_slices
        from softbio.audit.slices import as_json as told
        from softbio.errors import ConfigError, DataError
        from softbio.runs import RunStore, write_atomically
        from softbio.runs.judging import faces_of

        found = RunStore(models).get(run)
        faces = faces_of(found)
        audited = audit_slices(
            found,
            faces,
            split.value,
            kind=kind.value,
            clusters=clusters,
            most=most,
            smallest=smallest,
            top=top,
        )
        names = [scope.group for scope in audited.slices.scopes]
        if group is not None and group not in names:
            # One group alone is all the faces.
            if group != ALL:
                raise ConfigError(
                    f"There is no group {group!r}. The groups are: {', '.join(names)}."
                )
            group = None
        if split in (Judged.test, Judged.reviewed):
            looks = found.note_test_look()
            times = "time" if looks == 1 else "times"
            err.print(f"The test faces of this run were looked at {looks:,} {times}.")
        if csv is not None:
            try:
                write_atomically(csv, as_csv(audited, group))
            except OSError as error:
                raise DataError(f"{csv} cannot be written: {error.strerror}.") from None
            err.print(f"Written: {csv}", markup=False, soft_wrap=True)
        if as_json:
            import json

            line = {"run": found.id, "data": str(faces.path), "split": split.value}
            text = json.dumps(
                line | told(audited, group), indent=2, ensure_ascii=False, allow_nan=False
            )
            typer.echo(text)
            return
        _tell(audited, group)


def _tell(audited: AuditedSlices, group: str | None) -> None:
    from softbio.audit.slices import verdict
    from softbio.cli.tables import number, plain_table, print_table

    out.print(verdict(audited, group), markup=False, soft_wrap=True)
    found = audited.slices
    table = plain_table()
    for head in ("slice", "group", "faces", "people", "wrong", "rate", "others", "worse by", "p"):
        table.add_column(head, justify="left" if head in ("slice", "group") else "right")
    for line in found.lines:
        if group in (None, line.group):
            table.add_row(
                _name(audited, line), line.group, f"{line.n:,}", f"{line.people:,}",
                f"{line.errors:,}", number(line.rate), number(line.rest),
                f"{number(line.effect)} ({line.low:.3f} – {line.high:.3f})",
                f"{line.p_holm:.2g}",
            )  # fmt: skip
    if table.row_count:
        print_table(table)
    err.print(
        f"p: Fisher's, by {found.by}, corrected by Holm for {found.tested:,} tests. "
        f"Intervals: {100 * found.level:g} % by {found.by}, each slice by itself.",
        markup=False,
        soft_wrap=True,
    )


def _name(audited: AuditedSlices, line: Slice) -> str:
    return audited.words(line) if audited.clustered else str(line.formula)
