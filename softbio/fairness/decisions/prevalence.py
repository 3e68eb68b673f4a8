"""Prior shift: other shares of label 1 than in training, named or estimated, and thresholds for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np

from softbio.errors import ConfigError, DataError
from softbio.fairness.calibration import Calibration
from softbio.fairness.counts import GroupCounts, check_faces, predict_at
from softbio.fairness.rules import DecisionRule

__all__ = ["Prevalence", "choose_prior_shift", "estimate_prevalence", "shifted_threshold"]

_HALVINGS = 60


class Prevalence(NamedTuple):
    """An estimated share of label 1.

    Attributes
    ----------
    value : float
        In 0 … 1.
    standard_error : float
        Of the new faces' sampling alone, as if the scores were known to be
        right; NaN where the value lies on the bound.
    """

    value: float
    standard_error: float


def shifted_threshold(source: float, target: float, threshold: float = 0.5) -> float:
    """Return the threshold on old scores that equals `threshold` on scores for the new prevalence.

    Under prior shift (the looks of faces of each label stay as they are) the
    logit of every score moves by logit(target) − logit(source) (Elkan 2001;
    Saerens et al. 2002), and so all is done by moving the threshold the other
    way.

    Parameters
    ----------
    source, target, threshold : float
        Strictly between 0 and 1.

    Examples
    --------
    >>> round(shifted_threshold(source=0.2, target=0.5), 3)
    0.2
    """
    for name, value in (("source", source), ("target", target), ("threshold", threshold)):
        if not 0.0 < value < 1.0:
            raise ConfigError(
                f"The {name} of a prior shift must lie between 0 and 1, without them. "
                f"Received: {value:g}."
            )
    keep = threshold * source * (1 - target)
    other = (1 - threshold) * (1 - source) * target
    return keep / (keep + other)


def choose_prior_shift(
    label: np.ndarray,
    score: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    target: float | Mapping[str, float],
    *,
    calibration: Calibration | None = None,
) -> DecisionRule:
    """Choose the threshold for faces among which another share has label 1.

    The scores are taken as probabilities for faces like the given ones: their
    prevalence is the source of the shift. Where a network was trained with
    weights, or is over-confident, its scores are no such probabilities until
    they are calibrated on faces like these.

    Parameters
    ----------
    label, score, group, groups
        The judged faces, as everywhere.
    target : float or mapping of str to float
        The new prevalence, between 0 and 1: one for all faces, which makes a
        common rule, or one for each group, which makes a rule per group.
    calibration : Calibration, optional
        Applied to the scores first, and part of the rule.

    Returns
    -------
    DecisionRule
        `why` has ``target_prevalence``, ``source_prevalence``, ``value`` (the
        accuracy that these faces promise for the target mix), ``n``, ``reason``.

    Raises
    ------
    ConfigError
        If a target is outside 0 … 1, or targets do not name each group once.
    DataError
        If one of the labels is absent (in a group, where each has a target).
    """
    label, score, group = np.asarray(label), np.asarray(score), np.asarray(group)
    check_faces(label, score, group, groups)
    facts = {"objective": "accuracy", "n": len(label)}
    if not isinstance(target, Mapping):
        source = _prevalence(label, "")
        threshold = shifted_threshold(source, target)
        rule = DecisionRule(kind="common", threshold=threshold, calibration=calibration)
        value = _promised(rule, label, score, group, groups, [target], pooled=True)
        return rule.because(
            reason=f"a prevalence of {target:.1%}", target_prevalence=target,
            source_prevalence=source, value=value, **facts,
        )  # fmt: skip
    if set(target) != set(groups):
        raise ConfigError(
            f"A target prevalence is needed for each of {', '.join(groups)}. "
            f"Received: {', '.join(target) or 'none'}."
        )
    sources = {name: _prevalence(label[group == index], name) for index, name in enumerate(groups)}
    thresholds = {name: shifted_threshold(sources[name], target[name]) for name in groups}
    rule = DecisionRule(kind="per_group", thresholds=thresholds, calibration=calibration)
    wanted = [target[name] for name in groups]
    value = _promised(rule, label, score, group, groups, wanted, pooled=False)
    told = ", ".join(f"{share:.1%} of {name}" for name, share in zip(groups, wanted, strict=True))
    return rule.because(
        reason=f"a prevalence of {told}", target_prevalence=dict(target),
        source_prevalence=sources, value=value, **facts,
    )  # fmt: skip


def estimate_prevalence(
    new_score: np.ndarray,
    label: np.ndarray,
    score: np.ndarray,
    *,
    method: Literal["likelihood", "confusion"] = "likelihood",
    threshold: float = 0.5,
) -> Prevalence:
    """Estimate the share of label 1 among faces that have scores and no labels.

    Parameters
    ----------
    new_score : array-like, shape (m,)
        Scores of the faces in question.
    label, score : array-like, shape (n,)
        Labelled faces that the network did not train on.
    method : {"likelihood", "confusion"}
        ``likelihood``: the prevalence that makes the new scores likeliest, the
        fixed point of Saerens, Latinne & Decaestecker's EM (2002); the scores
        must be calibrated on the labelled faces. ``confusion``: from the share
        predicted 1 and the two error rates (Lipton, Wang & Smola 2018,
        arXiv:1802.03916); no calibration needed, a little less exact.
    threshold : float
        Of the predictions for ``confusion``.

    Raises
    ------
    DataError
        If there are no faces, one of the labels is absent, or predictions at
        the threshold tell nothing of the label.

    Notes
    -----
    Both hold under prior shift alone: if the new faces also look different,
    as with another camera, neither does.
    """
    new_score, label, score = np.asarray(new_score), np.asarray(label), np.asarray(score)
    if not len(new_score):
        raise DataError("There are no faces without labels to estimate a prevalence from.")
    source = _prevalence(label, "")
    if method == "likelihood":
        return _likeliest(new_score.astype(np.float64), source)
    if method != "confusion":
        raise ConfigError(f"The method must be likelihood or confusion. Received: {method!r}.")
    predicted = predict_at(score, threshold)
    hit, alarm = float(predicted[label == 1].mean()), float(predicted[label == 0].mean())
    if not hit > alarm:
        raise DataError(
            f"Predictions at {threshold:g} are no likelier for label 1 than for label 0, so they "
            "tell nothing of a prevalence."
        )
    selected = float(predict_at(new_score, threshold).mean())
    value = (selected - alarm) / (hit - alarm)
    if not 0 <= value <= 1:
        return Prevalence(min(max(value, 0.0), 1.0), float("nan"))
    spread = (selected * (1 - selected) / len(new_score)) ** 0.5
    return Prevalence(value, spread / (hit - alarm))


def _likeliest(score: np.ndarray, source: float) -> Prevalence:
    """Return the prevalence where the concave log-likelihood of the scores is highest.

    Its slope falls all the way from 0 to 1, so halving finds the one zero that
    EM creeps towards.
    """
    one, zero = score / source, (1 - score) / (1 - source)

    def slope(share: float) -> float:
        return float(((one - zero) / (share * one + (1 - share) * zero)).mean())

    low, high = 1e-12, 1 - 1e-12
    if slope(low) <= 0 or slope(high) >= 0:
        return Prevalence(0.0 if slope(low) <= 0 else 1.0, float("nan"))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    value = (low + high) / 2
    information = (((one - zero) / (value * one + (1 - value) * zero)) ** 2).sum()
    return Prevalence(value, float(information**-0.5))


def _prevalence(label: np.ndarray, name: str) -> float:
    ones = int(np.count_nonzero(label))
    if not 0 < ones < len(label):
        where = f" among {name}" if name else ""
        raise DataError(
            f"A prior shift needs faces of both labels to start from; there are {ones:,} with "
            f"label 1 and {len(label) - ones:,} with label 0{where}."
        )
    return ones / len(label)


def _promised(
    rule: DecisionRule,
    label: np.ndarray,
    score: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    targets: list[float],
    *,
    pooled: bool,
) -> float:
    """Return the accuracy of the rule for the target mix, groups weighted as they are here."""
    counts = GroupCounts.from_predictions(label, rule.predict(score, group, groups), group, groups)
    counts = counts.pooled() if pooled else counts
    right = counts.values[:, [0, 1], [0, 1]] / counts.cell_sizes
    share = np.array(targets)
    accuracy = (1 - share) * right[:, 0] + share * right[:, 1]
    return float((accuracy * counts.n).sum() / counts.n.sum())
