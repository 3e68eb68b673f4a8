"""How many labels are wrong, by group and direction, and how sure that is.

The intervals say how much an estimate would vary with other faces of the same kind (people drawn
with all their photographs). They do not say how far the method itself is off, which rests on two
assumptions: within a group, whether a label is wrong depends on the true label and not on the
photograph; and the network's mean scores of the faces of a label, wrong ones among them, separate
what truly belongs there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from softbio.audit.label_issues.sampling import Sampled
from softbio.fairness.intervals.design import face_weight
from softbio.fairness.intervals.rates import student_share, wilson

__all__ = ["NoiseRate", "Rate", "noise_rates"]

_NONE = float("nan")


@dataclass(frozen=True)
class Rate:
    """A figure with its interval; NaN where undefined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class NoiseRate:
    """How many labels of one kind are wrong in one group.

    Attributes
    ----------
    group : str
    given : {0, 1}
        The label that they have; the true one would be the other.
    faces : int
        Of the group, with this label.
    flagged : int
        Of them, whose label is flagged.
    wrong : Rate
        P(true is the other | given): share of the faces with this label whose label is wrong.
    flipped : Rate
        P(given | true is the other): share of the faces that truly have the other label which
        got this one.
    """

    group: str
    given: int
    faces: int
    flagged: int
    wrong: Rate
    flipped: Rate

    @property
    def wrong_faces(self) -> Rate:
        """How many labels of this kind are estimated to be wrong."""
        wrong = self.wrong
        return Rate(*(self.faces * end for end in (wrong.value, wrong.low, wrong.high)))


def noise_rates(
    counts: np.ndarray,
    faces: np.ndarray,
    flagged: np.ndarray,
    groups: tuple[str, ...],
    sampled: Sampled,
    people: np.ndarray | None,
    level: float,
) -> tuple[NoiseRate, ...]:
    """Return the noise rates of every group, given label 1 first.

    Parameters
    ----------
    counts : ndarray, shape (G, 2, 2)
        Confident counts [group, given, confident].
    faces, flagged : ndarray, shape (G, 2)
    sampled : Sampled
    people : ndarray, shape (K, G, 2), or None
        How many faces each person has of each group and given label.
    level : float

    Notes
    -----
    `NoiseRate.wrong` is a share of the confidently counted faces and has Wilson's interval with
    their effective number (design effect from the samples). `NoiseRate.flipped` is a function of
    the two shares of its group and the numbers of labels; its interval is made from theirs on the
    scale of log odds (MOVER: Zou & Donner 2008, doi:10.1002/sim.3095).
    """
    shares = [
        [_wrong(counts, faces, sampled, people, level, index, given) for given in (0, 1)]
        for index in range(len(groups))
    ]
    found = []
    for index, name in enumerate(groups):
        spread = _log_ratio_variance(sampled.faces[:, index])
        for given in (1, 0):
            flipped = _flipped(
                shares[index][given],
                shares[index][1 - given],
                faces[index],
                given,
                NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(spread),
            )
            found.append(
                NoiseRate(
                    name,
                    given,
                    int(faces[index, given]),
                    int(flagged[index, given]),
                    shares[index][given],
                    flipped,
                )
            )
    return tuple(found)


def _wrong(
    counts: np.ndarray,
    faces: np.ndarray,
    sampled: Sampled,
    people: np.ndarray | None,
    level: float,
    index: int,
    given: int,
) -> Rate:
    """Return the share of a cell's confident faces that are confidently of the other label."""
    n = counts[index, given].sum()
    if not n > 0:
        return Rate(_NONE, _NONE, _NONE)
    rate = counts[index, given, 1 - given] / n
    drawn = sampled.counts[:, index, given]
    total = drawn.sum(axis=1)
    kept = total > 0  # NaN, where a sample has no threshold, is not
    shares = drawn[kept, 1 - given] / total[kept]
    single = rate * (1 - rate) / n
    each = None if people is None else people[:, index, given]
    most = 1.0 if each is None else float(face_weight(each[:, None])[0])
    # Where none or all are wrong the samples see no variance and cannot tell.
    effect = max(float(shares.var()) / single, 1.0) if single > 0 and len(shares) > 1 else most
    size = n / effect
    if each is not None:
        size *= float(student_share(each[:, None], level)[0])
    low, high = wilson(rate * size, size, level)
    return Rate(float(rate), float(low), float(high))


def _log_ratio_variance(faces: np.ndarray) -> float:
    """Return the variance of log(faces with label 1 / faces with label 0) over samples (R, 2)."""
    kept = (faces > 0).all(axis=1)
    return float(np.log(faces[kept, 1] / faces[kept, 0]).var()) if kept.any() else _NONE


def _flipped(wrong: Rate, other: Rate, faces: np.ndarray, given: int, reach: float) -> Rate:
    """Return the share of the faces of the other true label that got this label.

    Its odds are ``n₁ w₁ / (n₀ (1 − w₀))``: n the faces with this and with the other given label, w
    the shares of them that are wrong.

    Parameters
    ----------
    wrong, other : Rate
        w₁ and w₀.
    faces : ndarray, shape (2,)
    reach : float
        Half of the interval of log(n₁ / n₀).
    """
    right = Rate(1 - other.value, 1 - other.high, 1 - other.low)
    if math.isnan(wrong.value) or math.isnan(right.value) or not wrong.value + right.value > 0:
        return Rate(_NONE, _NONE, _NONE)
    ratio = math.log(faces[given] / faces[1 - given])
    value = _share(ratio + _log(wrong.value) - _log(right.value))
    if not wrong.value > 0 or not right.value > 0:
        # The logarithm has no interval here; the ends of both shares together are wide enough.
        low = _share(ratio - reach + _log(wrong.low) - _log(right.high))
        return Rate(value, low, _share(ratio + reach + _log(wrong.high) - _log(right.low)))
    odds = ratio + _log(wrong.value) - _log(right.value)
    down = math.hypot(_apart(wrong.value, wrong.low), _apart(right.high, right.value), reach)
    up = math.hypot(_apart(wrong.high, wrong.value), _apart(right.value, right.low), reach)
    return Rate(value, _share(odds - down), _share(odds + up))


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _apart(more: float, less: float) -> float:
    return _log(more) - _log(less)


def _share(odds: float) -> float:
    """Return the share of these log odds."""
    if odds > 0:
        return 1 / (1 + math.exp(-odds))
    return math.exp(odds) / (1 + math.exp(odds))
