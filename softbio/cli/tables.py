"""Tables as a person reads them in a terminal: how all of them look and are printed."""

from __future__ import annotations

import math
from typing import Any

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

__all__ = ["number", "plain_table", "print_table", "width"]

#: Width of what is not printed on a terminal, where the reader's is unknown.
_WIDTH = 160


def width() -> int:
    """Return the columns of the terminal, or enough for a file."""
    console = Console()
    return console.width if console.is_terminal else _WIDTH


def print_table(table: RenderableType) -> None:
    """Print to standard output, as wide as `width`."""
    Console(highlight=False, width=width()).print(table)


def plain_table(**options: Any) -> Table:
    """Return an empty table in the style that all commands share."""
    return Table(box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False, **options)


def number(value: float, *, signed: bool = False) -> str:
    """Return a figure with three digits; – where it is undefined."""
    if math.isnan(value):
        return "–"
    return f"{value:+.3f}" if signed else f"{value:.3f}"
