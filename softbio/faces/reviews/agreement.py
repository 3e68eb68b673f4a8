"""How well two reviewers agree, beyond what chance would give: Cohen's kappa."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from softbio.faces.reviews.standing import NOBODY, UNSURE

__all__ = ["Agreement", "Kappa", "agreement_of", "kappa"]

_DRAWS = 4000
_LEVEL = 0.95
#: Faces of each kind that are taken as seen besides those that were: half of one, as Jeffreys does
#: for a share. Without them, twenty faces without a difference would prove that there is never one.
_UNSEEN = 0.5
_CODES = (1, 0, UNSURE)


class Kappa(NamedTuple):
    """Cohen's kappa with its interval; NaN where it is not defined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Agreement:
    """What two reviewers say of the faces that both reviewed.

    Attributes
    ----------
    kappa : Kappa
        On the faces of which both are sure. To be unsure is to abstain, here as in
        `Reviews.labels`: with it as a third answer, a careful and a bold reviewer who never
        contradict each other would seem to disagree.
    n : int
        Faces of which both are sure.
    same : float
        The share of these of which they say the same; NaN if there are none.
    table : ndarray, shape (3, 3), int64
        ``[what the first says, what the second says]``, each 1, 0, unsure: all faces that both
        reviewed.
    groups : dict of str to Agreement
        The same within each group; empty in those.
    """

    kappa: Kappa
    n: int
    same: float
    table: np.ndarray
    groups: dict[str, Agreement] = field(default_factory=dict)


def kappa(table: np.ndarray, *, level: float = _LEVEL, seed: int = 0) -> Kappa:
    """Return Cohen's kappa of two raters and an interval for it.

    Kappa is (p − e) / (1 − e), with p the share of faces on which they agree and e the share on
    which they would by chance, each with the answers that they gave. The interval holds the
    middle of the kappas of tables that are likely given the counts (draws from the Dirichlet
    distribution with half a face added to each cell). The asymptotic variance of Fleiss, Cohen
    and Everitt and the plain bootstrap give no width to perfect agreement on any number of
    faces; this one does, and includes the value itself.

    Parameters
    ----------
    table : ndarray, shape (k, k), int
        ``[answer of the first, answer of the second]``.
    level : float
    seed : int

    Returns
    -------
    Kappa
        All NaN where chance alone would give full agreement: no faces, or both gave one and the
        same answer throughout.

    References
    ----------
    Cohen (1960), A coefficient of agreement for nominal scales.
    """
    counts = np.asarray(table, dtype=np.float64)
    # Whoever is called the first: the draws of a table and of its transpose are the same ones.
    counts = np.array(min(counts.tolist(), counts.T.tolist()))
    value = float(_kappas(counts[np.newaxis])[0])
    if np.isnan(value):
        return Kappa(value, value, value)
    drawn = np.random.default_rng(seed).standard_gamma(
        counts.ravel() + _UNSEEN, size=(_DRAWS, counts.size)
    )
    tail = 100 * (1 - level) / 2
    low, high = np.percentile(_kappas(drawn.reshape(-1, *counts.shape)), [tail, 100 - tail])
    return Kappa(value, min(float(low), value), max(float(high), value))


def agreement_of(
    first: np.ndarray, second: np.ndarray, group: np.ndarray, groups: tuple[str, ...]
) -> Agreement:
    """Compare what two reviewers say, over all faces and within each group.

    Parameters
    ----------
    first, second : ndarray, shape (N,), int8
        As `Reviews.said_by` returns it.
    group : ndarray, shape (N,), int
        Index into `groups`.
    groups : tuple of str
    """
    within = {name: _agreement(_table(first, second, group == i)) for i, name in enumerate(groups)}
    return _agreement(_table(first, second, np.ones(len(first), dtype=bool)), within)


def _table(first: np.ndarray, second: np.ndarray, within: np.ndarray) -> np.ndarray:
    both = within & (first != NOBODY) & (second != NOBODY)
    one, other = first[both], second[both]
    return np.array([[np.sum((one == a) & (other == b)) for b in _CODES] for a in _CODES], np.int64)


def _agreement(table: np.ndarray, groups: dict[str, Agreement] | None = None) -> Agreement:
    sure = table[:2, :2]
    n = int(sure.sum())
    same = float(np.trace(sure) / n) if n else float("nan")
    return Agreement(kappa(sure), n, same, table, groups or {})


def _kappas(counts: np.ndarray) -> np.ndarray:
    """Return the kappa of each table, shape (R,) of (R, k, k)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = counts / counts.sum(axis=(1, 2), keepdims=True)
        observed = np.trace(shares, axis1=1, axis2=2)
        chance = (shares.sum(axis=2) * shares.sum(axis=1)).sum(axis=1)
        # In floating point the chance of reviewers who say only one thing may be just below one.
        return np.where(chance < 1 - 1e-12, (observed - chance) / (1 - chance), np.nan)
