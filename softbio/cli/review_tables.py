"""What ``softbio reviews`` prints: counts of labels, agreement, history."""

from __future__ import annotations

import json
import math
from typing import Any

import typer
from rich.markup import escape

from softbio.cli.console import err
from softbio.cli.lab.search_tables import say
from softbio.cli.tables import plain_table, print_table
from softbio.errors import ConfigError
from softbio.faces.faceset import FaceSet
from softbio.faces.reviews import Agreement, Reviews

__all__ = ["summary_of", "tell_agreement", "tell_history", "tell_summary"]

_ANSWERS = ("1", "0", "unsure")


def summary_of(data: str, faces: FaceSet, reviews: Reviews) -> dict[str, Any]:
    """Return what the reviews come to, as it is printed in JSON."""
    return {
        "data": data,
        "groups": {
            name: {**counts._asdict(), "flipped": counts.flipped}
            for name, counts in reviews.summary().items()
        },
        "reviewers": {who: len(reviews.told_by(who)) for who in reviews.reviewers()},
        "blind_sample": int(reviews.blind_sample().sum()),
        "training_changed": _training_changed(faces, reviews),
        "changed": reviews.changed,
        "gone": reviews.gone,
    }


def _training_changed(faces: FaceSet, reviews: Reviews) -> int:
    """Count the training faces that reviewers agree to label in another way than given."""
    rows = faces.rows("train")
    agreed = reviews.labels()[rows]
    return int(((agreed >= 0) & (agreed != faces.labels()[rows])).sum())


def tell_summary(data: str, faces: FaceSet, reviews: Reviews) -> None:
    """Print what the reviews come to."""
    told = summary_of(data, faces, reviews)
    if not told["reviewers"]:
        say(
            f"No label of {faces.name} is reviewed. Review some on the page Faces (`softbio "
            f"dashboard`, Review), or take over reviews: `softbio reviews {data} --import CSV`."
        )
    else:
        table = plain_table()
        heads = {
            "reviewed": "reviewed",
            "kept": "kept",
            "to_zero": "1 to 0",
            "to_one": "0 to 1",
            "new": "new",
            "unsure": "unsure",
            "disagreed": "disagreed",
        }
        table.add_column("faces")
        for head in heads.values():
            table.add_column(head, justify="right")
        for name, counts in told["groups"].items():
            table.add_row(escape(name), *(f"{counts[key]:,}" for key in heads))
        print_table(table)
        whose = ", ".join(f"{who or 'nobody named'} {n:,}" for who, n in told["reviewers"].items())
        say(f"Reviewers: {whose}.")
        if told["blind_sample"]:
            say(f"Blind in the random sample: {told['blind_sample']:,} faces.")
        if told["training_changed"]:
            say(
                f"Another label now: {told['training_changed']:,} training faces. Train on it: "
                f"`softbio train {data} --set labels.use=corrected`."
            )
    if told["changed"]:
        err.print(
            f"{told['changed']:,} reviewed faces have another given label now than when they were "
            "reviewed.",
            soft_wrap=True,
        )
    if told["gone"]:
        err.print(
            f"{told['gone']:,} reviewed faces are not in the set any more; their reviews hold "
            "again when they are back.",
            soft_wrap=True,
        )


def tell_agreement(reviews: Reviews, names: tuple[str, str], as_json: bool) -> None:
    """Print how well two reviewers agree."""
    known = reviews.reviewers()
    for name in names:
        if name not in known:
            others = ", ".join(who or "one without a name" for who in known) or "nobody yet"
            raise ConfigError(f"There is no reviewer {name!r}. Reviewers: {others}.")
    found = reviews.agreement(*names)
    if as_json:
        parts = {name: _figures(part) for name, part in found.groups.items()}
        told = {"first": names[0], "second": names[1], **_figures(found), "groups": parts}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    table = plain_table()
    for head in ("", "faces", "same", "kappa", "95 %"):
        table.add_column(head, justify="left" if not head else "right")
    for name, part in {"all": found, **found.groups}.items():
        value, low, high = part.kappa
        undefined = math.isnan(value)
        table.add_row(
            name,
            f"{part.n:,}",
            "–" if math.isnan(part.same) else f"{100 * part.same:.1f} %",
            "–" if undefined else f"{value:.3f}",
            "–" if undefined else f"{low:.3f} to {high:.3f}",
        )
    print_table(table)
    table = plain_table()
    for head in (f"{names[0]} says", *(f"{names[1]}: {answer}" for answer in _ANSWERS)):
        table.add_column(head, justify="left" if head.endswith("says") else "right")
    for answer, counts in zip(_ANSWERS, found.table, strict=True):
        table.add_row(answer, *(f"{count:,}" for count in counts))
    print_table(table)
    say("Kappa is of the faces of which both are sure; 0 is agreement by chance, 1 is full.")


def _figures(found: Agreement) -> dict[str, Any]:
    def number(value: float) -> float | None:
        return None if math.isnan(value) else value

    return {
        "n": found.n,
        "same": number(found.same),
        "kappa": {name: number(value) for name, value in found.kappa._asdict().items()},
        "answers": list(_ANSWERS),
        "table": found.table.tolist(),
    }


def tell_history(reviews: Reviews, as_json: bool) -> None:
    """Print everything that was ever said."""
    frame = reviews.history()
    if as_json:
        text = frame.to_json(orient="records", date_format="iso", indent=2)
        typer.echo(f'{{"history": {text}}}')
        return

    if not len(frame):
        err.print("Nothing was ever said.")
        return
    table = plain_table()
    for name in ("when (UTC)", "who", "face", "given", "said", "queue", "now"):
        table.add_column(name, overflow="fold")
    for event in frame.to_dict("records"):
        is_undo = bool(event["of"])
        now = "holds" if event["stands"] else "undone" if event["undone"] else ""
        if not (event["present"] or is_undo):
            now = f"{now}, not in the set".removeprefix(", ")
        given = event["given"]
        table.add_row(
            f"{event['when']:%Y-%m-%d %H:%M:%S}",
            escape(event["who"]),
            escape(event["filename"]),
            str(given) if given in (0, 1) else "",
            "undo" if is_undo else event["says"],
            event["queue"] + (", blind" if event["blind"] else ""),
            now,
        )
    print_table(table)
