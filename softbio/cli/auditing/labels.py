"""``softbio audit labels``: which labels of the faces look wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from softbio.cli.console import err, out, telling_errors
from softbio.cli.options import Models

if TYPE_CHECKING:
    from softbio.audit.label_issues import AuditedLabels, Rate

__all__ = ["labels"]


def labels(
    run: Annotated[str, typer.Argument(help="Id of the run, or its beginning.", metavar="RUN")],
    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            metavar="SPLIT",
            help="Audit the faces of one split: train, val, val_select, val_fit or test. "
            "Default: all that the network did not train on.",
        ),
    ] = None,
    by_group: Annotated[
        bool,
        typer.Option(
            "--by-group/--no-by-group",
            help="Compare faces with those of their own group. Without, one group's rare "
            "positives are flagged for being rare.",
        ),
    ] = True,
    level: Annotated[
        float, typer.Option("--level", min=0.5, max=0.999, help="Level of the intervals.")
    ] = 0.95,
    top: Annotated[
        int, typer.Option("--top", min=0, help="How many of the most suspect faces to list.")
    ] = 20,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", help="Also write every audited face to this file, ranked."),
    ] = None,
    models: Models = None,
) -> None:
    """Find labels that look wrong, by confident learning.

    Only faces that the scoring network did not train on are audited; `softbio train --folds 5`
    gives every training face such a score. Review them on the page Faces, part Review.
    """
    with telling_errors():
        from softbio.audit.label_issues import as_csv, audit_labels
        from softbio.audit.label_issues import as_json as told
        from softbio.runs import RunStore
        from softbio.runs.judging import faces_of

        found = RunStore(models).get(run)
        faces = faces_of(found).in_groups()
        audited = audit_labels(found, faces, by_group=by_group, split=split, level=level)
        if csv is not None:
            _write(csv, as_csv(audited))
        if as_json:
            import json

            line = {"run": found.id, "data": str(faces.path), "split": split, "by_group": by_group}
            typer.echo(json.dumps(line | told(audited, top), indent=2, ensure_ascii=False))
            return
        _tell(audited, top)


def _tell(audited: AuditedLabels, top: int) -> None:
    from softbio.audit.label_issues import ASSUMES, cautions, direction, verdict
    from softbio.cli.tables import number, plain_table, print_table

    out.print(verdict(audited), markup=False)
    issues = audited.issues
    table = plain_table(title=f"\nNoise of the labels, {100 * issues.level:g} % by {issues.by}")
    table.add_column("labels")
    for head in ("faces", "flagged", "wrong", "of those labelled so", "of those truly other"):
        table.add_column(head, justify="right")
    for rate in issues.noise:
        table.add_row(
            direction(rate),
            f"{rate.faces:,}",
            f"{rate.flagged:,}",
            _faces(rate.wrong_faces),
            _share(rate.wrong),
            _share(rate.flipped),
        )
    print_table(table)
    if top:
        listed = plain_table(title="The most suspect labels")
        for head in ("filename", "split", "group", "label", "score", "suspicion", "flagged"):
            right = head in ("label", "score", "suspicion")
            listed.add_column(head, justify="right" if right else "left")
        for face in audited.table().head(top).to_dict("records"):
            listed.add_row(
                face["filename"], face["split"], face["group"], str(face["label"]),
                number(face["score"]), number(face["suspicion"]), "yes" if face["flagged"] else "",
            )  # fmt: skip
        print_table(listed)
    for sentence in (audited.sentence, *cautions(audited), ASSUMES):
        err.print(sentence, markup=False, soft_wrap=True)


def _share(rate: Rate) -> str:
    from softbio.cli.tables import number

    value = number(rate.value)
    return value if value == "–" else f"{value} ({rate.low:.3f} – {rate.high:.3f})"


def _faces(rate: Rate) -> str:
    import math

    if math.isnan(rate.value):
        return "–"
    return f"{rate.value:,.0f} ({rate.low:,.0f} – {rate.high:,.0f})"


def _write(path: Path, content: bytes) -> None:
    from softbio.errors import ConfigError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.") from None
    err.print(f"Written: {path}", markup=False, soft_wrap=True)
