"""What a list tells of each run, as plain data: the same under the command and the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from softbio.errors import RunError
from softbio.faces import strict_csv
from softbio.runs.history import kept_epoch
from softbio.runs.run import Run

__all__ = ["FIGURES", "RunLine", "run_line", "spreadsheet"]

#: The history's figures that a list tells, of the epoch whose weights were kept.
FIGURES = (
    "val_accuracy",
    "val_fair_metric",
    "val_balanced_fair_metric",
    "val_worst_cell_accuracy",
)


class RunLine(NamedTuple):
    """A run in a list; None where there is nothing to tell.

    The ``val_`` figures are those of the training's own checks after the kept
    epoch, with a threshold of one half. What was not trained has none: `judge`
    judges every run.
    """

    id: str
    kind: str
    status: str
    name: str
    note: str
    recipe: str
    parent: str | None
    data: str
    seed: int | None
    created: float | None
    seconds: float | None
    epochs_done: int | None
    epochs: int | None
    best_epoch: int | None
    test_looks: int
    error: str | None
    val_accuracy: float | None
    val_fair_metric: float | None
    val_balanced_fair_metric: float | None
    val_worst_cell_accuracy: float | None


def run_line(run: Run) -> RunLine:
    """Return what a list tells of a run.

    Three small files are read and no table is built of them, so that a list of
    500 runs appears at once.

    Raises
    ------
    RunError
        If the run is gone, or its config or state is damaged. A damaged history is told as
        its `error`.
    """
    state, config = run.state, run.config
    trained = config.kind == "trained"
    done, fault = 0, None
    figures: dict[str, float] = {}
    if trained:
        try:
            done, figures = kept_epoch(run.path / "history.csv", state.best_epoch)
        except RunError as error:  # one damaged file is no reason to show no list
            fault = str(error)
    return RunLine(
        id=run.id,
        kind=config.kind,
        status=state.status,
        name=config.name if state.name is None else state.name,
        note=state.note,
        recipe=config.recipe,
        parent=config.parent,
        data=config.data,
        seed=None if config.train is None else config.train.seed,
        created=state.created,
        seconds=state.seconds,
        epochs_done=done if trained else None,
        epochs=config.training.epochs if trained else None,
        best_epoch=state.best_epoch,
        test_looks=state.test_looks,
        error=state.error or fault,
        **{name: figures.get(name) for name in FIGURES},
    )


def spreadsheet(
    lines: Iterable[RunLine],
    split: str = "",
    figures: Mapping[str, Mapping[str, float]] | None = None,
) -> bytes:
    """Return the lines as a CSV file for a spreadsheet, in UTF-8, without formulas.

    Parameters
    ----------
    lines : iterable of RunLine
    split : str
        The faces that `figures` are about; it stands before each figure's name.
    figures : mapping of str to mapping of str to float, optional
        Further figures by a run's id, the same ones for each; NaN and runs without any are empty
        cells.
    """
    known = figures or {}
    names = list(next(iter(known.values()), {}))
    cells = (
        [*line, *(_finite(known.get(line.id, {}).get(name)) for name in names)] for line in lines
    )
    head = [*RunLine._fields, *(f"{split}_{name}" for name in names)]
    return strict_csv.spreadsheet(head, cells)


def _finite(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value
