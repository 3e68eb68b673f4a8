"""The design effect of a mean: how much less faces tell when people appear more than once."""

from __future__ import annotations

import numpy as np

from softbio.fairness.intervals.design import effective_people, face_weight

__all__ = ["design_effect", "student_share"]


def design_effect(
    values: np.ndarray, group: np.ndarray, n_groups: int, person: np.ndarray
) -> np.ndarray:
    """Return the variance of each group's mean by person, over its variance by face.

    A group of n faces with design effect d tells as much about its mean as n/d
    faces of n/d different people. The variance by person is that of the sum of
    each person's deviations from the group's mean.

    Parameters
    ----------
    values : ndarray, shape (n,)
        A number for each face, as 1 where the prediction is right.
    group : ndarray, shape (n,)
        Index below `n_groups`.
    n_groups : int
    person : ndarray, shape (n,)
        Numbers from 0.

    Returns
    -------
    ndarray, shape (n_groups,), float64
        From 1 to what it is if all faces of a person are alike. Where all
        values of a group are equal it cannot be told, and is that of the other
        groups together; where it cannot be told there either, it is the largest
        possible.

    References
    ----------
    Kish 1965, Survey Sampling; the variance is the linearised one of a ratio of
    sums over clusters.

    Examples
    --------
    >>> right = np.array([1, 1, 0, 0, 1, 1, 0, 0])
    >>> design_effect(right, np.zeros(8, int), 1, np.array([0, 0, 1, 1, 2, 2, 3, 3]))
    array([2.])
    """
    owner, faces, place = _within(group, n_groups, person)
    n = np.bincount(group, minlength=n_groups).astype(np.float64)
    mean = np.bincount(group, values, minlength=n_groups) / np.maximum(n, 1)
    deviation = values - mean[group]
    sums = np.bincount(place, deviation, minlength=len(owner))
    people = np.bincount(owner, minlength=n_groups)
    by_person = np.bincount(owner, sums**2, minlength=n_groups) * people / np.maximum(people - 1, 1)
    by_face = np.bincount(group, deviation**2, minlength=n_groups)
    most = np.array([face_weight(faces[owner == each]) for each in range(n_groups)])
    # Equal values leave rounding errors in place of zero.
    told = (by_face > 1e-9 * np.maximum(n, 1)) & (people > 1)
    others = np.inf
    if told.any():
        others = float(by_person[told].sum() / by_face[told].sum())
    found = np.divide(by_person, by_face, out=np.full(n_groups, others), where=told)
    return np.clip(found, 1.0, np.maximum(most, 1.0))


def student_share(group: np.ndarray, n_groups: int, person: np.ndarray, level: float) -> np.ndarray:
    """Return ``(z / t)²``: what is left of a sample whose variance few people had to tell.

    Parameters
    ----------
    group, person : ndarray, shape (n,)
    n_groups : int
    level : float

    Returns
    -------
    ndarray, shape (n_groups,)
        t is Student's quantile with one degree of freedom less than there are
        effective people, at least 1.
    """
    from scipy.special import ndtri, stdtrit

    owner, faces, _ = _within(group, n_groups, person)
    people = np.array([effective_people(faces[owner == each]) for each in range(n_groups)])
    upper = (1 + level) / 2
    return np.asarray((ndtri(upper) / stdtrit(np.maximum(people - 1, 1.0), upper)) ** 2)


def _within(
    group: np.ndarray, n_groups: int, person: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number the people within groups: each one's group, count of faces, and each face's one."""
    names, place, faces = np.unique(
        person * n_groups + group, return_inverse=True, return_counts=True
    )
    return names % n_groups, faces, place
