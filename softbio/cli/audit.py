"""``softbio audit``: look at the faces, one module a command in `softbio.cli.auditing`."""

from __future__ import annotations

import typer

from softbio.cli.auditing.duplicates import duplicates
from softbio.cli.auditing.errors import errors
from softbio.cli.auditing.labels import labels
from softbio.cli.auditing.looks import looks
from softbio.cli.auditing.map import map_
from softbio.cli.auditing.slices import slices

__all__ = ["app"]

app = typer.Typer(
    help="Look at the faces: which ones a run gets wrong, and why; whose labels look wrong.",
    no_args_is_help=True,
)
app.command("errors")(errors)
app.command("labels")(labels)
app.command("looks")(looks)
app.command("map")(map_)
app.command("slices")(slices)
app.command("duplicates")(duplicates)
