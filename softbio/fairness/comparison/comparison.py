"""Comparison: all that two runs' predictions for the same faces tell about who paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from softbio.errors import ConfigError, DataError
from softbio.fairness.comparison.change import Change
from softbio.fairness.comparison.changes import count_changes, score_changes
from softbio.fairness.comparison.mcnemar import McNemar, sign_tests
from softbio.fairness.comparison.paired_rates import rate_changes
from softbio.fairness.comparison.pairs import PairCounts, PairedFaces
from softbio.fairness.comparison.standing import lowest_groups
from softbio.fairness.comparison.verdict import Verdict, decide
from softbio.fairness.counts import GroupCounts
from softbio.fairness.intervals.plan import IntervalPlan
from softbio.fairness.intervals.resampling import number_people
from softbio.fairness.metrics import METRICS

__all__ = ["ChangeRow", "Comparison", "compare"]

#: No prediction can change them.
_FIXED = {"n", "prevalence"}


class ChangeRow(NamedTuple):
    """One line of a table of changes.

    Attributes
    ----------
    metric, title : str
    group : str
        A group's name, ``all`` for all faces together, empty for what judges
        the groups together.
    before, after, change, low, high : float
        NaN where undefined.
    """

    metric: str
    title: str
    group: str
    before: float
    after: float
    change: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """What a run changed for every group, against a baseline, on the same faces.

    Attributes
    ----------
    counts : PairCounts, shape (G, 2, 2, 2)
        Faces by group, label, the baseline's and the new prediction.
    metrics : dict of str to Change
        Every metric: arrays of shape (G,) for scope ``group``, numbers under
        ``all:<name>`` for all faces together, numbers for scope ``overall``.
        Each interval holds for itself. What needs scores is there if they were
        given.
    accuracy : Change, arrays of shape (G,)
        Each group's accuracy, with intervals that hold together for all groups.
    cells : Change, arrays of shape (G, 2)
        Each cell's accuracy, with intervals that hold together for all cells.
    mcnemar, cell_mcnemar : tuple of McNemar
        A test for each group, and for each cell (label 0 first).
    verdict : Verdict
    tolerance : float
    plan : IntervalPlan
    by : {"person", "face"}
        What was drawn anew.
    """

    counts: PairCounts
    metrics: dict[str, Change]
    accuracy: Change
    cells: Change
    mcnemar: tuple[McNemar, ...]
    cell_mcnemar: tuple[McNemar, ...]
    verdict: Verdict
    tolerance: float
    plan: IntervalPlan
    by: Literal["person", "face"]

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, in the order in which they are shown."""
        return self.counts.groups

    @property
    def n(self) -> int:
        """Faces that were compared."""
        return int(self.counts.values.sum())

    @property
    def before(self) -> GroupCounts:
        """The baseline's counts, shape (G, 2, 2)."""
        return self.counts.before

    @property
    def after(self) -> GroupCounts:
        """The new run's counts, shape (G, 2, 2)."""
        return self.counts.after

    @property
    def wrong_per_thousand(self) -> Change:
        """How many of 1,000 faces of each group are wrong, (G,); intervals as of `accuracy`."""
        return self.accuracy.shifted(-1.0).scaled(-1000.0)

    def rows(self) -> list[ChangeRow]:
        """Return a line for each figure, tidy; intervals hold one by one.

        Each group metric has a line for each group and one for ``all``. Metrics
        that no prediction can change are left out.
        """
        found = []
        for name, metric in METRICS.items():
            if name not in self.metrics or {name, *metric.of} & _FIXED:
                continue
            change = self.metrics[name]
            if metric.scope == "overall":
                found.append(_row(name, metric.title, "", change))
                continue
            found += [
                _row(name, metric.title, group, change[k]) for k, group in enumerate(self.groups)
            ]
            found.append(_row(name, metric.title, "all", self.metrics[f"all:{name}"]))
        return found

    def as_json(
        self, run: str | None = None, baseline: str | None = None, split: str | None = None
    ) -> dict[str, Any]:
        """Return plain data in the shape of ``softbio compare --json``; undefined is None."""
        wrong = self.wrong_per_thousand
        names = [name for name in METRICS if name in self.metrics and name != "n"]
        by_group = [name for name in names if METRICS[name].scope == "group"]
        return {
            "run": run,
            "baseline": baseline,
            "split": split,
            "n": self.n,
            "level": self.plan.level,
            "replicates": self.plan.replicates,
            "by": self.by,
            "tolerance": self.tolerance,
            "verdict": {
                "kind": self.verdict.kind,
                "sentence": self.verdict.sentence,
                "level": self.verdict.level,
                "gained": list(self.verdict.gained),
                "lost": list(self.verdict.lost),
            },
            "groups": {
                group: {
                    "n": int(self.before.n[k]),
                    "counts": {
                        "before": self.before.values[k].tolist(),
                        "after": self.after.values[k].tolist(),
                    },
                    "who_paid": {
                        "accuracy": self.accuracy[k].entry(),
                        "wrong_per_thousand": wrong[k].entry(),
                        "mcnemar": _test(self.mcnemar[k]),
                        "labels": {
                            str(label): {
                                "n": int(self.before.cell_sizes[k, label]),
                                "accuracy": self.cells[k, label].entry(),
                                "mcnemar": _test(self.cell_mcnemar[2 * k + label]),
                            }
                            for label in (0, 1)
                        },
                    },
                    **{name: self.metrics[name][k].entry() for name in by_group},
                }
                for k, group in enumerate(self.groups)
            },
            "metrics": {
                name: self.metrics[f"all:{name}" if name in by_group else name].entry()
                for name in names
            },
        }


