"""Fairness: what each group gets from predictions. Takes arrays, knows no files."""

from softbio.fairness.counts import GroupCounts, predict_at
from softbio.fairness.evaluation import Evaluation, MetricRow, evaluate, evaluate_counts
from softbio.fairness.metrics import METRICS, Metric, difference
from softbio.fairness.ranking import GroupAuc, auc_by_group, roc_auc

__all__ = [
    "METRICS",
    "Evaluation",
    "GroupAuc",
    "GroupCounts",
    "Metric",
    "MetricRow",
    "auc_by_group",
    "difference",
    "evaluate",
    "evaluate_counts",
    "predict_at",
    "roc_auc",
]
