"""What packing tells a person on standard error: the source, the cells, what was skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape

from softbio.cli.console import err
from softbio.cli.tables import plain_table

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.faces.source import Source

__all__ = ["say", "tell_set", "tell_skipped", "tell_source"]

# Longer lists stand in the set's meta.json.
_SHOWN = 20


def say(sentence: str) -> None:
    """Print a sentence, which may hold a stranger's file names, as it is."""
    err.print(sentence, markup=False, soft_wrap=True)


def tell_source(found: Source, source: str) -> None:
    """Say which reader was taken and why, and what it left out."""
    meta = found.meta
    say(f"{source} is read as {meta['reader']}: {meta['because']}.")
    say(f"{len(found):,} of {meta['of']:,} faces.")
    for note in meta["left_out"]:
        names = ", ".join(note["first"][:3]) + (", …" if note["count"] > 3 else "")
        say(f"Left out: {note['count']:,}, {note['reason']} ({names}).")


def tell_set(faces: FaceSet) -> None:
    """Print the faces of each split × group × label, how they were split, and what is odd."""
    meta, labels = faces.meta, faces.labels()
    pixels = f"{faces.size} × {faces.size}" if faces.has_images else "attributes only, no images"
    say(f"{faces.path}: {len(faces):,} faces, {pixels}.")
    if (labels >= 0).any():
        err.print(_cells(faces))
        say(_split_told(meta["split"]))
    if unlabelled := int((labels < 0).sum()):
        say(f"{unlabelled:,} faces have no label; their split is `unlabelled`.")
    tell_skipped(meta["skipped"])
    if meta["identical"]:
        say(f"{meta['identical']:,} images are byte-identical to another one.")
    for conflict in meta["conflicts"][:_SHOWN]:
        pairs = zip(conflict["filenames"], conflict["labels"], strict=True)
        told = ", ".join(f"{name} has label {value}" for name, value in pairs)
        say(f"Conflict: one image under several names, {told}.")
    if (more := len(meta["conflicts"]) - _SHOWN) > 0:
        say(f"… and {more:,} conflicts more, in meta.json.")


def tell_skipped(skipped: list[dict[str, str]]) -> None:
    """Print the first of the images that could not be read, and how many there are."""
    if not skipped:
        return
    table = plain_table(title=f"Skipped: {len(skipped):,}")
    table.add_column("file", overflow="fold")
    table.add_column("reason", overflow="fold")
    for face in skipped[:_SHOWN]:
        table.add_row(escape(face["filename"]), escape(face["reason"]))
    err.print(table)
    if (more := len(skipped) - _SHOWN) > 0:
        say(f"… and {more:,} more.")


def _cells(faces: FaceSet) -> Any:
    import numpy as np

    names = [*faces.group_names.values(), "unknown"]
    groups, labels = faces.group_index(), faces.labels()
    table = plain_table()
    for title in ("split", "group", "label 0", "label 1", "label rate"):
        table.add_column(title, justify="left" if title in ("split", "group") else "right")
    for split in ("train", "val_select", "val_fit", "test"):
        rows = faces.rows(split)
        for group, name in zip([*range(len(names) - 1), -1], names, strict=True):
            zeros, ones = np.bincount(labels[rows[groups[rows] == group]], minlength=2)
            if zeros + ones:
                rate = ones / (zeros + ones)
                table.add_row(split, escape(name), f"{zeros:,}", f"{ones:,}", f"{rate:.1%}")
    return table


def _split_told(split: dict[str, Any]) -> str:
    told = {
        "identity": "Split by identity: nobody stands in two splits.",
        "row": "Identities unknown: split by row, the same person may stand on both sides.",
        "partition": "Split as the source's partition says.",
    }[split["by"]]
    if split["left_over"]:
        told += (
            f" {split['left_over']:,} more faces of the people in the balanced test are left "
            "unused, as `unlabelled`."
        )
    return told
