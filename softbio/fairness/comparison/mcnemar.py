"""McNemar's exact test of whether a run fixed more faces than it broke, and Holm's correction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

__all__ = ["McNemar", "holm", "mcnemar_p", "sign_tests"]


@dataclass(frozen=True)
class McNemar:
    """How many of a group's faces a run fixed and broke, and whether that is more than chance.

    Attributes
    ----------
    group : str
    label : int or None
        Of a cell; None for all faces of the group.
    fixed, broken : int
        Faces that were wrong before and are right now, and the other way round.
    gained, lost : int
        What the test counts. By face, `fixed` and `broken`. By person, people
        of whom more faces were fixed than broken, and the other way round:
        faces of one person are alike, and to count each of them as independent
        would make p too small.
    unit : {"face", "person"}
    p : float
        Two-sided, exact: the chance of a split at least as uneven as
        gained : lost if either way were equally likely. 1 where nothing changed.
    p_holm : float
        Corrected by Holm for the tests that are shown together.
    """

    group: str
    label: int | None
    fixed: int
    broken: int
    gained: int
    lost: int
    unit: Literal["face", "person"]
    p: float
    p_holm: float


def mcnemar_p(gained: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """Return the two-sided p of a sign test: min(1, 2 P(X ≤ min)), X binomial with share ½.

    Parameters
    ----------
    gained, lost : array-like of int, any shape

    Returns
    -------
    ndarray, float64

    References
    ----------
    McNemar 1947, doi:10.1007/BF02295996; by person, it is the sign test over
    clusters.

    Examples
    --------
    >>> mcnemar_p([5, 0], [0, 0]).tolist()
    [0.0625, 1.0]
    """
    from scipy.special import bdtr

    gained, lost = np.asarray(gained), np.asarray(lost)
    total = gained + lost
    tail = bdtr(np.minimum(gained, lost).astype(np.float64), total, 0.5)
    return np.asarray(np.minimum(1.0, 2.0 * tail))


def holm(p: np.ndarray) -> np.ndarray:
    """Return p-values corrected for being the smallest of many.

    Parameters
    ----------
    p : array-like, shape (m,)

    Returns
    -------
    ndarray, shape (m,)
        Never smaller than `p`, never above 1; under `a` exactly where Holm's
        step-down procedure refuses at level `a`.

    References
    ----------
    Holm 1979, A simple sequentially rejective multiple test procedure,
    Scandinavian Journal of Statistics 6:65-70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(steps, 1.0)
    return corrected


def sign_tests(
    right_before: np.ndarray,
    right_after: np.ndarray,
    place: np.ndarray,
    places: list[tuple[str, int | None]],
    person: np.ndarray | None,
) -> tuple[McNemar, ...]:
    """Test each of several sets of faces, corrected for one another.

    Parameters
    ----------
    right_before, right_after : ndarray, shape (n,), bool
        Whether the baseline and the new run were right.
    place : ndarray, shape (n,)
        Index into `places`.
    places : list of (group, label or None)
    person : ndarray, shape (n,), or None
        Numbers from 0; None to count faces.

    Returns
    -------
    tuple of McNemar
        In the order of `places`.
    """
    m = len(places)
    fixed = np.bincount(place[right_after & ~right_before], minlength=m)
    broken = np.bincount(place[right_before & ~right_after], minlength=m)
    gained, lost = fixed, broken
    if person is not None:
        changed = right_after != right_before
        owner, slot = np.unique(person[changed] * m + place[changed], return_inverse=True)
        net = np.bincount(slot, np.where(right_after[changed], 1, -1), minlength=len(owner))
        gained = np.bincount(owner[net > 0] % m, minlength=m)
        lost = np.bincount(owner[net < 0] % m, minlength=m)
    p = mcnemar_p(gained, lost)
    found = [
        McNemar(
            group, label, int(fixed[k]), int(broken[k]), int(gained[k]), int(lost[k]),
            "face" if person is None else "person", float(p[k]), float(p[k]),
        )
        for k, (group, label) in enumerate(places)
    ]  # fmt: skip
    return tuple(replace(one, p_holm=float(q)) for one, q in zip(found, holm(p), strict=True))
