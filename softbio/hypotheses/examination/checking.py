"""A formula held against known totals: how many positives it would give, and whether it may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from softbio.errors import ConfigError, DataError
from softbio.faces.faceset import in_split
from softbio.fairness.intervals.design import face_weight
from softbio.hypotheses.examination.concerned import concerned, person_of
from softbio.hypotheses.examination.disputed import cells_of, person_weights
from softbio.hypotheses.examination.evidence import Noise, learn_noise
from softbio.hypotheses.examination.totals import Total

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.formula import Formula
    from softbio.hypotheses.targets import Target
    from softbio.hypotheses.traits import Traits

__all__ = ["TotalCheck", "check_totals"]

_LEVEL = 0.99
_DRAWS = 4_000


@dataclass(frozen=True)
class TotalCheck:
    """A formula against one known total.

    Attributes
    ----------
    total : Total
    n : int
        Faces of the set in that part; those that miss an attribute are taken to be like the rest.
    of : int
        The faces that the total is about.
    expected, low, high : float
        Positives that the formula would give among `of`, with a 99 % interval for what is not
        known of its noise and for chance.
    agrees : bool
        Whether the known total, with its tolerance, lies in the interval.
    sentence : str
    """

    total: Total
    n: int
    of: int
    expected: float
    low: float
    high: float
    agrees: bool
    sentence: str


def check_totals(
    traits: Traits,
    formula: str | Formula,
    totals: Sequence[Total],
    target: Target,
    faces: FaceSet,
    *,
    seed: int = 0,
) -> list[TotalCheck]:
    """Hold a formula against totals that are known from elsewhere.

    For each group the rates at which the formula's 0 became 1 and its 1 became 0 are learned on
    the faces with a known target outside that part, and carried over to it. (On those inside where
    there are none outside.) Of attributes alone, a formula that is wrong on faces which only that
    part has is so found out.

    Parameters
    ----------
    traits : Traits
    formula : str or Formula
    totals : sequence of Total
    target : Target
        What the totals count, and where noise is learned.
    faces : FaceSet
    seed : int
        Of the 4,000 draws that the intervals are made from.

    Raises
    ------
    FormulaError
        If the formula cannot be read or names what is not there.
    ConfigError
        If there is no such group.
    DataError
        If the part holds no face at which the formula can be told.
    """
    formula = traits.resolve(formula)
    chance = _chance(traits, formula)
    return [_check(str(formula), chance, total, target, faces, seed) for total in totals]


def _chance(traits: Traits, formula: Formula) -> np.ndarray:
    if traits.probed(formula):
        return traits.chance(formula).astype(np.float64)
    stated = traits.evaluate(formula)
    return np.where(stated < 0, np.nan, stated)


def _check(
    formula: str, chance: np.ndarray, total: Total, target: Target, faces: FaceSet, seed: int
) -> TotalCheck:
    inside = _part(total, faces)
    group = faces.group_index()
    told = inside & ~np.isnan(chance)
    if not told.any():
        raise DataError(
            f"The set has no face for the total `{total}` at which {formula} can be told. "
            "Give a total of faces whose attributes are known."
        )
    noise = _noise(chance, inside, target, faces)
    n = int(inside.sum())
    of = n if total.of is None else total.of
    mean, draws = 0.0, np.zeros(_DRAWS)
    random, spread = np.random.default_rng(seed), 0.0
    for index in range(-1, len(noise) - 1):  # −1: faces of no known group
        c = chance[told & (group == index)]
        ones, zeros, rates = float(c.sum()), float((1 - c).sum()), noise[index]
        alpha, beta = rates.means
        mean += ones * (1 - beta) + zeros * alpha
        draws += ones * (1 - random.beta(*rates.beta, _DRAWS))
        draws += zeros * random.beta(*rates.alpha, _DRAWS)
        each = c * (1 - beta) + (1 - c) * alpha
        spread += float((each * (1 - each)).sum())
    clustering = _clustering(faces, told)
    draws += random.normal(0, np.sqrt(spread * clustering), _DRAWS)
    seen = int(told.sum())
    expected, draws = mean * of / seen, draws * of / seen
    # Faces that are not here, or the wrong ones of those that are, may be other ones.
    share = mean / seen
    strange = share * (1 - share) * abs(of - seen) * of / seen
    draws += random.normal(0, np.sqrt(strange * clustering), _DRAWS)
    low, high = np.quantile(draws, ((1 - _LEVEL) / 2, (1 + _LEVEL) / 2))
    low, high = (float(np.clip(end, 0, of)) for end in (min(low, expected), max(high, expected)))
    known = total.share * of
    slack = total.tolerance * of
    agrees = bool(low - slack <= known <= high + slack)
    within = max(expected - low, high - expected)
    sentence = (
        f"{formula} would give {expected:,.0f} ± {max(within, 1):,.0f} positives of {of:,} "
        f"({_place(total)}); known are {known:,.0f}: " + ("it agrees." if agrees else "ruled out.")
    )
    if abs(of - n) > slack:
        sentence += f" The set has {n:,} of these faces."
    return TotalCheck(total, n, of, expected, low, high, agrees, sentence)


def _part(total: Total, faces: FaceSet) -> np.ndarray:
    """Return which faces a total is about."""
    inside: np.ndarray = np.ones(len(faces), dtype=bool)
    if total.where != "all":
        inside = in_split(faces.table["split"], total.where)
    if total.group is not None:
        names = list(faces.group_names.values())
        alike = [name for name in names if name.casefold() == total.group.casefold()]
        if not alike:
            raise ConfigError(
                f"There is no group {total.group!r}; the groups are {', '.join(names)}."
            )
        inside = inside & (faces.group_index() == names.index(alike[0]))
    return inside


def _noise(chance: np.ndarray, inside: np.ndarray, target: Target, faces: FaceSet) -> list[Noise]:
    """Learn the rates of each group, and at the end those of all, from outside a part."""
    asked = concerned(target, faces)
    asked = asked.only(~np.isnan(chance[asked.row]))
    outside = ~inside[asked.row]
    if outside.any():
        asked = asked.only(outside)
    c = chance[asked.row]
    weight = person_weights(asked, asked.group * 2 + (c > 0.5))
    found = []
    for mine in (*(asked.group == index for index in range(len(asked.groups))), slice(None)):
        cells = cells_of(c[mine], c[mine], asked.target[mine], weight[mine])
        found.append(learn_noise(cells.first, cells.weight))
    return found


def _clustering(faces: FaceSet, told: np.ndarray) -> float:
    """Return by how much chance may weigh more, since faces of one person go together."""
    person = person_of(faces)
    if person is None:
        return 1.0
    person = person[told]
    strangers = np.ones(int((person < 0).sum()))
    counts = np.unique(person[person >= 0], return_counts=True)[1]
    return float(face_weight(np.concatenate([counts, strangers])))


def _place(total: Total) -> str:
    return total.where if total.group is None else f"{total.where}, {total.group}"
