"""How much the faces of a sample are worth when they come in people.

Twenty photographs of one person tell less than those of twenty people. Two
figures say how much less: the *effective number of people*, which is smaller
than the number of people where some have many more photographs than others,
and the *design effect*, the factor by which the variance of a rate is larger
than that of as many single faces.

References
----------
Kish 1965, Survey Sampling; Korn & Graubard 1998, Survey Methodology 24.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

__all__ = [
    "alike",
    "design_effect",
    "effective_people",
    "face_weight",
    "rate_variance",
    "widened",
]


def alike(ones: np.ndarray, faces: np.ndarray) -> float:
    """Return how alike the faces of a person are: the intraclass correlation of a 0/1 value.

    From the analysis of variance between and within people.

    Parameters
    ----------
    ones, faces : ndarray, shape (K,)
        Of each person how many faces have value 1, and how many there are, at least 1.

    Returns
    -------
    float
        In 0 … 1; 0 where no person has two faces, 1 where there is only one person who does.
    """
    faces = np.asarray(faces, dtype=np.float64)
    people, n = len(faces), float(faces.sum())
    if not 1 < people < n:
        return float(people == 1 < n)
    share, mean = ones / faces, float(np.sum(ones)) / n
    between = float(faces @ (share - mean) ** 2) / (people - 1)
    within = float(ones @ (1 - share)) / (n - people)
    usual = (n - float(faces @ faces) / n) / (people - 1)
    spread = between + (usual - 1) * within
    return min(max((between - within) / spread, 0.0), 1.0) if spread > 0 else 0.0


def effective_people(faces: np.ndarray) -> np.ndarray:
    """Return Kish's effective number of people, ``(Σ m)² / Σ m²``.

    Parameters
    ----------
    faces : ndarray, shape (K, ...)
        How many faces m each person has.

    Returns
    -------
    ndarray, shape (...), float64
        Between 1 and K, K where all have equally many; 0 where there are none.
    """
    m = np.asarray(faces, dtype=np.float64)
    squares = (m * m).sum(axis=0)
    return np.divide(m.sum(axis=0) ** 2, squares, out=np.zeros_like(squares), where=squares > 0)


def face_weight(faces: np.ndarray) -> np.ndarray:
    """Return ``Σ m² / Σ m``: the design effect if all faces of a person fared alike.

    Parameters and shape as for `effective_people`; 1 where there are no faces.
    """
    m = np.asarray(faces, dtype=np.float64)
    total = m.sum(axis=0)
    return np.divide((m * m).sum(axis=0), total, out=np.ones_like(total), where=total > 0)


def design_effect(
    rate: np.ndarray, n: np.ndarray, variance: np.ndarray, most: np.ndarray
) -> np.ndarray:
    """Return the variance of a rate over that of as many single faces, in 1 … `most`.

    Where all succeed or none does the bootstrap sees no variance and cannot
    tell; then it is `most`, which errs on the side of a wider interval.

    Parameters
    ----------
    rate, n : ndarray
        The rate and its denominator.
    variance : ndarray
        Of the rate over replicates.
    most : ndarray
        From `face_weight`.
    """
    single = rate * (1 - rate) / np.maximum(n, 1)
    found = np.divide(variance, single, out=np.array(most, dtype=np.float64), where=single > 0)
    return np.clip(found, 1.0, np.maximum(most, 1.0))


def rate_variance(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return the variance of ``part / whole`` over replicates that have a denominator.

    Parameters
    ----------
    part, whole : ndarray, shape (R, ...)

    Returns
    -------
    ndarray, shape (...), float64
        0 where no replicate has a denominator.
    """
    kept = whole > 0
    rates = np.divide(part, whole, out=np.zeros(whole.shape), where=kept)
    times = np.maximum(kept.sum(axis=0), 1)
    mean = rates.sum(axis=0) / times
    return np.asarray((((rates - mean) ** 2) * kept).sum(axis=0) / times)


def widened(tail: float, people: np.ndarray) -> np.ndarray:
    """Return the tail of percentile intervals that rest on few people.

    The bootstrap's spread is too small by ``sqrt((K − 1) / K)``, and takes the
    spread for known. The expanded percentile interval cuts the tails at
    ``Φ(−sqrt(K / (K − 1)) · t)`` instead, t being Student's quantile with
    K − 1 degrees of freedom.

    Parameters
    ----------
    tail : float
        Share that is to be cut off at each end.
    people : ndarray
        Effective number K of people; less than 2 counts as 2.

    References
    ----------
    Hesterberg 2015, doi:10.1080/00031305.2015.1089789.
    """
    from scipy.special import stdtrit

    k = np.maximum(np.asarray(people, dtype=np.float64), 2.0)
    cuts = np.sqrt(k / (k - 1)) * stdtrit(k - 1, tail)
    return np.array([NormalDist().cdf(cut) for cut in cuts.ravel()]).reshape(cuts.shape)
