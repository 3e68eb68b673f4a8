"""METRICS, the one table of metrics, and how all of them are computed at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np

from softbio.errors import ConfigError
from softbio.fairness.counts import GroupCounts
from softbio.fairness.metrics.between import BETWEEN_METRICS
from softbio.fairness.metrics.cells import Cells
from softbio.fairness.metrics.derived import derived_metrics
from softbio.fairness.metrics.metric import Metric
from softbio.fairness.metrics.per_group import GROUP_METRICS
from softbio.fairness.scores import GroupScores

__all__ = ["METRICS", "compute", "compute_scores"]

#: Every metric by its name, in the order in which they are shown.
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in [
        *GROUP_METRICS,
        *BETWEEN_METRICS,
        *(
            made
            for metric in GROUP_METRICS
            if metric.name != "n"
            for made in derived_metrics(metric)
        ),
    ]
}


def compute(counts: GroupCounts, names: Iterable[str] | None = None) -> dict[str, np.ndarray]:
    """Compute metrics of counts, sharing what they have in common.

    Parameters
    ----------
    counts : GroupCounts
        Shape (..., G, 2, 2): replicates, thresholds or runs along leading axes.
    names : iterable of str, optional
        Default: all count metrics, in the order of `METRICS`.

    Returns
    -------
    dict of str to ndarray, float64
        Shape (..., G) for scope ``group``, (...) for ``overall``; NaN where
        undefined. Arrays may share memory: change none in place. The figures of
        all faces together are those of ``counts.pooled()``.

    Raises
    ------
    ConfigError
        If there is no such metric, or it needs scores.

    Examples
    --------
    >>> counts = GroupCounts(np.array([[[8, 0], [1, 1]], [[6, 2], [0, 2]]]), ("women", "men"))
    >>> found = compute(counts, ("accuracy", "fair_metric", "true_positive_rate_ratio"))
    >>> {name: value.round(2).tolist() for name, value in found.items()}
    {'accuracy': [0.9, 0.8], 'fair_metric': 0.75, 'true_positive_rate_ratio': 0.5}
    """
    return _compute(Cells(counts.values), names, "counts")


def compute_scores(
    scores: GroupScores, names: Iterable[str] | None = None
) -> dict[str, np.ndarray]:
    """Compute metrics of scores, sharing what they have in common.

    Parameters
    ----------
    scores : GroupScores
        With or without weights.
    names : iterable of str, optional
        Default: all score metrics, in the order of `METRICS`.

    Returns
    -------
    dict of str to ndarray, float64
        Shape (..., G) for scope ``group``, (...) for ``overall``, where the
        leading axes are (R,) with weights and () without; NaN where undefined.

    Raises
    ------
    ConfigError
        If there is no such metric, or it needs counts.
    """
    return _compute(scores, names, "scores")


def _compute(
    source: Cells | GroupScores,
    names: Iterable[str] | None,
    needs: Literal["counts", "scores"],
) -> dict[str, np.ndarray]:
    if names is None:
        names = [metric.name for metric in METRICS.values() if metric.needs == needs]
    known: dict[str, np.ndarray] = {}
    found: dict[str, np.ndarray] = {}
    with np.errstate(divide="ignore", invalid="ignore"):
        for name in names:
            if name not in METRICS:
                raise ConfigError(f"There is no metric {name!r}. See docs/metrics.md.")
            if METRICS[name].needs != needs:
                raise ConfigError(
                    f"{METRICS[name].title} ({name}) is computed from {METRICS[name].needs}, not "
                    f"from {needs}."
                )
            found[name] = METRICS[name].from_source(source, known)
    return found
