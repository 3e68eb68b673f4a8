"""Several seeds of one config: how far their figures spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from softbio.errors import DataError
from softbio.fairness.evaluation import Evaluation

__all__ = ["Pooled", "Spread", "pool"]


@dataclass(frozen=True, eq=False)
class Spread:
    """Mean and spread of one metric over runs.

    Attributes
    ----------
    mean, sd : ndarray of shape (G,), or float
        `sd` divides by n − 1; NaN where fewer than two runs have a value. It is
        the spread of single runs, not the uncertainty of their mean.
    n : ndarray of shape (G,), or int
        Runs in which the metric is defined.
    """

    mean: Any
    sd: Any
    n: Any


@dataclass(frozen=True, eq=False)
class Pooled:
    """Several evaluations of runs that differ in their seed only.

    Attributes
    ----------
    groups : tuple of str
    runs : int
    by_group, overall : dict of str to Spread
        Keyed as in `Evaluation`.
    """

    groups: tuple[str, ...]
    runs: int
    by_group: dict[str, Spread]
    overall: dict[str, Spread]


def pool(evaluations: Sequence[Evaluation]) -> Pooled:
    """Return the mean and the spread of every metric.

    Parameters
    ----------
    evaluations : sequence of Evaluation
        At least one, all over the same groups.

    Raises
    ------
    DataError
        If there are none, or their groups differ.
    """
    if not evaluations:
        raise DataError("There are no evaluations to pool.")
    groups = evaluations[0].groups
    for evaluation in evaluations:
        if evaluation.groups != groups:
            raise DataError(
                "Only evaluations over the same groups can be pooled. "
                f"Received: {', '.join(groups)}; and {', '.join(evaluation.groups)}."
            )
    first = evaluations[0]
    return Pooled(
        groups,
        len(evaluations),
        {name: _spread([each.by_group[name] for each in evaluations]) for name in first.by_group},
        {name: _spread([each.overall[name] for each in evaluations]) for name in first.overall},
    )


def _spread(values: Sequence[np.ndarray | float]) -> Spread:
    runs = np.array(values, dtype=np.float64)
    known = np.isfinite(runs)
    n = known.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(known, runs, 0.0).sum(axis=0) / n
        squares = np.where(known, (runs - mean) ** 2, 0.0).sum(axis=0)
        sd = np.sqrt(squares / np.where(n > 1, n - 1, np.nan))
    if runs.ndim == 1:
        return Spread(float(mean), float(sd), int(n))
    return Spread(mean, sd, n)
