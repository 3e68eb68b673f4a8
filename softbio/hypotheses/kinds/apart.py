"""What sets a kind apart: how much more often a trait holds in it, women with women, men with men."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from softbio.fairness.comparison.mcnemar import holm
from softbio.fairness.intervals import wilson
from softbio.hypotheses.traits import Traits

__all__ = ["Difference", "TraitApart", "differences", "traits_apart"]

_LEAST_KNOWN = 10


@dataclass(frozen=True)
class Difference:
    """How much more often a trait holds in a kind than among other faces of the same group.

    Attributes
    ----------
    share : float
        Among the other faces, whatever their group, in 0 … 1.
    value, low, high : float
        The kind's share less the others', compared within each group and then averaged; with
        its interval.
    p, p_holm : float
        Of the Cochran–Mantel–Haenszel test that they hold equally often in each group, and
        corrected by Holm for all that are shown together.
    """

    share: float
    value: float
    low: float
    high: float
    p: float
    p_holm: float = float("nan")


@dataclass(frozen=True)
class TraitApart:
    """A trait of a kind, beside the class's other members and beside the other class.

    Attributes
    ----------
    name : str
    probed : bool
        Whether it rests on a probe.
    share : float
        In the kind.
    by_group : tuple of float
        In the kind, of each group; NaN where none of its faces is of it.
    in_class, outside : Difference or None
        From the class's other kinds, and from the other class; None where no face can be compared.
    """

    name: str
    probed: bool
    share: float
    by_group: tuple[float, ...]
    in_class: Difference | None
    outside: Difference | None

    @property
    def sets_apart(self) -> bool:
        """Whether it holds more or less often than in both, beyond chance, the same way."""
        both = [one for one in (self.in_class, self.outside) if one is not None]
        signs = {np.sign(one.value) for one in both}
        return len(signs) == 1 and all(one.p_holm < 0.05 for one in both)

    @property
    def weight(self) -> float:
        """By how much it sets the kind apart: the smaller of the two differences."""
        both = [one.value for one in (self.in_class, self.outside) if one is not None]
        return float(min(both, key=abs, default=0.0))


def traits_apart(
    traits: Traits,
    kinds: list[np.ndarray],
    others: np.ndarray,
    group: np.ndarray,
    groups: int,
    person: np.ndarray,
    *,
    level: float = 0.95,
) -> list[tuple[TraitApart, ...]]:
    """Compare each trait of each kind with the other kinds and with the other class.

    Faces are compared with faces of their own group, so that a kind with many men is not said to
    stand out by beards. Where people are on several photographs, intervals and tests count them
    once.

    Parameters
    ----------
    traits : Traits
    kinds : list of ndarray, int64
        Rows of each kind.
    others : ndarray, int64
        Rows of the other class.
    group : ndarray, shape (N,), int64
    groups : int
    person : ndarray, shape (N,), int64
    level : float

    Returns
    -------
    list of tuple of TraitApart
        For each kind, what sets it apart the most first.
    """
    sides = [_counts(traits, rows, group, groups, person) for rows in (*kinds, others)]
    found: list[list[TraitApart]] = []
    for number in range(len(kinds)):
        rest = [side for at, side in enumerate(sides[:-1]) if at != number]
        in_class = differences(sides[number], np.sum(rest, axis=0), level) if rest else {}
        outside = differences(sides[number], sides[-1], level)
        found.append([])
        for at, name in enumerate(traits.names):
            holds, known, _ = sides[number][:, at]
            if known.sum() < _LEAST_KNOWN:
                continue
            with np.errstate(invalid="ignore"):
                by_group = tuple((holds / known).tolist())
            share = float(holds.sum() / known.sum())
            probed = traits.kinds[name] == "probed"
            pair = in_class.get(at), outside.get(at)
            found[-1].append(TraitApart(name, probed, share, by_group, *pair))
    return [tuple(sorted(kind, key=_place)) for kind in _corrected(found)]


def _place(one: TraitApart) -> tuple[bool, float]:
    return not one.sets_apart, -abs(one.weight)


def _corrected(found: list[list[TraitApart]]) -> list[list[TraitApart]]:
    """Correct the p-values for all comparisons that are shown together."""
    tests = [
        difference
        for kind in found
        for one in kind
        for difference in (one.in_class, one.outside)
        if difference is not None
    ]
    corrected = iter(holm(np.array([one.p for one in tests])).tolist())

    def told(one: Difference | None) -> Difference | None:
        return None if one is None else replace(one, p_holm=next(corrected))

    return [
        [replace(one, in_class=told(one.in_class), outside=told(one.outside)) for one in kind]
        for kind in found
    ]


def _counts(
    traits: Traits, rows: np.ndarray, group: np.ndarray, groups: int, person: np.ndarray
) -> np.ndarray:
    """Return faces where each trait holds, where it is known, and people known: (3, T, G)."""
    counted = np.zeros((3, len(traits.names), groups))
    for index in range(groups):
        own = rows[group[rows] == index]
        if not len(own):
            continue
        alike = len(np.unique(person[own])) / len(own)
        for at, name in enumerate(traits.names):
            values = traits.values[name][own]
            known = ~np.isnan(values) if values.dtype.kind == "f" else values >= 0
            total = int(known.sum())
            counted[:, at, index] = values[known].sum(dtype=np.float64), total, alike * total
    return counted


def differences(one: np.ndarray, other: np.ndarray, level: float) -> dict[int, Difference]:
    """Compare counts (3, T, G) of two sets of faces within each group.

    Shares are differenced within groups and averaged with Mantel–Haenszel's weights; the interval
    joins the groups' Newcombe intervals by the recovery of variances.

    References
    ----------
    Mantel & Haenszel 1959, doi:10.1093/jnci/22.4.719; Newcombe 1998,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I; Zou & Donner 2008,
    doi:10.1002/sim.3095.
    """
    from scipy.stats import chi2

    found: dict[int, Difference] = {}
    (holds, known, people), (other_holds, other_known, other_people) = one, other
    for at in range(holds.shape[0]):
        both = (known[at] > 0) & (other_known[at] > 0)
        if min(known[at][both].sum(), other_known[at][both].sum()) < _LEAST_KNOWN:
            continue
        n, m = people[at][both], other_people[at][both]
        p, q = holds[at][both] / known[at][both], other_holds[at][both] / other_known[at][both]
        weight = n * m / (n + m)
        weight = weight / weight.sum()
        (p_low, p_high), (q_low, q_high) = wilson(p * n, n, level), wilson(q * m, m, level)
        value = float(weight @ (p - q))
        down = float(np.sqrt(weight**2 @ ((p - p_low) ** 2 + (q_high - q) ** 2)))
        up = float(np.sqrt(weight**2 @ ((p_high - p) ** 2 + (q - q_low) ** 2)))
        total = n + m
        pooled = (p * n + q * m) / total
        surplus = float(((p - pooled) * n).sum())
        variance = float((n * m * pooled * (1 - pooled) / np.maximum(total - 1, 1)).sum())
        chance = float(chi2.sf(surplus**2 / variance, 1)) if variance > 0 else 1.0
        share = float(other_holds[at].sum() / other_known[at].sum())
        found[at] = Difference(share, value, max(value - down, -1.0), min(value + up, 1.0), chance)
    return found
