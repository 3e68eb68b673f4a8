"""The table of metrics: every figure that softbio shows, with its meaning.

A rate whose denominator is 0 is undefined and NaN, and so is whatever is
computed from it: a group or cell without faces has no accuracy, and to call it
0 or 1 would be an invention.
"""

from softbio.fairness.metrics.metric import Metric
from softbio.fairness.metrics.spread import difference
from softbio.fairness.metrics.table import METRICS, compute, compute_scores

__all__ = ["METRICS", "Metric", "compute", "compute_scores", "difference"]
