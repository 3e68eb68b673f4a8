"""The ``softbio`` command: one module a subcommand, imported when it is run."""

from __future__ import annotations

from softbio.cli.main import app, main

__all__ = ["app", "main"]
