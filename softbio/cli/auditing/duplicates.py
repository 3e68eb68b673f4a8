"""``softbio audit duplicates``: photographs that a set holds more than once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from softbio.cli.console import err, out, telling_errors

__all__ = ["duplicates"]


def duplicates(
    data: Annotated[Path, typer.Argument(help="The packed face set.", metavar="DATA")],
    top: Annotated[int, typer.Option("--top", min=0, help="How many photographs to list.")] = 20,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Also write every copy to this file.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Find photographs that stand in a set more than once: identical, or copies of one another.

    Copies with different labels come first, then those that cross splits. The page Faces, part
    Duplicates, shows them side by side.
    """
    with telling_errors():
        from softbio.audit.duplicates import as_csv, told_of, verdict
        from softbio.audit.duplicates import as_json as told
        from softbio.audit.duplicates import duplicates as find
        from softbio.errors import DataError
        from softbio.faces.faceset import FaceSet
        from softbio.runs import write_atomically

        faces = FaceSet.open(data)
        found = find(faces)
        if csv is not None:
            try:
                write_atomically(csv, as_csv(found, faces))
            except OSError as error:
                raise DataError(f"{csv} cannot be written: {error.strerror}.") from None
            err.print(f"Written: {csv}", markup=False, soft_wrap=True)
        if as_json:
            import json

            line = {"data": str(data)} | told(found, faces)
            typer.echo(json.dumps(line, indent=2, ensure_ascii=False, allow_nan=False))
            return
        out.print(verdict(found), markup=False, soft_wrap=True)
        names = faces.table["filename"]
        for group in found.groups[:top]:
            listed = ", ".join(str(names.iloc[row]) for row in group.rows[:6])
            more = f" and {len(group.rows) - 6:,} more" if len(group.rows) > 6 else ""
            out.print(f"{listed}{more}: {told_of(group)}", markup=False, soft_wrap=True)
        if len(found.groups) > top:
            err.print(f"{len(found.groups) - top:,} more: --top or --csv.", markup=False)
