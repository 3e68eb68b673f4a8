"""How good a probe is: its precision, recall and average precision, with intervals.

Twice, since neither sample is all one could wish for. All tagged faces, each by a fit that did not
see it: many, but proposals choose faces that are hard to tell or likely, so the figures are not
those of the whole set. And the random check sample alone: few, but drawn without a look.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from softbio.fairness import evaluate
from softbio.fairness.evaluation import Evaluation
from softbio.fairness.intervals import IntervalPlan, number_people, wilson
from softbio.fairness.scores import GroupScores

__all__ = ["Judged", "Judgement", "ProbeQuality", "Rate", "judge_checked", "judge_tagged"]

#: A face counts as found where its chance is above.
_FOUND = 0.5
_PLAN = IntervalPlan(replicates=500)
_METRICS = {"precision": "precision", "recall": "true_positive_rate"}


@dataclass(frozen=True)
class Rate:
    """A share in 0 … 1 with its 95 % interval; NaN where undefined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Judged:
    """A probe on the faces of one group, or of all.

    Attributes
    ----------
    name : str
        The group, or ``all``.
    n, positives : int
        Faces, and how many of them a person tagged yes.
    precision : Rate
        Share of yes among faces with a chance above one half.
    recall : Rate
        Share of faces with a chance above one half among yes.
    average_precision : Rate
        Mean precision over the yes as the chances rank them.
    """

    name: str
    n: int
    positives: int
    precision: Rate
    recall: Rate
    average_precision: Rate


@dataclass(frozen=True)
class Judgement:
    """A probe on one sample: by group, in the set's order, and over all."""

    groups: tuple[Judged, ...]
    overall: Judged


@dataclass(frozen=True)
class ProbeQuality:
    """How good a probe is.

    Attributes
    ----------
    tagged : Judgement
        By cross-validation over all tagged faces; biased, as proposals chose them.
    checked : Judgement or None
        On faces that were proposed at random, each group weighing what it weighs in the set; by
        the same cross-validation. Unbiased for the faces that were not tagged when they were
        drawn. None without such faces.
    """

    tagged: Judgement
    checked: Judgement | None

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data, NaN as None."""
        return _plain(asdict(self))


def judge_tagged(
    label: np.ndarray,
    chance: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    person: np.ndarray | None = None,
) -> Judgement:
    """Judge chances on tagged faces.

    Parameters
    ----------
    label : ndarray, shape (n,)
        0 or 1, what a person said.
    chance : ndarray, shape (n,)
        In 0 … 1, of fits that did not see the face.
    group : ndarray, shape (n,)
        Index into `groups`; −1 unknown: such faces count overall only.
    groups : tuple of str
    person : ndarray, shape (n,), optional
        Who is on each photograph; then people are drawn for the intervals.
    """
    # Faces of no known group are a group of their own while figures are made.
    names = (*groups, "")
    index = np.where(group < 0, len(groups), group)
    plan = IntervalPlan(replicates=_PLAN.replicates, by="face" if person is None else "person")
    judged = evaluate(label, chance, index, names, _FOUND, person=person, intervals=plan)
    return Judgement(
        tuple(
            _judged(judged, label[index == number], name, number)
            for number, name in enumerate(groups)
        ),
        _judged(judged, label, "all", None),
    )


def judge_checked(
    label: np.ndarray,
    chance: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    sizes: np.ndarray,
    person: np.ndarray | None = None,
) -> Judgement:
    """Judge chances on faces that were drawn at random within each group.

    As `judge_tagged`, but overall each face weighs as many faces as it stands for.

    Parameters
    ----------
    sizes : ndarray, shape (G + 1,)
        Faces of each group in the set; last those of no known group.
    """
    within = judge_tagged(label, chance, group, groups, person).groups
    index = np.where(group < 0, len(groups), group)
    weights = sizes[index] / np.bincount(index, minlength=len(sizes))[index]
    found, yes = chance > _FOUND, label == 1
    owner = np.arange(len(label)) if person is None else number_people(person)[0]
    overall = Judged(
        "all",
        len(label),
        int(yes.sum()),
        _weighted_rate(found & yes, found, weights, owner),
        _weighted_rate(found & yes, yes, weights, owner),
        _weighted_average_precision(label, chance, index, weights, owner),
    )
    return Judgement(within, overall)


def _judged(judged: Evaluation, label: np.ndarray, name: str, number: int | None) -> Judged:
    """Read one group's figures, or (None) those of all faces."""
    intervals = judged.intervals
    assert intervals is not None

    def rate(metric: str) -> Rate:
        if number is None:
            low, high = intervals.overall[metric]
            return Rate(float(judged.overall[metric]), float(low), float(high))
        lows, highs = intervals.by_group[metric]
        value = judged.by_group[metric][number]
        return Rate(float(value), float(lows[number]), float(highs[number]))

    return Judged(
        name,
        len(label),
        int((label == 1).sum()),
        rate("precision"),
        rate("true_positive_rate"),
        rate("average_precision"),
    )


def _weighted_rate(
    hit: np.ndarray, among: np.ndarray, weights: np.ndarray, owner: np.ndarray
) -> Rate:
    """Return a weighted share with Wilson's interval at Kish's effective number of people."""
    if not among.any():
        return Rate(np.nan, np.nan, np.nan)
    share = float(np.average(hit[among], weights=weights[among]))
    per_person = np.bincount(owner[among], weights[among])
    effective = per_person.sum() ** 2 / np.square(per_person).sum()
    low, high = wilson(share * effective, effective)
    return Rate(share, float(low), float(high))


def _weighted_average_precision(
    label: np.ndarray,
    chance: np.ndarray,
    index: np.ndarray,
    weights: np.ndarray,
    owner: np.ndarray,
) -> Rate:
    """Return the weighted average precision with percentiles over people drawn anew."""
    from softbio.fairness.metrics import compute_scores

    if not (label == 1).any():
        return Rate(np.nan, np.nan, np.nan)
    draws = np.random.default_rng(0)
    # Exponential weights on people: what was drawn stays in every replicate (Bayesian bootstrap,
    # Rubin 1981), so that one yes among few faces does not leave half of them undefined.
    drawn = draws.standard_exponential((_PLAN.replicates, int(owner.max()) + 1))[:, owner]
    replicated = np.concatenate([np.ones((1, len(label))), drawn]) * weights
    scores = GroupScores(label, chance, np.zeros(len(label), int), ("all",), replicated)
    values = compute_scores(scores, ["average_precision"])["average_precision"][:, 0]
    low, high = np.percentile(values[1:], [2.5, 97.5])
    return Rate(float(values[0]), float(low), float(high))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
