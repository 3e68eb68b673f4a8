"""Chances of probed attributes, given also what is annotated.

A probe looks at the photograph. Where the file says that a face has black hair, the chance
that it is blond is smaller than the probe says, unless the probe has seen as much. If that is
passed over, what only corrects the probe looks like a part of the label's meaning: ``Blond
and not Black_Hair`` in the place of ``Blond``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

__all__ = ["STRENGTHS", "sharpened"]

#: How much of what annotations say is news to a probe: nothing, some of it, all.
STRENGTHS = (0.0, 0.25, 0.5, 1.0)
_STEPS = 40
_PENALTY = 0.05
_LEAST_CHANCE = 1e-6


def sharpened(
    columns: Mapping[str, np.ndarray], probed: Collection[str]
) -> tuple[Mapping[str, np.ndarray], ...]:
    """Return the columns, and them with chances that are given what is annotated, too.

    Parameters
    ----------
    columns : mapping of name to array of shape (n,)
        0 and 1, or chances for those `probed`.
    probed : collection of str

    Returns
    -------
    tuple of mapping of name to ndarray, shape (n,)
        One for each of `STRENGTHS`; only the first if nothing is annotated. Chances of
        exactly 0 or 1 stay as they are. Labels play no part.

    Notes
    -----
    If what the probe makes of a photograph were independent of the annotations given the
    attribute itself, the odds given both would be the probe's odds, times the odds given the
    annotations, by the odds given nothing; with the odds given the annotations from a
    logistic regression of a hidden outcome, fitted by expectation and maximisation. That is
    strength 1. But a probe has seen some of what is annotated, so its odds are moved a part of
    this way, in the logarithm; which one, the search asks the labels.
    """
    known = [column for name, column in columns.items() if name not in probed]
    if not known:
        return (columns,)
    inputs = np.stack([np.ones(len(known[0])), *known], axis=1).astype(np.float64)
    inputs[:, 1:] -= inputs[:, 1:].mean(axis=0)
    versions = [dict(columns) for _ in STRENGTHS[1:]]
    for name in probed:
        chance = columns[name]
        open_ = (chance > 0) & (chance < 1)
        clipped = np.clip(chance, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
        news = _news(clipped, inputs)
        logit = np.log(clipped / (1 - clipped))
        for strength, version in zip(STRENGTHS[1:], versions, strict=True):
            version[name] = np.where(open_, _logistic(logit + strength * news), chance)
    return (columns, *versions)


def _news(chance: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """What annotations add to the logit of the chances, were all of it news to the probe (n,)."""
    prior = float(np.log(chance.mean() / (1 - chance.mean())))
    told = np.log(chance / (1 - chance)) - prior
    weights: np.ndarray = np.zeros(inputs.shape[1])
    weights[0] = prior
    penalty = np.full(len(weights), _PENALTY)
    penalty[0] = 0
    for _ in range(_STEPS):
        logit = inputs @ weights
        expected, foreseen = _logistic(logit + told), _logistic(logit)
        slope = inputs.T @ (expected - foreseen) - penalty * weights
        spread = np.maximum(foreseen * (1 - foreseen), 1e-6)
        bend = (inputs * spread[:, None]).T @ inputs + np.diag(penalty + 1e-9)
        step = np.linalg.solve(bend, slope)
        weights = weights + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-2:
            break
    return inputs @ weights - prior


def _logistic(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logit, -40, 40)))
