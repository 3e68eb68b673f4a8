"""``softbio pack``: photographs and labels become a face set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from softbio.cli.console import err, out, telling_errors
from softbio.cli.progress import packing_bar

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.faces.source import Source

__all__ = ["pack"]

_SHOWN = 20
_TABLE = "For tables"
_SPLIT = "Splits"


def pack(
    source: Annotated[
        str,
        typer.Argument(
            help="A folder of photographs, a table, or synthetic:N for N faces that softbio draws "
            "(synthetic:6000,seed=3,noise=0)."
        ),
    ],
    out_folder: Annotated[
        Path, typer.Option("--out", help="The face set's folder, such as data/NAME.")
    ],
    format: Annotated[
        str,
        typer.Option("--format", help="auto, celeba, challenge, table, folder or synthetic."),
    ] = "auto",
    label: Annotated[
        str | None,
        typer.Option(
            "--label",
            help='An attribute or a formula over attributes: "Blond_Hair xor Eyeglasses".',
        ),
    ] = None,
    size: Annotated[int, typer.Option("--size", help="Side of the images, in pixels.")] = 80,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Pack the first N faces only.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes. Default: one per core.")
    ] = None,
    on_error: Annotated[
        str,
        typer.Option("--on-error", help="What an image that cannot be read does: skip or fail."),
    ] = "skip",
    max_skipped: Annotated[
        float,
        typer.Option("--max-skipped", min=0, max=1, help="Fail if a larger share is skipped."),
    ] = 0.05,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the face set that is there.")
    ] = False,
    split: Annotated[
        str,
        typer.Option("--split", help="Shares of train/val/test.", rich_help_panel=_SPLIT),
    ] = "60/20/20",
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Seed of the splits.", rich_help_panel=_SPLIT)
    ] = 0,
    use_partition: Annotated[
        bool,
        typer.Option(
            "--use-partition", help="Take the splits from the source.", rich_help_panel=_SPLIT
        ),
    ] = False,
    balanced_test: Annotated[
        int,
        typer.Option(
            "--balanced-test",
            min=0,
            help="Hold out exactly N faces of each group × label for the test.",
            rich_help_panel=_SPLIT,
        ),
    ] = 0,
    table: Annotated[
        Path | None,
        typer.Option("--table", help="The CSV or Parquet file.", rich_help_panel=_TABLE),
    ] = None,
    images: Annotated[
        Path | None,
        typer.Option(
            "--images",
            help="The folder that file names are relative to. Default: SOURCE.",
            rich_help_panel=_TABLE,
        ),
    ] = None,
    filename_column: Annotated[
        str,
        typer.Option("--filename-column", help="Names of the images.", rich_help_panel=_TABLE),
    ] = "filename",
    label_column: Annotated[
        str | None,
        typer.Option(
            "--label-column",
            help="Labels: 0/1, −1/1, or two words. Default: label, if it is there.",
            rich_help_panel=_TABLE,
        ),
    ] = None,
    positive: Annotated[
        str | None,
        typer.Option("--positive", help="The word that means label 1.", rich_help_panel=_TABLE),
    ] = None,
    negative: Annotated[
        str | None,
        typer.Option("--negative", help="The word that means label 0.", rich_help_panel=_TABLE),
    ] = None,
    group_column: Annotated[
        str | None,
        typer.Option(
            "--group-column",
            help="Groups: −1/1 or women/men as gender, or any other values. Default: gender, if "
            "it is there.",
            rich_help_panel=_TABLE,
        ),
    ] = None,
    identity_column: Annotated[
        str | None,
        typer.Option(
            "--identity-column",
            help="Who is on the photograph. Default: identity, if it is there.",
            rich_help_panel=_TABLE,
        ),
    ] = None,
    split_column: Annotated[
        str | None,
        typer.Option(
            "--split-column",
            help="train, val or test, for --use-partition. Default: split, if it is there.",
            rich_help_panel=_TABLE,
        ),
    ] = None,
) -> None:
    """Decode photographs once, split them, and write a face set.

    A packing that was stopped, or killed, goes on where it was when the same
    command is run again. The set's path is printed on standard output.
    """
    with telling_errors():
        from softbio.faces.assemble import TooManySkippedError
        from softbio.faces.pack import pack as pack_source
        from softbio.faces.readers import TableOptions, read_source
        from softbio.faces.splits import SplitPlan

        plan = SplitPlan(_shares(split), seed, use_partition, balanced_test)
        options = TableOptions(
            table,
            images,
            filename_column,
            label_column,
            group_column,
            identity_column,
            split_column,
            positive,
            negative,
        )
        found = read_source(source, format=format, label=label, limit=limit, table=options)
        _tell_source(found, source)
        there = (out_folder / "meta.json").exists() and not overwrite
        try:
            with packing_bar("Drawing" if found.draw else "Decoding") as progress:
                faces = pack_source(
                    found,
                    out_folder,
                    size=size,
                    workers=workers,
                    on_error=on_error,
                    max_skipped=max_skipped,
                    split=plan,
                    overwrite=overwrite,
                    progress=progress,
                )
        except TooManySkippedError as error:
            _tell_skipped(error.skipped)
            raise
        except KeyboardInterrupt:
            err.print(f"Run the same command again to go on with {out_folder}.", markup=False)
            raise
        if there:
            err.print(
                f"{out_folder} is already packed from this source with these options; "
                "--overwrite packs it again.",
                markup=False,
            )
        _tell_set(faces)
        out.print(str(out_folder), markup=False)


def _shares(text: str) -> tuple[float, float, float]:
    from softbio.errors import DataError

    try:
        train, val, test = (float(part) for part in text.split("/"))
    except ValueError:
        raise DataError(f"--split takes three shares, such as 60/20/20. Received: {text}") from None
    return train, val, test


def _tell_source(found: Source, source: str) -> None:
    meta = found.meta
    err.print(f"{source} is read as {meta['reader']}: {meta['because']}.", markup=False)
    err.print(f"{len(found):,} of {meta['of']:,} faces.", markup=False)
    for note in meta["left_out"]:
        names = ", ".join(note["first"][:3]) + (", …" if note["count"] > 3 else "")
        err.print(f"Left out: {note['count']:,}, {note['reason']} ({names}).", markup=False)


def _tell_set(faces: FaceSet) -> None:
    import pandas as pd
    from rich.table import Table

    meta, names = faces.meta, faces.group_names
    frame = pd.DataFrame(
        {
            "group": faces.table[faces.group_column].map(names).fillna("unknown"),
            "label": faces.labels(),
            "split": faces.table["split"],
        }
    )
    labelled = frame[frame["label"] >= 0]
    if len(labelled):
        table = Table(title=f"{faces.path}: {len(faces):,} faces, {faces.size} × {faces.size}")
        for title in ("split", "group", "label 0", "label 1", "label rate"):
            table.add_column(title, justify="left" if title in ("split", "group") else "right")
        groups = [*names.values(), "unknown"]
        for split in ("train", "val", "test", "unlabelled"):
            for group in groups:
                own = labelled[(labelled["split"] == split) & (labelled["group"] == group)]["label"]
                if len(own):
                    ones = int(own.sum())
                    zeros = len(own) - ones
                    rate = f"{ones / len(own):.1%}"
                    table.add_row(split, group, f"{zeros:,}", f"{ones:,}", rate)
        err.print(table)
    if unlabelled := int((frame["label"] < 0).sum()):
        err.print(f"{unlabelled:,} faces have no label; their split is `unlabelled`.")
    if len(labelled):
        err.print(_split_told(meta["split"]))
    _tell_skipped(meta["skipped"])
    if meta["identical"]:
        err.print(f"{meta['identical']:,} images are byte-identical to another one.")
    for conflict in meta["conflicts"][:_SHOWN]:
        pairs = zip(conflict["filenames"], conflict["labels"], strict=True)
        told = ", ".join(f"{name} has label {value}" for name, value in pairs)
        err.print(f"Conflict: one image under several names, {told}.", markup=False)
    if len(meta["conflicts"]) > _SHOWN:
        err.print(f"… and {len(meta['conflicts']) - _SHOWN:,} conflicts more, in meta.json.")


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


def _tell_skipped(skipped: list[dict[str, str]]) -> None:
    if not skipped:
        return
    from rich.table import Table

    table = Table(title=f"Skipped: {len(skipped):,}")
    table.add_column("file")
    table.add_column("reason")
    for face in skipped[:_SHOWN]:
        table.add_row(_plain(face["filename"]), _plain(face["reason"]))
    err.print(table)
    if len(skipped) > _SHOWN:
        err.print(f"… and {len(skipped) - _SHOWN:,} more; all of them stand in meta.json.")


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
