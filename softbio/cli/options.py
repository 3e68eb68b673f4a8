"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["DataRoot", "Models", "Port"]

Models = Annotated[
    Path | None,
    typer.Option(
        "--models", envvar="SOFTBIO_MODELS", help="Folder that holds runs. Default: ./models."
    ),
]
DataRoot = Annotated[Path, typer.Option("--data", help="Folder that holds packed face sets.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")]
