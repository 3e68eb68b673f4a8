"""One threshold for each group, under a constraint on what the groups get."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from pydantic import JsonValue

from softbio.errors import ConfigError, DataError
from softbio.fairness.calibration import Calibration
from softbio.fairness.counts import check_faces
from softbio.fairness.decisions.common import best_cut
from softbio.fairness.decisions.search import Ladder, agreeing
from softbio.fairness.rules import DecisionRule
from softbio.fairness.thresholds import Sweep, sweep

__all__ = ["CONSTRAINTS", "OBJECTIVES", "Constraint", "Objective", "choose_per_group"]

Constraint = Literal["equalized_odds", "demographic_parity", "equal_opportunity", "accuracy"]
Objective = Literal["accuracy", "balanced_accuracy"]
CONSTRAINTS: tuple[str, ...] = get_args(Constraint)
OBJECTIVES: tuple[str, ...] = get_args(Objective)

#: What has to agree.
_RATES = {
    "equalized_odds": ("true_positive_rate", "false_positive_rate"),
    "demographic_parity": ("selection_rate",),
    "equal_opportunity": ("true_positive_rate",),
}


def choose_per_group(
    label: np.ndarray,
    score: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    constraint: Constraint,
    objective: Objective = "accuracy",
    *,
    tolerance: float = 0.01,
    calibration: Calibration | None = None,
) -> DecisionRule:
    """Choose one threshold for each group; predicting with it needs the group of every face.

    Parameters
    ----------
    label, score, group, groups
        The judged faces, as everywhere; every group has some.
    constraint : {"equalized_odds", "demographic_parity", "equal_opportunity", "accuracy"}
        What may differ between groups by `tolerance` at most: the true and the
        false positive rate, the selection rate, or the true positive rate
        (Hardt, Price & Srebro 2016, arXiv:1610.02413). ``accuracy`` maximises
        the worst group's `objective` instead, and holds no other group back:
        every group gets its own best.
    objective : {"accuracy", "balanced_accuracy"}
        What is maximised over all faces among the combinations that keep the
        constraint.
    tolerance : float
        In 0 … 1. Thresholds alone can seldom make rates exactly equal; at 0
        often no more is left than to predict nobody, or everybody.
    calibration : Calibration, optional
        Applied to the scores first, and part of the rule.

    Returns
    -------
    DecisionRule
        Of kind ``per_group``; `why` has ``constraint``, ``objective``,
        ``tolerance``, ``value`` (of the objective), ``gap`` (largest difference
        of the constrained rates), ``n``, ``reason``.

    Raises
    ------
    ConfigError
        If constraint, objective or tolerance is not as described.
    DataError
        If a group has no faces, or none of a label that the constraint speaks of.

    Notes
    -----
    No rule of thresholds per group does better, with one exception: under
    equalized odds with more than two groups, the result is at least as good as
    the best for three quarters of the tolerance.
    """
    if constraint not in CONSTRAINTS:
        raise ConfigError(
            f"The constraint must be one of {', '.join(CONSTRAINTS)}. Received: {constraint!r}."
        )
    if objective not in OBJECTIVES:
        raise ConfigError(
            f"The objective must be accuracy or balanced_accuracy. Received: {objective!r}."
        )
    if not 0 <= tolerance <= 1:
        raise ConfigError(f"The tolerance must lie in 0 … 1. Received: {tolerance:g}.")
    label, score, group = np.asarray(label), np.asarray(score), np.asarray(group)
    check_faces(label, score, group, groups)
    _check_labels(label, group, groups, constraint, objective)
    if calibration is not None:
        score = calibration.apply(score, group, groups)
    each = [
        sweep(
            label[inside], score[inside], np.zeros(inside.sum(), dtype=np.int64), (name,), most=None
        )
        for name, inside in ((name, group == index) for index, name in enumerate(groups))
    ]
    cuts, why = (
        _own_best(each, objective)
        if constraint == "accuracy"
        else _alike(each, label, constraint, objective, tolerance)
    )
    return DecisionRule(
        kind="per_group",
        thresholds=dict(zip(groups, cuts, strict=True)),
        calibration=calibration,
        why={**why, "constraint": constraint, "objective": objective, "n": len(label)},
    )


def _own_best(each: list[Sweep], objective: str) -> tuple[list[float], dict[str, JsonValue]]:
    """Return every group's best threshold for itself, and what the worst group reaches."""
    own = [swept.overall(objective) for swept in each]
    places = [best_cut(swept, -values) for swept, values in zip(each, own, strict=True)]
    return (
        [float(swept.thresholds[place]) for swept, place in zip(each, places, strict=True)],
        {
            "reason": f"the best {_spoken(objective)} of the worst group",
            "value": min(float(values[place]) for values, place in zip(own, places, strict=True)),
        },
    )


def _alike(
    each: list[Sweep], label: np.ndarray, constraint: str, objective: str, tolerance: float
) -> tuple[list[float], dict[str, JsonValue]]:
    """Return the best thresholds that keep the constraint, and what they reach."""
    ladders = [_ladder(swept, label, constraint, objective) for swept in each]
    placed = list(zip(ladders, agreeing(ladders, tolerance), strict=True))
    rates = np.stack([ladder.rates[place] for ladder, place in placed])
    return (
        [float(ladder.thresholds[place]) for ladder, place in placed],
        {
            "reason": f"the best {_spoken(objective)} with {_spoken(constraint)} within "
            f"{tolerance:g}",
            "tolerance": tolerance,
            "gap": float(np.ptp(rates, axis=0).max()),
            "value": sum(float(ladder.gain[place]) for ladder, place in placed),
        },
    )


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _ladder(swept: Sweep, label: np.ndarray, constraint: str, objective: str) -> Ladder:
    counts = swept.counts.values[::-1, 0]
    sizes = np.bincount(label.astype(np.int64), minlength=2)
    # What one right prediction of a label adds to the objective over all faces.
    worth = np.full(2, 1 / len(label)) if objective == "accuracy" else 0.5 / sizes
    gain = counts[:, 0, 0] * worth[0] + counts[:, 1, 1] * worth[1]
    rates = [swept.overall(name)[::-1] for name in _RATES[constraint]]
    return Ladder(swept.thresholds[::-1], gain, np.stack(rates, axis=1))


def _check_labels(
    label: np.ndarray, group: np.ndarray, groups: tuple[str, ...], constraint: str, objective: str
) -> None:
    needed: tuple[int, ...] = ()
    if constraint == "equalized_odds" or objective == "balanced_accuracy":
        needed = (0, 1)
    elif constraint == "equal_opportunity":
        needed = (1,)
    for index, name in enumerate(groups):
        inside = label[group == index]
        if not inside.size:
            raise DataError(f"There are no faces of {name} to choose a threshold on.")
        for value in needed:
            if not (inside == value).any():
                raise DataError(
                    f"There are no faces of {name} with label {value} to choose a threshold on."
                )
