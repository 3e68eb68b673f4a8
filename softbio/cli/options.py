"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["DataRoot", "Models", "Port", "refuse_all_but", "typed"]

Models = Annotated[
    Path | None,
    typer.Option(
        "--models", envvar="SOFTBIO_MODELS", help="Folder that holds runs. Default: ./models."
    ),
]
DataRoot = Annotated[Path, typer.Option("--data", help="Folder that holds packed face sets.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")]


def refuse_all_but(context: typer.Context, allowed: Iterable[str], why: str) -> None:
    """Raise `ConfigError` where somebody typed an option that would do nothing.

    Parameters
    ----------
    context : typer.Context
        Of the command.
    allowed : iterable of str
        Names of the parameters that do something; the folder of runs always does.
    why : str
        What the command does, as the beginning of a sentence.
    """
    from softbio.errors import ConfigError

    wrong = [
        (param.metavar if param.param_type_name == "argument" else param.opts[0]) or ""
        for param in context.command.params
        if param.name not in {"models", *allowed} and typed(context, param.name or "")
    ]
    if wrong:
        listed = " and ".join([", ".join(wrong[:-1]), wrong[-1]] if wrong[1:] else wrong)
        raise ConfigError(f"{why}: leave out {listed}.")


def typed(context: typer.Context, name: str) -> bool:
    """Tell whether somebody typed a parameter of the command, as against its default."""
    return getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"