def compare(
    label: np.ndarray,
    prediction: np.ndarray,
    baseline: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    *,
    score: np.ndarray | None = None,
    baseline_score: np.ndarray | None = None,
    person: np.ndarray | None = None,
    plan: IntervalPlan | None = None,
    tolerance: float = 0.005,
) -> Comparison:
    """Compare two runs' predictions for the same faces.

    Parameters
    ----------
    label, prediction, baseline : array-like, shape (n,)
        0 or 1 each: the truth, what the new run says, what the baseline says.
    group : array-like, shape (n,)
        Index into `groups`.
    groups : tuple of str
    score, baseline_score : array-like, shape (n,), optional
        In 0 … 1; both or none. With them, metrics of scores are compared too.
    person : array-like, shape (n,), optional
        Who is on each photograph; a negative code where nobody knows.
    plan : IntervalPlan, optional
        Default: ``IntervalPlan()``.
    tolerance : float
        In 0 … 1: what a group may lose and still not be called worse off.

    Raises
    ------
    DataError
        If lengths differ, or a label, prediction, score or group is not as
        described, or there are no faces.
    ConfigError
        If the tolerance is outside 0 … 1, only one run has scores, or intervals
        by person are asked for and no person is known.
    """
    plan = plan or IntervalPlan()
    if not 0.0 <= tolerance <= 1.0:
        raise ConfigError(f"The tolerance must lie in 0 … 1. Received: {tolerance:g}.")
    if (score is None) != (baseline_score is None):
        raise ConfigError("Scores can be compared only where both runs have them. Give both.")
    by = plan.unit(person)
    for predictions in (prediction, baseline):
        GroupCounts.from_predictions(label, predictions, group, groups)
    if not len(np.asarray(label)):
        raise DataError("There are no faces to compare.")
    people = None
    if by == "person":
        people, _ = number_people(np.asarray(person))
        if len(people) != len(np.asarray(label)):
            raise DataError(
                "There must be one person for each face. "
                f"Received: {len(people)} people's codes for {len(np.asarray(label))} faces."
            )
    faces = PairedFaces(
        np.asarray(label).astype(np.int64),
        np.asarray(baseline).astype(np.int64),
        np.asarray(prediction).astype(np.int64),
        np.asarray(group).astype(np.int64),
        groups,
        people,
    )
    metrics = count_changes(faces, plan)
    if score is not None and baseline_score is not None:
        metrics |= score_changes(faces, np.asarray(baseline_score), np.asarray(score), plan)
    accuracy, cells = _who_paid(faces, plan.level)
    right = faces.before == faces.label, faces.after == faces.label
    places: list[tuple[str, int | None]] = [(name, None) for name in groups]
    in_cells: list[tuple[str, int | None]] = [(name, k) for name in groups for k in (0, 1)]
    return Comparison(
        faces.counts,
        metrics,
        accuracy,
        cells,
        sign_tests(*right, faces.group, places, people),
        sign_tests(*right, faces.group * 2 + faces.label, in_cells, people),
        decide(
            groups,
            accuracy,
            cells,
            metrics["accuracy_range"],
            metrics["fair_metric"],
            lowest_groups(faces, plan.level),
            tolerance,
            plan.level,
            faces.counts.same,
        ),
        tolerance,
        plan,
        by,
    )


def _who_paid(faces: PairedFaces, level: float) -> tuple[Change, Change]:
    """Return the changes of groups (G,) and of cells (G, 2), each family at `level` as a whole.

    By Bonferroni: groups share no faces, so that it gives away next to nothing.
    """
    sizes = faces.counts.values.sum(axis=(-2, -1))
    groups = max(int((sizes.sum(axis=1) > 0).sum()), 1)
    cells = max(int((sizes > 0).sum()), 1)
    accuracy = rate_changes(faces, 1 - (1 - level) / groups, ["accuracy"])["accuracy"]
    labels = rate_changes(
        faces, 1 - (1 - level) / cells, ["true_negative_rate", "true_positive_rate"]
    )
    parts = ("before", "after", "change", "low", "high")
    stacked = [np.stack([getattr(one, part) for one in labels.values()], axis=-1) for part in parts]
    return accuracy, Change(*stacked)


def _row(name: str, title: str, group: str, change: Change) -> ChangeRow:
    return ChangeRow(
        name, title, group, change.before, change.after, change.change, change.low, change.high
    )


def _test(test: McNemar) -> dict[str, Any]:
    return {
        "fixed": test.fixed,
        "broken": test.broken,
        "unit": test.unit,
        "gained": test.gained,
        "lost": test.lost,
        "p": test.p,
        "p_holm": test.p_holm,
    }
