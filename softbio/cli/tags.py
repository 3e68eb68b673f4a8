"""``softbio tags``: what people said of the faces of a set, out and in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from softbio.cli.console import err, telling_errors

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.faces.tags import Tags

__all__ = ["tags"]


def tags(
    data: Annotated[str, typer.Argument(metavar="DATA", help="A face set, such as data/NAME.")],
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="CSV", help="Write the tags that hold to this file."),
    ] = None,
    imported: Annotated[
        Path | None,
        typer.Option(
            "--import",
            metavar="CSV",
            help="Add the tags of this file: filename,word,value (yes, no or unsure), and perhaps "
            "who and why. With a wrong line in it nothing is added.",
        ),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Print all that was ever said, the latest last.")
    ] = False,
    undo: Annotated[
        bool,
        typer.Option(
            "--undo", help="Take back the last batch of --who, such as an import or a round."
        ),
    ] = False,
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
    """List the words that faces are tagged with; export, import, undo.

    Tags are made on the page Hypotheses, part Tag to learn. They stand in
    the face set's tags.jsonl, name faces by file name, and outlast packing
    it anew.
    """
    with telling_errors():
        from softbio.errors import ConfigError
        from softbio.faces.faceset import FaceSet
        from softbio.faces.tags import Tags

        asked = [
            name
            for name, value in (
                ("--export", export), ("--import", imported), ("--history", history),
                ("--undo", undo),
            )
            if value
        ]  # fmt: skip
        if len(asked) > 1:
            raise ConfigError(f"{asked[0]} and {asked[1]} do not go together: give one of them.")
        if who and not (imported or undo):
            raise ConfigError("--who says whose tags --import adds, or --undo takes back.")
        faces = FaceSet.open(data)
        found = Tags.open(faces)
        done: dict[str, Any] = {}
        if export is not None:
            found.write_csv(export)
            err.print(f"Written: {export}", markup=False, soft_wrap=True)
        elif imported is not None:
            done["added"] = found.read_csv(imported, who)
            err.print(f"Added: {done['added']:,} tags.")
        elif undo:
            done["undone"] = len(found.undo(who))
            err.print(_undone(found, done["undone"], who), markup=False, soft_wrap=True)
        if history:
            _tell_history(found, as_json)
        elif as_json:
            import json

            told = {"data": data, "words": _words(faces, found), "gone": found.gone, **done}
            typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        elif export is None:
            _tell_words(faces, found, data)


def _undone(tags: Tags, faces: int, who: str) -> str:
    if faces:
        whose = f" of {who}" if who else ""
        return f"Taken back: the last batch{whose}, {faces:,} {'tag' if faces == 1 else 'tags'}."
    whose = f"of {who}" if who else "without a name"
    names = sorted({name for name in tags.history()["who"] if name})
    others = f" Whose tags there are: {', '.join(names)}; say it with --who." if names else ""
    return f"There is no batch {whose} to take back.{others}"


def _words(faces: FaceSet, tags: Tags) -> dict[str, dict[str, Any]]:
    """Return the counts of each word, and what it lacks to be learned."""
    from softbio.hypotheses.probe import missing_tags

    person = None
    if faces.has_identities:
        person = faces.table["identity"].fillna(-1).to_numpy(dtype="int64")
    return {
        word: {**counts._asdict(), "lacks": missing_tags(tags.values(word), person)}
        for word, counts in tags.words().items()
    }


def _tell_words(faces: FaceSet, tags: Tags, data: str) -> None:
    from rich.markup import escape

    from softbio.cli.lab.search_tables import say
    from softbio.cli.tables import plain_table, print_table

    words = _words(faces, tags)
    if not words:
        say(
            f"No face of {faces.name} is tagged. Tag some on the page Hypotheses (`softbio "
            f"dashboard`, Tag to learn), or take over tags: `softbio tags {data} --import CSV`."
        )
    else:
        table = plain_table()
        table.add_column("word")
        for name in ("yes", "no", "unsure"):
            table.add_column(name, justify="right")
        table.add_column("learned", overflow="fold")
        for word, told in words.items():
            counts = [f"{told[name]:,}" for name in ("yes", "no", "unsure")]
            table.add_row(escape(word), *counts, told["lacks"] or "it can be")
        print_table(table)
    if gone := tags.gone:
        err.print(
            f"{gone:,} tagged faces are not in the set any more; their tags hold again when they "
            "are back.",
            soft_wrap=True,
        )


def _tell_history(tags: Tags, as_json: bool) -> None:
    frame = tags.history()
    if as_json:
        text = frame.to_json(orient="records", date_format="iso", indent=2)
        typer.echo(f'{{"history": {text}}}')
        return
    from rich.markup import escape

    from softbio.cli.tables import plain_table, print_table

    if not len(frame):
        err.print("Nothing was ever said.")
        return
    table = plain_table()
    for name in ("when (UTC)", "who", "face", "word", "said", "now"):
        table.add_column(name, overflow="fold")
    for event in frame.to_dict("records"):
        undo = bool(event["of"])
        now = "holds" if event["stands"] else "undone" if event["undone"] else ""
        if not (event["present"] or undo):
            now = f"{now}, not in the set".removeprefix(", ")
        table.add_row(
            f"{event['when']:%Y-%m-%d %H:%M:%S}",
            escape(event["who"]),
            escape(event["filename"]),
            escape(event["word"]),
            "undo" if undo else event["value"],
            now,
        )
    print_table(table)
