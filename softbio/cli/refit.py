"""``softbio refit``: fit a run's last layer anew, with other weights, in about a second."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from softbio.cli.console import err, telling_errors
from softbio.cli.options import Models

if TYPE_CHECKING:
    from softbio.config import HeadConfig
    from softbio.faces.faceset import FaceSet
    from softbio.fairness import Comparison
    from softbio.runs import Run
    from softbio.training.head import Head, HeadData

__all__ = ["refit"]


class FittedOn(StrEnum):
    """The splits that a last layer can be fitted to."""

    val_fit = "val_fit"
    train = "train"


def refit(
    run: Annotated[str, typer.Argument(help="Id of the run, or its beginning.", metavar="RUN")],
    weights: Annotated[
        list[str] | None,
        typer.Option(
            "--weights",
            metavar="GROUP=W,…",
            help="How much a face of a group counts, such as women=1,men=2; repeatable.",
        ),
    ] = None,
    cell_weights: Annotated[
        list[str] | None,
        typer.Option(
            "--cell-weights",
            metavar="'GROUP LABEL=W,…'",
            help="How much a face of a cell counts, such as 'women 1=3,men 1=8'; repeatable.",
        ),
    ] = None,
    balance_cells: Annotated[
        bool,
        typer.Option(
            "--balance-cells", help="Let every cell weigh the same; instead of --cell-weights."
        ),
    ] = False,
    gamma: Annotated[
        float | None, typer.Option("--gamma", help="Focal γ; 0 is cross-entropy. Default: 0.")
    ] = None,
    label_smoothing: Annotated[
        float | None,
        typer.Option(
            "--label-smoothing", help="Pull the labels this far towards one half. Default: 0."
        ),
    ] = None,
    l2: Annotated[
        float | None,
        typer.Option("--l2", help="Pull of the layer's weights towards zero. Default: 0.1."),
    ] = None,
    target_prevalence: Annotated[
        float | None,
        typer.Option(
            "--target-prevalence",
            help="Share of label 1 among the faces that will be judged; shifts the bias.",
        ),
    ] = None,
    fitted_on: Annotated[
        FittedOn,
        typer.Option("--fitted-on", help="The faces that the layer is fitted to."),
    ] = FittedOn.val_fit,
    name: Annotated[str, typer.Option("--name", help="What you call the run, for lists.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change and store nothing.")
    ] = False,
    models: Models = None,
) -> None:
    """Fit the last layer of a run anew; print the new run's id on standard output.

    All other layers stay as they are. The layer is fitted on val_fit, faces that the network did
    not train on, and what changes is shown on val_select.
    """
    with telling_errors():
        from softbio.config import parse_head
        from softbio.errors import ConfigError
        from softbio.faces.faceset import FaceSet
        from softbio.runs import RunStore
        from softbio.training.head import balanced_cells, fit_head
        from softbio.training.refit import head_data, keep_refit

        if balance_cells and cell_weights:
            raise ConfigError("--balance-cells sets the cell weights: leave out --cell-weights.")
        given: dict[str, Any] = {
            "weights": _weights("--weights", weights),
            "cell_weights": _weights("--cell-weights", cell_weights),
            "gamma": gamma,
            "label_smoothing": label_smoothing,
            "l2": l2,
            "target_prevalence": target_prevalence,
            "fitted_on": fitted_on.value,
        }
        settings = parse_head({path: value for path, value in given.items() if value is not None})
        store = RunStore(models)
        parent = store.get(run)
        faces = FaceSet.open(parent.config.data)
        data = head_data(parent, faces, settings.fitted_on)
        if balance_cells:
            settings = settings.model_copy(update={"cell_weights": balanced_cells(data)})
        head = fit_head(data, settings)
        _tell(parent, faces, data, settings, head)
        if not dry_run:
            kept = keep_refit(store, parent, faces, settings, head, name)
            typer.echo(kept.id)


def _weights(option: str, texts: list[str] | None) -> dict[str, str] | None:
    """Return what ``name=weight,name=weight`` says; the figures are checked with the rest."""
    from softbio.errors import ConfigError

    if not texts:
        return None
    found = {}
    for part in ",".join(texts).split(","):
        name, equals, weight = part.partition("=")
        if not equals or not name.strip():
            raise ConfigError(
                f"{option} takes name=weight, separated by commas, such as women=1,men=2. "
                f"Received: {part!r}."
            )
        found[name.strip()] = weight.strip()
    return found


def _tell(parent: Run, faces: FaceSet, data: HeadData, settings: HeadConfig, head: Head) -> None:
    from rich.markup import escape

    err.print(
        f"Last layer of [bold]{parent.id}[/] fitted on {len(data):,} faces of {settings.fitted_on} "
        f"in {head.iterations} steps" + ("." if head.converged else ", without converging."),
        soft_wrap=True,
    )
    if settings.cell_weights:
        told = ", ".join(f"{name} {weight:g}" for name, weight in settings.cell_weights.items())
        err.print(f"  Cell weights: {escape(told)}.", soft_wrap=True)
    if settings.fitted_on == "train":
        err.print(
            "  The network has already learnt these faces; val_fit is the sounder choice.",
            soft_wrap=True,
        )
    from softbio.runs.judging import rule_of

    comparison = _changes(parent, faces, head)
    if comparison is None:
        err.print("No face of val_select has a label and a known group: nothing to compare.")
        return
    from rich.console import Console

    from softbio.cli.comparison_tables import comparison_table
    from softbio.cli.tables import width

    err.print(
        f"What changes on the {comparison.n:,} faces of val_select, to which it was not fitted; "
        f"intervals by {comparison.by}. Before: {rule_of(parent).sentence} After: threshold 0.5.\n",
        soft_wrap=True,
    )
    Console(stderr=True, highlight=False, width=width()).print(comparison_table(comparison))


def _changes(parent: Run, faces: FaceSet, head: Head) -> Comparison | None:
    """Compare the parent under its own rule with the refit at one half; None without faces."""
    from softbio.fairness import predict_at
    from softbio.fairness.comparison import compare
    from softbio.runs.judging import rule_of
    from softbio.training.refit import last_inputs

    chosen = parent.predictions().select("val_select", faces=faces)
    if not len(chosen):
        return None
    scores = head.scores(last_inputs(parent)[chosen.row])
    return compare(
        chosen.label,
        predict_at(scores, 0.5),
        rule_of(parent).predict(chosen.score, chosen.column, chosen.column_groups),
        chosen.group,
        chosen.groups,
        score=scores,
        baseline_score=chosen.score,
        person=chosen.person,
    )
