"""What a search has found so far: the trials, what mattered, and what nothing else beats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from softbio.config import Space
from softbio.faces import strict_csv
from softbio.fairness.pareto import pareto_front
from softbio.jobs.search.about import About
from softbio.jobs.search.objective import Direction
from softbio.jobs.search.study import study_of

if TYPE_CHECKING:
    import optuna
    from optuna.trial import FrozenTrial

__all__ = ["SearchResults", "results_of"]

#: Completed trials below which nothing can be said about what mattered.
_TELLING = 8
_STATES = {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed", "RUNNING": "running"}


@dataclass(frozen=True, eq=False)
class SearchResults:
    """A search's trials.

    Attributes
    ----------
    objective : str
    direction : {"maximise", "minimise"}
    groups : tuple of str
    paths : tuple of str
        The settings that were varied.
    trials : DataFrame
        A row a trial, in the order of their numbers: ``number``, ``state`` (complete, pruned,
        failed, running, or stopped: its worker is gone, and the next one goes on with it),
        ``run`` (its id; None if that was removed), ``value`` (the objective), ``mean_accuracy``,
        ``worst_group_accuracy``, ``accuracy_NAME`` of each group, ``fair_metric``,
        ``balanced_fair_metric``, ``worst_cell_accuracy``, ``epochs_trained`` (of all folds
        together), ``seconds``, ``note`` (why it was pruned or failed), and each path. Figures are
        NaN where the trial is not complete.
    best : int or None
        Number of the best complete trial.
    front : ndarray, shape (n,), bool
        The complete trials that no other beats in mean accuracy without losing in the worst
        group's.
    kept : sequence of FrozenTrial
        The trials as Optuna has them.
    """

    objective: str
    direction: Direction
    groups: tuple[str, ...]
    paths: tuple[str, ...]
    trials: pd.DataFrame
    best: int | None
    front: np.ndarray
    kept: Sequence[FrozenTrial] = field(repr=False)

    @cached_property
    def importance(self) -> dict[str, float]:
        """Share of each path in how much the objective differs between complete trials.

        Largest first; empty before eight are complete (fANOVA, Hutter et al., ICML 2014). It takes
        up to a second, so that nobody waits for it who does not ask.
        """
        return _importance(self.kept, self.direction)

    def as_csv(self) -> bytes:
        """Return the trials as a CSV file for a spreadsheet, in UTF-8, without formulas."""
        table = self.trials.assign(pareto_front=self.front)
        lines = ([_cell(value) for value in row] for row in table.itertuples(index=False))
        return strict_csv.spreadsheet(list(table.columns), lines)

    def as_json(self) -> dict[str, Any]:
        """Return plain data; undefined figures are None."""
        table = self.trials.assign(pareto_front=self.front)
        return {
            "objective": self.objective,
            "direction": self.direction,
            "best": self.best,
            "importance": self.importance,
            "trials": [
                {str(name): _cell(value) for name, value in row.items()}
                for row in table.to_dict(orient="records")
            ],
        }


def results_of(
    study: optuna.Study, about: About, space: Space, living: Sequence[str], models: Path
) -> SearchResults:
    """Return what a study tells.

    Parameters
    ----------
    study : optuna.Study
    about : About
    space : Space
    living : sequence of str
        Workers that are alive: trials that others left are stopped.
    models : Path
        Folder of the runs.
    """
    groups = about.group_names
    found = study.get_trials(deepcopy=False)
    columns = [
        *("value", "mean_accuracy", "worst_group_accuracy"),
        *(f"accuracy_{name}" for name in groups),
        *("fair_metric", "balanced_fair_metric", "worst_cell_accuracy"),
        *("epochs_trained", "seconds"),
    ]
    lines = []
    for trial in found:
        told = trial.user_attrs
        state = _STATES.get(trial.state.name, "failed")
        if state == "running" and told.get("worker") not in living:
            state = "stopped"
        run = told.get("run")
        outcome = told.get("outcome", {})
        figures = {**outcome.get("figures", {}), **outcome.get("spent", {})}
        lines.append(
            {
                "number": trial.number,
                "state": state,
                "run": run if run is not None and (models / run).is_dir() else None,
                **{name: _number(figures.get(name)) for name in columns},
                "note": outcome.get("note", ""),
                **{path: trial.params.get(path) for path in space},
            }
        )
    names = ["number", "state", "run", *columns, "note", *space]
    table = pd.DataFrame(lines, columns=names)
    table["run"] = pd.Series([line["run"] for line in lines], dtype=object)  # None stays None
    complete = (table["state"] == "complete").to_numpy()
    points = table[["mean_accuracy", "worst_group_accuracy"]].to_numpy(dtype=np.float64)
    points = np.where(complete[:, None], points, np.nan)
    return SearchResults(
        objective=about.objective,
        direction=about.direction,
        groups=groups,
        paths=tuple(space),
        trials=table,
        best=_best(found, about),
        front=pareto_front(points, (True, True)),
        kept=found,
    )


def _best(trials: Sequence[FrozenTrial], about: About) -> int | None:
    complete = [trial for trial in trials if trial.state.name == "COMPLETE"]
    if not complete:
        return None
    sign = 1 if about.direction == "maximise" else -1
    return max(complete, key=lambda trial: (sign * trial.values[0], -trial.number)).number


def _importance(trials: Sequence[FrozenTrial], direction: Direction) -> dict[str, float]:
    values = [trial.values[0] for trial in trials if trial.state.name == "COMPLETE"]
    if len(values) < _TELLING or min(values) == max(values):
        return {}
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances

    study = study_of(trials, direction)
    found = get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=0))
    return {path: float(share) for path, share in found.items()}


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _cell(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.bool_):
        return bool(value)
    return int(value) if isinstance(value, np.integer) else value
