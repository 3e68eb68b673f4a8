"""The table of commands. Each command's module is imported only when it is called for."""

from __future__ import annotations

import typer

from softbio.cli import evaluate, pack, predict, runs, serve, train

__all__ = ["app", "main"]

app = typer.Typer(
    name="softbio",
    help="Train a face-attribute classifier, see how it treats each gender, find out why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("pack")(pack.pack)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)
app.command("predict")(predict.predict)
app.add_typer(runs.app, name="runs")
app.command("dashboard")(serve.dashboard)
app.command("demo")(serve.demo)


def main() -> None:
    """Run the command line."""
    app()
