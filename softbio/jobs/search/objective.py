"""What a search makes as good as it can, and what else is told of a trial."""

from __future__ import annotations

import math
from functools import cache
from typing import Literal

import numpy as np

from softbio.errors import ConfigError
from softbio.fairness import METRICS, GroupCounts, evaluate_counts

__all__ = ["DEFAULT", "Direction", "direction_of", "figures", "objectives"]

DEFAULT = "balanced_fair_metric"
#: What is told of every trial besides its objective.
_TOLD = ("fair_metric", "balanced_fair_metric", "worst_cell_accuracy")

Direction = Literal["maximise", "minimise"]


@cache
def objectives() -> dict[str, Direction]:
    """Return the metrics that a search can go by, and which way is better.

    They are those that counts of predictions give and whose best is an end of their range. One
    that each group has, such as accuracy, is that of all faces together.
    """
    return {
        name: "maximise" if metric.best == metric.range[1] else "minimise"
        for name, metric in METRICS.items()
        if metric.needs == "counts" and metric.best is not None and metric.best in metric.range
    }


def direction_of(objective: str) -> Direction:
    """Return which way is better.

    Raises
    ------
    ConfigError
        If a search cannot go by it.
    """
    known = objectives()
    if objective in known:
        return known[objective]
    if objective not in METRICS:
        raise ConfigError(f"There is no metric {objective!r}. docs/metrics.md lists them.")
    metric = METRICS[objective]
    if metric.needs == "scores":
        why = "it is computed from scores, and trials are judged by their predictions"
    elif metric.best is None:
        why = "no value of it is better than another"
    else:
        why = f"its best, {metric.best:g}, is no end of its range"
        if f"{objective.removesuffix('_difference')}_range" in known:
            why += f"; {objective.removesuffix('_difference')}_range is the size of it"
    raise ConfigError(f"A search cannot go by {objective}: {why}.")


def figures(counts: GroupCounts, objective: str) -> dict[str, float]:
    """Return what is told of a trial whose faces were predicted like this.

    Parameters
    ----------
    counts : GroupCounts, shape (G, 2, 2)
    objective : str

    Returns
    -------
    dict of str to float
        ``value`` (the objective), ``mean_accuracy`` and ``worst_group_accuracy`` over the groups
        that have faces, ``accuracy_NAME`` of each group, and the Fair Metric, balanced and not, and
        the worst cell. NaN where undefined.
    """
    judged = evaluate_counts(counts)
    accuracy = judged.by_group["accuracy"]
    known = accuracy[~np.isnan(accuracy)]
    return {
        "value": judged.overall[objective],
        "mean_accuracy": float(known.mean()) if len(known) else math.nan,
        "worst_group_accuracy": float(known.min()) if len(known) else math.nan,
        **{
            f"accuracy_{name}": float(share)
            for name, share in zip(judged.groups, accuracy, strict=True)
        },
        **{name: judged.overall[name] for name in _TOLD},
    }
