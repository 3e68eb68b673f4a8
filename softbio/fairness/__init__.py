"""Fairness: what each group gets from predictions. Takes arrays, knows no files."""

from softbio.fairness.calibration import Calibration, Method, fit_calibration
from softbio.fairness.comparison import Comparison, Pooled, Verdict, compare, pool
from softbio.fairness.counts import GroupCounts, predict_at
from softbio.fairness.decisions import (
    Prevalence,
    choose_common,
    choose_per_group,
    choose_prior_shift,
    estimate_prevalence,
    shifted_threshold,
)
from softbio.fairness.evaluation import Evaluation, MetricRow, evaluate, evaluate_counts
from softbio.fairness.figures import ScoreFigures, score_figures
from softbio.fairness.intervals import IntervalPlan, Intervals, intervals_of, wilson
from softbio.fairness.metrics import METRICS, Metric, compute, compute_scores, difference
from softbio.fairness.reliability import Reliability, reliability
from softbio.fairness.rules import DecisionRule, common_rule
from softbio.fairness.scores import GroupScores
from softbio.fairness.thresholds import Curves, Sweep, sweep

__all__ = [
    "METRICS",
    "Calibration",
    "Comparison",
    "Curves",
    "DecisionRule",
    "Evaluation",
    "GroupCounts",
    "GroupScores",
    "IntervalPlan",
    "Intervals",
    "Method",
    "Metric",
    "MetricRow",
    "Pooled",
    "Prevalence",
    "Reliability",
    "ScoreFigures",
    "Sweep",
    "Verdict",
    "choose_common",
    "choose_per_group",
    "choose_prior_shift",
    "common_rule",
    "compare",
    "compute",
    "compute_scores",
    "difference",
    "estimate_prevalence",
    "evaluate",
    "evaluate_counts",
    "fit_calibration",
    "intervals_of",
    "pool",
    "predict_at",
    "reliability",
    "score_figures",
    "shifted_threshold",
    "sweep",
    "wilson",
]
