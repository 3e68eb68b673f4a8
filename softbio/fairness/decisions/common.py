"""One threshold for everybody: the one that does best by a metric."""

from __future__ import annotations

import numpy as np

from softbio.errors import ConfigError, DataError
from softbio.fairness.calibration import Calibration
from softbio.fairness.metrics import METRICS
from softbio.fairness.rules import DecisionRule
from softbio.fairness.thresholds import Sweep, sweep

__all__ = ["best_cut", "choose_common"]

#: Values that differ by less are equal; they are sums of a few fractions.
_EQUAL = 1e-12


def choose_common(
    label: np.ndarray,
    score: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    metric: str,
    *,
    calibration: Calibration | None = None,
) -> DecisionRule:
    """Choose the common threshold at which a metric is nearest to its best value.

    Every cut between two neighbouring scores is tried. A cut that gives every
    face the same prediction is chosen only if the metric is defined nowhere
    else: it closes every gap and decides nothing. Among equally good cuts see
    `best_cut`.

    Parameters
    ----------
    label, score, group, groups
        The judged faces, as everywhere.
    metric : str
        A count metric that has a best value. One of scope ``group`` is taken
        over all faces.
    calibration : Calibration, optional
        Applied to the scores first, and part of the rule.

    Returns
    -------
    DecisionRule
        Of kind ``common``; `why` has ``objective``, ``value``, ``n``, ``reason``.

    Raises
    ------
    ConfigError
        If there is no such metric, it needs scores, or no value of it is best.
    DataError
        If the metric is undefined at every threshold, or the faces are not as described.
    """
    score = np.asarray(score)
    if calibration is not None:
        score = calibration.apply(score, np.asarray(group), groups)
    swept = sweep(label, score, group, groups, most=None)
    best = METRICS[metric].best if metric in METRICS else None
    values = swept.overall(metric)
    if best is None:
        raise ConfigError(
            f"{METRICS[metric].title} ({metric}) has no best value, so no threshold is best by it. "
            "Choose another metric, as balanced_fair_metric."
        )
    distance = np.abs(values - best)
    if np.isnan(distance).all():
        raise DataError(
            f"{METRICS[metric].title} ({metric}) is undefined at every threshold: a group or one "
            f"of its labels has no faces among these {len(score):,}."
        )
    place = best_cut(swept, distance)
    return DecisionRule(
        kind="common",
        threshold=float(swept.thresholds[place]),
        calibration=calibration,
        why={
            "reason": f"the best {METRICS[metric].title}",
            "objective": metric,
            "value": float(values[place]),
            "n": len(score),
        },
    )


def best_cut(swept: Sweep, distance: np.ndarray) -> int:
    """Return the place of the cut with the smallest distance; ties have a rule.

    Neighbouring cuts that are equally good form a plateau. Of several plateaus
    the one is taken that spans the most of the scores' range, and its middle
    cut; between plateaus of equal span, the one nearest to 0.5. Predictions
    near the middle of a wide plateau change least on other faces.

    Parameters
    ----------
    swept : Sweep
    distance : ndarray, shape (T,)
        From the best value; NaN where undefined.
    """
    thresholds = swept.thresholds.astype(np.float64)
    predicted = swept.counts.values[..., 1].sum(axis=(-2, -1))
    idle = (predicted == 0) | (predicted == swept.counts.values.sum(axis=(-3, -2, -1)))
    usable = np.where(idle, np.nan, distance)
    if np.isnan(usable).all():
        usable = distance
    good = usable <= np.nanmin(usable) + _EQUAL
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2] - 1
    # A cut stands for the scores around it, up to half way to the next cuts.
    borders = np.concatenate([[0.0], (thresholds[1:] + thresholds[:-1]) / 2, [1.0]])
    span = borders[ends + 1] - borders[starts]
    middle = (borders[ends + 1] + borders[starts]) / 2
    chosen = int(np.lexsort((np.abs(middle - 0.5), -np.round(span, 9)))[0])
    first, last = int(starts[chosen]), int(ends[chosen])
    return first + int(np.argmin(np.abs(thresholds[first : last + 1] - middle[chosen])))
