"""The figures of runs: pooled over folds with intervals by person, and spread over seeds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.stats

from softbio.config import HeadConfig
from softbio.faces import FaceSet
from softbio.fairness import Evaluation, GroupCounts, IntervalPlan, evaluate_counts, intervals_of
from softbio.fairness.decisions import choose_common
from softbio.fairness.figures import score_figures
from softbio.fairness.rules import DecisionRule, common_rule
from softbio.runs import Run
from softbio.training.head import balanced_cells, fit_head
from softbio.training.refit import head_data, last_inputs

__all__ = [
    "FIGURES",
    "HALF",
    "RULES",
    "Change",
    "Judged",
    "changes",
    "judged",
    "one_run",
    "pooled",
    "refitted",
    "spread",
]

#: What stands in the tables, as METRICS names it; of groups, one column each.
FIGURES = ("balanced_fair_metric", "fair_metric", "worst_cell_accuracy")

HALF = "threshold 0.5"
#: How scores become predictions, by name: a function of a run and its set.
RULES = {
    HALF: lambda run, faces: common_rule(0.5),
    "threshold chosen on validation": lambda run, faces: _chosen(run, faces),
}


@dataclass(frozen=True, eq=False)
class Judged:
    """Faces with what a network and a rule said of them."""

    label: np.ndarray
    score: np.ndarray
    prediction: np.ndarray
    group: np.ndarray
    groups: tuple[str, ...]
    person: np.ndarray | None


def _chosen(run: Run, faces: FaceSet) -> DecisionRule:
    """Return the common threshold with the best balanced Fair Metric on val_select."""
    seen = run.predictions().select("val_select", faces=faces)
    return choose_common(seen.label, seen.score, seen.group, seen.groups, "balanced_fair_metric")


def judged(run: Run, faces: FaceSet, rule: str = HALF, split: str = "test") -> Judged:
    """Return the faces of a split as the run and the rule judge them."""
    seen = run.predictions().select(split, faces=faces)
    decision = RULES[rule](run, faces)
    prediction = decision.predict(seen.score, seen.group, seen.groups)
    return Judged(seen.label, seen.score, prediction, seen.group, seen.groups, seen.person)


def refitted(run: Run, faces: FaceSet) -> Judged:
    """Return the test faces as the run judges them with its last layer fitted anew.

    It is fitted on val_fit with cells that weigh the same, and judged at 0.5.
    """
    data = head_data(run, faces)
    head = fit_head(data, HeadConfig(cell_weights=balanced_cells(data)))
    seen = run.predictions().select("test", faces=faces)
    score = head.scores(last_inputs(run)[seen.row])
    prediction = common_rule(0.5).predict(score, seen.group, seen.groups)
    return Judged(seen.label, score, prediction, seen.group, seen.groups, seen.person)


def pooled(parts: list[Judged]) -> Evaluation:
    """Evaluate the test faces of all folds as one set, with intervals by person.

    Each face is judged by its own fold's network and rule. Nobody is tested in two folds.
    """
    groups = parts[0].groups
    label, score, prediction, group = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("label", "score", "prediction", "group")
    )
    person, start = None, 0
    if all(part.person is not None for part in parts):
        numbered = []
        for part in parts:
            # Unknown people (negative) stay so; the others get numbers of their own fold.
            numbered.append(np.where(part.person < 0, -1, part.person + start))
            start += int(part.person.max(initial=-1)) + 1
        person = np.concatenate(numbered)
    counts = GroupCounts.from_predictions(label, prediction, group, groups)
    plan = IntervalPlan()
    return evaluate_counts(
        counts,
        score_figures=score_figures(label, score, group, groups),
        intervals=intervals_of(label, prediction, group, groups, plan, person),
    )


def one_run(found: Judged) -> dict[str, float]:
    """Return the figures of one run's test faces."""
    counts = GroupCounts.from_predictions(found.label, found.prediction, found.group, found.groups)
    evaluation = evaluate_counts(counts)
    row = {name: float(evaluation.overall[name]) for name in FIGURES}
    accuracy = zip(found.groups, evaluation.by_group["accuracy"], strict=True)
    return row | {f"accuracy, {name}": float(value) for name, value in accuracy}


def spread(rows: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the mean and the sample standard deviation of each figure."""
    return {
        name: (
            float(np.mean([row[name] for row in rows])),
            float(np.std([row[name] for row in rows], ddof=1)) if len(rows) > 1 else float("nan"),
        )
        for name in rows[0]
    }


@dataclass(frozen=True)
class Change:
    """How a line differs from its base, with a 95 % interval for the chance of training again."""

    value: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def changes(lines: dict[str, dict[int, float]], base: str) -> tuple[dict[str, Change], float, int]:
    """Compare lines that were measured with several seeds, the seeds as blocks.

    Least squares of line + seed: what a seed gives to all lines is taken out, and how much a
    training varies beside that is estimated from all lines together, so that few seeds suffice.

    Parameters
    ----------
    lines : dict
        A figure by seed, by the line's name; each line has a seed in common with another.
    base : str

    Returns
    -------
    changes : dict of Change
        Of all lines but the base; with infinite ends where nothing was measured twice.
    deviation : float
        Of a training beside what its line and its seed give; nan where nothing was measured twice.
    freedom : int
        Its degrees of freedom.

    References
    ----------
    Montgomery, "Design and analysis of experiments", chapter 4: the randomised block design.
    """
    names = list(lines)
    seeds = sorted({seed for line in lines.values() for seed in line})
    cases = [(name, seed) for name in names for seed in lines[name]]
    design = np.zeros((len(cases), len(names) + len(seeds)))
    for place, (name, seed) in enumerate(cases):
        design[place, names.index(name)] = design[place, len(names) + seeds.index(seed)] = 1
    measured = np.array([lines[name][seed] for name, seed in cases])
    effects, _, rank, _ = np.linalg.lstsq(design, measured, rcond=None)
    freedom = len(cases) - int(rank)
    left = float(np.sum((measured - design @ effects) ** 2))
    deviation = (left / freedom) ** 0.5 if freedom else float("nan")
    spread_of_effects = np.linalg.pinv(design.T @ design)
    found = {}
    for name in names:
        if name == base:
            continue
        against = np.zeros(design.shape[1])
        against[names.index(name)], against[names.index(base)] = 1, -1
        value = float(against @ effects)
        reach = float("inf")
        if freedom:
            scale = float(against @ spread_of_effects @ against) ** 0.5
            reach = float(scipy.stats.t.ppf(0.975, freedom)) * deviation * scale
        found[name] = Change(value, value - reach, value + reach)
    return found, deviation, freedom
