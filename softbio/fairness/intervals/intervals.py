"""Intervals: how sure each figure of an evaluation is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from softbio.fairness.counts import GroupCounts
from softbio.fairness.intervals.drawing import kept_people
from softbio.fairness.intervals.figures import Bounds
from softbio.fairness.intervals.interval import count_intervals
from softbio.fairness.intervals.plan import IntervalPlan
from softbio.fairness.intervals.resampling import (
    person_counts,
    resample,
    resample_people,
    strata_of,
)

__all__ = ["Intervals", "intervals_of"]

_ALL = "all:"
_NONE = (float("nan"), float("nan"))


@dataclass(frozen=True, eq=False)
class Intervals:
    """The interval of each figure of an evaluation.

    Attributes
    ----------
    by_group : dict of str to (ndarray, ndarray)
        Lower and upper ends by metric, shape (G,) each; NaN where there is none.
    overall : dict of str to (float, float)
        Of what judges the groups together, and of the group metrics over all faces.
    level : float
    replicates : int
    by : {"person", "face"}
        What was drawn anew.
    people : int
        How many of them there are.
    """

    by_group: dict[str, tuple[np.ndarray, np.ndarray]]
    overall: dict[str, tuple[float, float]]
    level: float
    replicates: int
    by: Literal["person", "face"]
    people: int

    @property
    def sentence(self) -> str:
        """What the intervals are, in words."""
        drawn = (
            f"of {self.people:,} people with all their faces"
            if self.by == "person"
            else f"of {self.people:,} faces, each taken for another person's"
        )
        return f"{self.level:.0%} intervals from {self.replicates:,} samples {drawn}."

    def of_group(self, metric: str, index: int) -> tuple[float, float]:
        """Return the interval of a group's figure; NaN where there is none."""
        low, high = self.by_group.get(metric, (None, None))
        if low is None or high is None:
            return _NONE
        return float(low[index]), float(high[index])

    def of_all(self, metric: str) -> tuple[float, float]:
        """Return the interval of a figure of all faces or groups; NaN where there is none."""
        return self.overall.get(metric, _NONE)


def intervals_of(
    label: np.ndarray,
    prediction: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    plan: IntervalPlan,
    person: np.ndarray | None = None,
    scored: Mapping[str, Bounds] | None = None,
) -> Intervals:
    """Return the interval of every figure.

    Parameters
    ----------
    label, prediction, group : array-like, shape (n,)
        As `GroupCounts.from_predictions` takes them.
    groups : tuple of str
    plan : IntervalPlan
    person : array-like, shape (n,), optional
        Who is on each photograph.
    scored : mapping, optional
        From `score_intervals`; they depend on no threshold.

    Raises
    ------
    DataError
        If lengths differ, or a label, prediction or group is not as described.
    ConfigError
        If the plan asks for people and `person` is not given.
    """
    by = plan.unit(person)
    counts = GroupCounts.from_predictions(label, prediction, group, groups)
    people = None
    if by == "face" or not len(label):
        replicated = resample(counts, plan)
    else:
        assert person is not None
        people = person_counts(label, prediction, group, len(groups), person)
        weights = kept_people(len(people), plan, strata_of(people))
        replicated = resample_people(people, weights, groups)
    found = count_intervals(counts, replicated, plan.level, people=people, seed=plan.seed)
    found |= dict(scored or {})
    by_group: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    overall: dict[str, tuple[float, float]] = {}
    for name, (low, high) in found.items():
        if isinstance(low, np.ndarray):
            by_group[name] = (low, cast(np.ndarray, high))
        else:
            overall[name.removeprefix(_ALL)] = (float(low), float(high))
    units = len(label) if people is None else len(people)
    return Intervals(by_group, overall, plan.level, plan.replicates, by, units)
