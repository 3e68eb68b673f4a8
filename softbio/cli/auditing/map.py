"""``softbio audit map``: where each face stands on a run's map."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from softbio.cli.console import err, out, telling_errors
from softbio.cli.options import Models

__all__ = ["Method", "map_"]


class Method(StrEnum):
    """How faces are placed."""

    pca = "pca"
    umap = "umap"


def map_(
    run: Annotated[str, typer.Argument(help="Id of the run, or its beginning.", metavar="RUN")],
    csv: Annotated[
        Path, typer.Option("--csv", help="Write filename, x and y to this file.", metavar="FILE")
    ],
    method: Annotated[
        Method,
        typer.Option(
            "--method",
            help="pca: the plane in which the faces differ most. umap: who is whose neighbour; it "
            "takes minutes and needs the library umap-learn.",
        ),
    ] = Method.pca,
    models: Models = None,
) -> None:
    """Place faces on a plane, near to those that the network finds alike.

    The page Faces, part Map, draws them, coloured, with a lasso.
    """
    with telling_errors():
        from softbio.audit.map import map_of
        from softbio.errors import DataError
        from softbio.faces.strict_csv import spreadsheet
        from softbio.runs import RunStore, write_atomically

        found = RunStore(models).get(run)
        names = found.predictions().frame["filename"]
        places = map_of(found, method.value)
        lines = (
            (name, round(float(x), 6), round(float(y), 6))
            for name, (x, y) in zip(names, places, strict=True)
        )
        try:
            write_atomically(csv, spreadsheet(["filename", "x", "y"], lines))
        except OSError as error:
            raise DataError(f"{csv} cannot be written: {error.strerror}.") from None
        out.print(f"{len(places):,} faces", soft_wrap=True)
        err.print(f"Their places are in {csv}.", soft_wrap=True)
