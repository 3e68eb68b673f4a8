"""Wilson's interval for a single rate, by face and by person."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from softbio.fairness.counts import GroupCounts
from softbio.fairness.intervals.design import (
    design_effect,
    effective_people,
    face_weight,
    rate_variance,
)
from softbio.fairness.metrics.cells import Cells

__all__ = ["RATES", "effective_rates", "student_share", "wilson"]

#: The group metrics that are a share of faces: what is counted, and out of which faces.
RATES: dict[str, Callable[[Cells], tuple[np.ndarray, np.ndarray]]] = {
    "prevalence": lambda cells: (cells.positives, cells.n),
    "selection_rate": lambda cells: (cells.selected, cells.n),
    "accuracy": lambda cells: (cells.tp + cells.tn, cells.n),
    "true_positive_rate": lambda cells: (cells.tp, cells.positives),
    "true_negative_rate": lambda cells: (cells.tn, cells.negatives),
    "false_positive_rate": lambda cells: (cells.fp, cells.negatives),
    "false_negative_rate": lambda cells: (cells.fn, cells.positives),
    "precision": lambda cells: (cells.tp, cells.selected),
    "negative_predictive_value": lambda cells: (cells.tn, cells.rejected),
}


def wilson(
    successes: np.ndarray, n: np.ndarray, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's score interval of `successes` out of `n`.

    It holds the rates that a score test does not refuse. Unlike the bootstrap
    it has a width where all succeed or none does, and keeps its level in
    small samples.

    Parameters
    ----------
    successes, n : array-like, any shapes that go together
        Counts; need not be integers, as of an effective `n`.
    level : float
        In 0 … 1.

    Returns
    -------
    low, high : ndarray, float64
        In 0 … 1; NaN where `n` is 0.

    References
    ----------
    Wilson 1927, doi:10.1080/01621459.1927.10502953; Brown, Cai & DasGupta 2001,
    doi:10.1214/ss/1009213286.

    Examples
    --------
    >>> [round(float(end), 3) for end in wilson(10, 10)]
    [0.722, 1.0]
    """
    successes, n = np.broadcast_arrays(
        np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    )
    size = np.where(n > 0, n, np.nan)
    z = NormalDist().inv_cdf((1 + level) / 2)
    rate = successes / size
    middle = (rate + z * z / (2 * size)) / (1 + z * z / size)
    half = z / (1 + z * z / size) * np.sqrt(rate * (1 - rate) / size + (z / (2 * size)) ** 2)
    # At the ends the formula gives 0 and 1 but for the last bit.
    low = np.where(successes <= 0, size * 0.0, np.maximum(middle - half, 0.0))
    high = np.where(successes >= n, size * 0.0 + 1.0, np.minimum(middle + half, 1.0))
    return low, high


def effective_rates(
    counts: GroupCounts,
    replicated: GroupCounts,
    level: float,
    people: np.ndarray | None = None,
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return successes and n of every rate of every group, as many as Wilson's interval may count.

    By face these are the counts. By person they are brought to their effective
    size: divided by the design effect, which is the rate's variance over the
    replicates, seen against that of single faces, and reduced by ``(z / t)²``
    where the rate rests on few people, t being Student's quantile for their
    effective number. Where all succeed or none does, the design effect is taken
    as if all faces of a person fared alike. (Korn & Graubard 1998 do the same to
    Clopper and Pearson's interval.)

    Parameters
    ----------
    counts : GroupCounts, shape (G, 2, 2)
    replicated : GroupCounts, shape (R, G, 2, 2)
        As drawn, not smoothed; used by person only.
    level : float
    people : ndarray, shape (K, G, 2, 2), optional
        Each person's counts, where people were drawn.

    Returns
    -------
    dict of str to (successes, n), arrays of shape (G,), float64
        For each of `RATES`.
    """
    cells = Cells(counts.values)
    if people is None:
        return {name: parts(cells) for name, parts in RATES.items()}
    drawn, each = Cells(replicated.values), Cells(people)
    found = {}
    for name, parts in RATES.items():
        part, whole = parts(cells)
        faces = parts(each)[1]
        variance = rate_variance(*parts(drawn))
        rate = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
        effect = design_effect(rate, whole, variance, face_weight(faces))
        effective = whole / effect * student_share(faces, level)
        found[name] = rate * effective, effective
    return found


def student_share(faces: np.ndarray, level: float) -> np.ndarray:
    """Return ``(z / t)²``: what is left of a sample whose variance few people had to tell.

    Parameters
    ----------
    faces : ndarray, shape (K, ...)
        How many faces each person has.
    level : float

    Returns
    -------
    ndarray, shape (...), float64
        t is Student's quantile with one degree of freedom less than there are effective people,
        at least 1.
    """
    from scipy.special import stdtrit

    upper = (1 + level) / 2
    student = stdtrit(np.maximum(effective_people(faces) - 1, 1.0), upper)
    return np.asarray((NormalDist().inv_cdf(upper) / student) ** 2)
