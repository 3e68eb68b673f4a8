"""Intervals: how sure every figure is, by face or by person."""

from softbio.fairness.intervals.drawing import draw_people
from softbio.fairness.intervals.figures import Bounds
from softbio.fairness.intervals.interval import count_intervals
from softbio.fairness.intervals.intervals import Intervals, intervals_of
from softbio.fairness.intervals.plan import IntervalPlan
from softbio.fairness.intervals.rates import wilson
from softbio.fairness.intervals.resampling import (
    number_people,
    person_counts,
    resample,
    resample_people,
    strata_of,
)
from softbio.fairness.intervals.scores import score_intervals

__all__ = [
    "Bounds",
    "IntervalPlan",
    "Intervals",
    "count_intervals",
    "draw_people",
    "intervals_of",
    "number_people",
    "person_counts",
    "resample",
    "resample_people",
    "score_intervals",
    "strata_of",
    "wilson",
]
