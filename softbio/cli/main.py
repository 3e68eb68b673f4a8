"""The table of commands. What a command needs is imported when it is called."""

from __future__ import annotations

import typer

from softbio.cli.audit import app as audit
from softbio.cli.compare import compare
from softbio.cli.decide import decide
from softbio.cli.demo import demo
from softbio.cli.evaluate import evaluate
from softbio.cli.hypotheses import hypotheses
from softbio.cli.import_ import import_predictions
from softbio.cli.pack import pack
from softbio.cli.predict import predict
from softbio.cli.refit import refit
from softbio.cli.reviews import reviews
from softbio.cli.runs import app as runs
from softbio.cli.search import search
from softbio.cli.serve import dashboard
from softbio.cli.tags import tags
from softbio.cli.train import train

__all__ = ["app", "main"]

app = typer.Typer(
    name="softbio",
    help="Train a face-attribute classifier, see how it treats each gender, find out why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for command in (
    pack,
    train,
    search,
    refit,
    decide,
    evaluate,
    compare,
    hypotheses,
    tags,
    reviews,
    predict,
    dashboard,
    demo,
):
    app.command()(command)
app.command("import")(import_predictions)
app.add_typer(audit, name="audit")
app.add_typer(runs, name="runs")


@app.callback(invoke_without_command=True)
def _softbio(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Show the version and exit."),
) -> None:
    if version:
        from softbio import __version__

        typer.echo(f"softbio {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Run the command line."""
    app()
