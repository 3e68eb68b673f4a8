"""The table of commands."""

from __future__ import annotations

import contextlib

import typer

__all__ = ["app", "main"]

app = typer.Typer(
    name="softbio",
    help="Train a face-attribute classifier, see how it treats each gender, find out why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
with contextlib.suppress(ImportError):
    from softbio.cli import pack

    app.command("pack")(pack.pack)
with contextlib.suppress(ImportError):
    from softbio.cli import train

    app.command("train")(train.train)
with contextlib.suppress(ImportError):
    from softbio.cli import evaluate

    app.command("evaluate")(evaluate.evaluate)
with contextlib.suppress(ImportError):
    from softbio.cli import predict

    app.command("predict")(predict.predict)
with contextlib.suppress(ImportError):
    from softbio.cli import runs

    app.add_typer(runs.app, name="runs")
with contextlib.suppress(ImportError):
    from softbio.cli import serve

    app.command("dashboard")(serve.dashboard)
with contextlib.suppress(ImportError):
    from softbio.cli import demo

    app.command("demo")(demo.demo)


def main() -> None:
    """Run the command line."""
    app()
