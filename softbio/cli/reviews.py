"""``softbio reviews``: what people say that labels should be, out and in, and how they agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from softbio.cli.console import err, telling_errors

if TYPE_CHECKING:
    from softbio.faces.reviews import Reviews

__all__ = ["reviews"]


def reviews(
    data: Annotated[str, typer.Argument(metavar="DATA", help="A face set, such as data/NAME.")],
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="CSV", help="Write the reviews that hold to this file."),
    ] = None,
    imported: Annotated[
        Path | None,
        typer.Option(
            "--import",
            metavar="CSV",
            help="Add the reviews of this file: filename,label (1, 0 or unsure), and perhaps who, "
            "blind (yes or no) and queue. With a wrong line in it nothing is added.",
        ),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Print all that was ever said, the latest last.")
    ] = False,
    undo: Annotated[
        bool,
        typer.Option("--undo", help="Take back the last batch of --who, a face or an import."),
    ] = False,
    agreement: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--agreement",
            metavar="A B",
            help="How well these two reviewers agree: Cohen's kappa on the faces of which both "
            "are sure, with its 95 % interval.",
        ),
    ] = None,
    who: Annotated[
        str,
        typer.Option(
            "--who", metavar="NAME", help="Who says so, for --import where the file does not tell."
        ),
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Tell what people say that labels should be; export, import, undo.

    Labels are reviewed on the page Faces, part Review. Reviews stand in the
    face set's reviews.jsonl, name faces by file name, and outlast packing it
    anew. The given labels are never overwritten: `softbio train --set
    labels.use=corrected` trains on what the reviewers agree on.
    """
    with telling_errors():
        from softbio.cli.review_tables import (
            summary_of,
            tell_agreement,
            tell_history,
            tell_summary,
        )
        from softbio.errors import ConfigError
        from softbio.faces.faceset import FaceSet
        from softbio.faces.reviews import Reviews

        asked = [
            name
            for name, value in (
                ("--export", export), ("--import", imported), ("--history", history),
                ("--undo", undo), ("--agreement", agreement),
            )
            if value
        ]  # fmt: skip
        if len(asked) > 1:
            raise ConfigError(f"{asked[0]} and {asked[1]} do not go together: give one of them.")
        if who and not (imported or undo):
            raise ConfigError("--who says whose reviews --import adds, or --undo takes back.")
        faces = FaceSet.open(data)
        found = Reviews.open(faces)
        done: dict[str, Any] = {}
        if export is not None:
            found.write_csv(export)
            err.print(f"Written: {export}", markup=False, soft_wrap=True)
        elif imported is not None:
            done["added"] = found.read_csv(imported, who)
            err.print(f"Added: {done['added']:,} reviews.")
        elif undo:
            done["undone"] = len(found.undo(who))
            err.print(_undone(found, done["undone"], who), markup=False, soft_wrap=True)
        if agreement is not None:
            tell_agreement(found, agreement, as_json)
        elif history:
            tell_history(found, as_json)
        elif as_json:
            import json

            told = {**summary_of(data, faces, found), **done}
            typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        elif export is None:
            tell_summary(data, faces, found)


def _undone(reviews: Reviews, faces: int, who: str) -> str:
    if faces:
        whose = f" of {who}" if who else ""
        return f"Taken back: the last batch{whose}, {faces:,} review{'s' * (faces != 1)}."
    whose = f"of {who}" if who else "without a name"
    names = [name for name in reviews.reviewers() if name]
    others = f" Whose reviews there are: {', '.join(names)}; say it with --who." if names else ""
    return f"There is no batch {whose} to take back.{others}"
