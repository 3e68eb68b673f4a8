"""A label told by a formula whose attributes are only known by chances.

Where a probe says how likely an attribute is, a formula's value is hidden: at face x
it is 1 with probability q(x), its attributes taken as independent given the face. The
label is that value seen through noise, so it is 1 with probability

    θ₁ q(x) + θ₀ (1 − q(x)),

θ₁ and θ₀ the shares of label 1 where the formula is truly 1 and truly 0. Their maximum
likelihood keeps the probe's doubt apart from the label's noise: a hard cut at one half would
count every mistake of the probe as a flipped label. With chances of 0 and 1 this is the
entropy that `scoring.Scale.data_bits` counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2

import numpy as np

from softbio.formula import Formula
from softbio.formula.canonical import Canonical
from softbio.hypotheses.searching.rates import Rates, fit_rates
from softbio.hypotheses.searching.scoring import MAJORITY_BITS, Scale, arrangements

__all__ = ["Fit", "bits_of_faces", "chance_of", "label_bits"]

_GRID = np.sin(np.pi * (np.arange(32) + 0.5) / 64) ** 2


def chance_of(formula: Formula | Canonical, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the chance that a formula is 1, attributes independent given the face.

    Parameters
    ----------
    formula : Formula or Canonical
    columns : mapping of name to array of shape (n,)
        0 and 1, or chances; not known: NaN.

    Returns
    -------
    ndarray, shape (n,), float64
    """
    meaning = formula.canonical if isinstance(formula, Formula) else formula
    n = len(next(iter(columns.values())))
    known: dict[tuple[int, int], np.ndarray | float] = {}

    def chance(table: int, inputs: int) -> np.ndarray | float:
        """Shannon's expansion by the last input; equal parts are worked out once."""
        if table in (0, (1 << (1 << inputs)) - 1):
            return float(table > 0)
        key = table, inputs
        if key not in known:
            half = 1 << (inputs - 1)
            low, high = table & ((1 << half) - 1), table >> half
            without = chance(low, inputs - 1)
            if low == high:
                known[key] = without
            else:
                is_1 = np.asarray(columns[meaning.names[inputs - 1]], np.float64)
                known[key] = is_1 * chance(high, inputs - 1) + (1 - is_1) * without
        return known[key]

    return np.broadcast_to(np.asarray(chance(meaning.table, len(meaning.names))), (n,))


@dataclass(frozen=True, eq=False)
class Fit:
    """A formula of hidden value, fitted to the labels.

    Attributes
    ----------
    bits : float
        What labels and rates cost, as in `Scale.data_bits`; infinite for a formula that is
        surely constant within each group.
    counts : ndarray, shape (G, 2, 2), float64
        Faces ``[group, label, formula]`` that are expected given chances and labels: the
        shares of label 1 among them are the fitted rates.
    rates : tuple of Rates or None
        By group; None where the formula says nothing in the group or makes label 1 rarer,
        so that the group is told without it.
    certain : bool
        Whether all its chances are 0 or 1.
    evidence : float
        Bits by which the labels are told shorter than without a formula, in a code that is
        exact; the formula itself is not paid for.
    """

    bits: float
    counts: np.ndarray
    rates: tuple[Rates | None, ...]
    certain: bool
    evidence: float


def label_bits(
    scale: Scale, chance: np.ndarray, sizes: np.ndarray, faces_as_one: np.ndarray
) -> Fit:
    """Fit a formula by its chances at every face.

    Parameters
    ----------
    scale : Scale
    chance : ndarray, shape (n,)
        By stratum: ``sizes[2 g + t]`` faces of group g with label t stand after each other.
    sizes : ndarray, shape (S,)
    faces_as_one : ndarray, shape (G,)
        How many faces of a group tell as much as one that is independent of the others.

    Notes
    -----
    The evidence is that of a mixture over a grid of rates (496 pairs with θ₀ < θ₁, or nothing
    told), against all arrangements of the labels being equally likely: a mixture of
    probabilities of the labels given the chances, so no less honest than the code for
    counts in `scoring.evidence_bits`, provided that the chances were not made from the labels.
    """
    parts = np.split(chance, np.cumsum(sizes)[:-1])
    counts = np.zeros((len(scale.totals), 2, 2))
    rates: list[Rates | None] = []
    bits, evidence, tells = 0.0, 0.0, False
    for group, total in enumerate(scale.totals):
        zeros, ones = parts[2 * group], parts[2 * group + 1]
        rates.append(None)
        if not total.sum():
            continue
        inside = float(zeros.sum() + ones.sum())
        told = float(scale.plain_bits[group])
        if not 0 < inside < total.sum():
            side = int(inside > 0)
            counts[group, :, side] = total
            bits += told + scale.rate_bits[group]
            bits += MAJORITY_BITS * (total[1] < total[0] if side else total[1] > total[0])
            continue
        tells = True
        fitted = fit_rates(zeros, ones)
        counts[group] = fitted.expected_counts(zeros, ones)
        bits += 2 * scale.rate_bits[group]
        bits += MAJORITY_BITS * (int(fitted.one < 0.5) + int(fitted.zero > 0.5))
        weight = 1 / float(faces_as_one[group])
        saved = 0.0
        if fitted.one >= fitted.zero:
            rates[group] = fitted
            told = fitted.likelihood_bits(zeros, ones)
            on_grid = _near(fitted).likelihood_bits(zeros, ones)
            saved = weight * (arrangements(int(total.sum()), int(total[1])) - on_grid)
        evidence += max(saved, 0.0) - log2(len(_GRID) * (len(_GRID) - 1) // 2 + 1)
        bits += told
    certain = bool(np.isin(chance, (0, 1)).all())
    return Fit(bits if tells else np.inf, counts, tuple(rates), certain, evidence)


def bits_of_faces(
    scale: Scale, chance: np.ndarray, sizes: np.ndarray, rates: tuple[Rates | None, ...]
) -> np.ndarray:
    """Return what each face's label costs at fitted rates, shape (n,).

    Parameters are those of `label_bits` and `Fit.rates`; in a group without rates the share
    of its labels is all that is told.
    """
    bits = np.empty(len(chance))
    ends = np.cumsum(sizes)
    for group, total in enumerate(scale.totals):
        told = rates[group] or Rates(*[float(total[1] / max(total.sum(), 1))] * 2)
        for label in (0, 1):
            stratum = slice(
                ends[2 * group + label] - sizes[2 * group + label], ends[2 * group + label]
            )
            label_1 = told.of_label_1(chance[stratum])
            bits[stratum] = -np.log2(label_1 if label else 1 - label_1)
    return bits


def _near(rates: Rates) -> Rates:
    """Return the pair of the grid that is nearest, on the scale on which rates are as sure."""
    zero, one = (
        int(np.abs(np.arcsin(np.sqrt(_GRID)) - np.arcsin(np.sqrt(rate))).argmin())
        for rate in (rates.zero, rates.one)
    )
    if zero == one:
        zero, one = (zero, one + 1) if one + 1 < len(_GRID) else (zero - 1, one)
    return Rates(float(_GRID[zero]), float(_GRID[one]))
