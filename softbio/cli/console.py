"""What the commands share: where output goes, how errors are told, progress bars."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from softbio.errors import SoftbioError

__all__ = ["err", "out", "telling_errors"]

#: Results that another command may read.
out = Console(soft_wrap=True, highlight=False)
#: Progress, tables for people, warnings and errors.
err = Console(stderr=True, highlight=False)


@contextmanager
def telling_errors() -> Iterator[None]:
    """Print a person's mistake as one sentence and leave with status 2; no traceback."""
    try:
        yield
    except SoftbioError as error:
        err.print(f"[bold red]Error:[/] {_escape(str(error))}", soft_wrap=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        err.print("Stopped.")
        raise typer.Exit(130) from None


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)
