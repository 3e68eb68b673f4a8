"""Chances of probed attributes, given also what is annotated.

A probe looks at the photograph. Where the file says that a face has black hair, the chance
that it is blond is smaller than the probe says, unless the probe has seen as much. If that is
passed over, what only corrects the probe looks like a part of the label's meaning: ``Blond
and not Black_Hair`` in the place of ``Blond``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

__all__ = ["sharpened"]

_STEPS = 40
_PENALTY = 0.05


def sharpened(columns: Mapping[str, np.ndarray], probed: Collection[str]) -> dict[str, np.ndarray]:
    """Return the columns with chances given the probe and all that is annotated.

    Parameters
    ----------
    columns : mapping of name to array of shape (n,)
        0 and 1, or chances for those `probed`.
    probed : collection of str

    Returns
    -------
    dict of str to ndarray, shape (n,)
        Chances of exactly 0 or 1 stay as they are. Labels play no part.

    Notes
    -----
    What the probe makes of a photograph is taken as independent of the annotations given
    the attribute itself. Then the odds given both are the probe's odds, times the odds given
    the annotations, by the odds given nothing; and the odds given the annotations are those of
    a logistic regression with a hidden outcome, fitted by expectation and maximisation. The
    assumption is at one end, that the probe has seen all that is annotated at the other: the
    search looks which of the two the labels favour.
    """
    known = [column for name, column in columns.items() if name not in probed]
    result = dict(columns)
    if not known:
        return result
    inputs = np.stack([np.ones(len(known[0])), *known], axis=1).astype(np.float64)
    inputs[:, 1:] -= inputs[:, 1:].mean(axis=0)
    for name in probed:
        chance = columns[name]
        open_ = (chance > 0) & (chance < 1)
        updated = _updated(np.clip(chance, 1e-6, 1 - 1e-6), inputs)
        result[name] = np.where(open_, updated, chance)
    return result


def _updated(chance: np.ndarray, inputs: np.ndarray) -> np.ndarray:
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
    return _logistic(inputs @ weights + told)


def _logistic(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logit, -40, 40)))
