"""``softbio pack``: photographs and labels become a face set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from softbio.cli.console import out, telling_errors
from softbio.cli.face_tables import say, tell_set, tell_skipped, tell_source
from softbio.cli.progress import packing_bar

__all__ = ["pack"]

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
    attributes_only: Annotated[
        bool,
        typer.Option(
            "--attributes-only",
            help="Take what is known of the faces, without their photographs: for hypotheses "
            "about CelebA's list_attr_celeba.txt or a table. A label is then optional.",
        ),
    ] = False,
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
        found = read_source(
            source,
            format=format,
            label=label,
            limit=limit,
            table=options,
            attributes_only=attributes_only,
        )
        tell_source(found, source)
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
            tell_skipped(error.skipped)
            raise
        except KeyboardInterrupt:
            say(f"Run the same command again to go on with {out_folder}.")
            raise
        if there:
            say(
                f"{out_folder} is already packed from this source with these options; "
                "--overwrite packs it again."
            )
        tell_set(faces)
        out.print(str(out_folder), markup=False)


def _shares(text: str) -> tuple[float, float, float]:
    from softbio.errors import DataError

    try:
        train, val, test = (float(part) for part in text.split("/"))
    except ValueError:
        raise DataError(f"--split takes three shares, such as 60/20/20. Received: {text}") from None
    return train, val, test
