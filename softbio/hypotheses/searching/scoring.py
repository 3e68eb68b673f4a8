"""The description length of a label, given a formula: which formula tells it in the fewest bits.

The label is told in two parts. First the formula, in a prefix code over trees:
one bit says whether a formula follows; a literal costs one bit, one for its
sign and log₂ A for its name among A attributes; a connective one bit and
log₂ 3. Then the label of each face, given the formula's value and the group:
``n · H(label | value, group)`` bits, and ``½ log₂ n`` for each fitted rate of a
group of n faces (Rissanen 1978). So noise has its own rate in each group and
each direction. Two things are held against a formula that is wrong in a group:

- where its 1 makes label 1 rarer, the group is told as if without the formula;
- each rate above one half costs `MAJORITY_BITS`: what outnumbers the rule in a
  group is no noise, a literal is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, log2

import numpy as np

__all__ = ["MAJORITY_BITS", "Scale", "arrangements", "evidence_bits", "formula_bits"]

MAJORITY_BITS = 6.0

_CONSTANT_BITS = 2.0  # no formula follows, and which constant it is
_LITERAL_BITS = 2.0
_CONNECTIVE_BITS = 1 + log2(3)


def formula_bits(literals: int | np.ndarray, attributes: int) -> float | np.ndarray:
    """Return the bits of a formula of so many literals over so many attributes; 0: a constant.

    The code is complete: ``2**-bits`` summed over all formulas is at most 1.
    """
    literals = np.asarray(literals)
    bits = 1 + literals * (_LITERAL_BITS + log2(max(attributes, 1)))
    bits = bits + np.maximum(literals - 1, 0) * _CONNECTIVE_BITS
    bits = np.where(literals > 0, bits, _CONSTANT_BITS)
    return bits if bits.ndim else float(bits)


@dataclass(frozen=True, eq=False)
class Scale:
    """What is known of the faces before any formula is.

    Attributes
    ----------
    totals : ndarray, shape (G, 2), float64
        Faces ``[group, target]``.
    attributes : int
        How many the formulas may name.
    """

    totals: np.ndarray
    attributes: int

    @property
    def rate_bits(self) -> np.ndarray:
        """What a fitted rate costs in each group (G,)."""
        return 0.5 * np.log2(np.maximum(self.totals.sum(axis=1), 1))

    @property
    def plain_bits(self) -> np.ndarray:
        """What the labels of each group cost without a formula, its rate left aside (G,)."""
        return _entropy(self.totals[:, 0], self.totals[:, 1])

    @property
    def constant_bits(self) -> float:
        """The description length with the constant formula."""
        occupied = self.totals.sum(axis=1) > 0
        rates = float(np.sum(self.rate_bits[occupied]))
        return float(self.plain_bits.sum()) + rates + _CONSTANT_BITS

    def data_bits(self, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what labels and rates cost, given formulas and given their complements.

        Parameters
        ----------
        inside : ndarray, shape (..., 2 G, F), float64
            Faces at which each formula is 1, in stratum ``2 group + target``.

        Returns
        -------
        Two arrays, shape (..., F); infinite for formulas that are constant within each group:
        they say no more than the group does.
        """
        shape = (*inside.shape[:-2], inside.shape[-1])
        plain, opposite = np.zeros(shape), np.zeros(shape)
        tells = np.zeros(shape, bool)
        for group, (total_0, total_1) in enumerate(self.totals):
            if not total_0 + total_1:
                continue
            one_0, one_1 = inside[..., 2 * group, :], inside[..., 2 * group + 1, :]
            zero_0, zero_1 = total_0 - one_0, total_1 - one_1
            ones = one_0 + one_1
            told = _entropy(one_0, one_1) + _entropy(zero_0, zero_1)
            without = self.plain_bits[group]
            lift = one_1 * zero_0 - one_0 * zero_1
            both = (ones > 0) & (ones < total_0 + total_1)
            rates = self.rate_bits[group] * (1.0 + both)
            plain += np.where(lift >= 0, told, without) + rates
            opposite += np.where(lift <= 0, told, without) + rates
            less, more = one_1 < one_0, one_1 > one_0
            rare, often = zero_1 < zero_0, zero_1 > zero_0
            plain += MAJORITY_BITS * (less.astype(np.int8) + often)
            opposite += MAJORITY_BITS * (more.astype(np.int8) + rare)
            tells |= both
        plain[~tells] = np.inf
        opposite[~tells] = np.inf
        return plain, opposite

    def bound(self, tables: np.ndarray) -> np.ndarray:
        """Return a lower bound of `data_bits` over all functions of each tuple (T,).

        Parameters
        ----------
        tables : ndarray, shape (T, 2 G, C)
            Contingency tables.

        Notes
        -----
        Within one group no function of the cells tells the label in fewer bits
        than one that says 1 in the cells whose share of label 1 is above some
        value (Breiman et al. 1984, theorem 4.5): C − 1 cuts instead of 2^C
        functions. The groups' best cuts need not agree, hence a bound.
        """
        bound = np.zeros(len(tables))
        for group in range(len(self.totals)):
            zeros, ones = tables[:, 2 * group], tables[:, 2 * group + 1]
            total_0, total_1 = self.totals[group]
            if not total_0 + total_1:
                continue
            order = np.argsort(ones / np.maximum(zeros + ones, 1), axis=1)
            low_0 = np.cumsum(np.take_along_axis(zeros, order, axis=1)[:, :-1], axis=1)
            low_1 = np.cumsum(np.take_along_axis(ones, order, axis=1)[:, :-1], axis=1)
            told = _entropy(low_0, low_1) + _entropy(total_0 - low_0, total_1 - low_1)
            alone = self.plain_bits[group] + self.rate_bits[group]
            bound += np.minimum(told.min(axis=1) + 2 * self.rate_bits[group], alone)
        return bound


def evidence_bits(
    counts: np.ndarray,
    literals: int,
    attributes: int,
    faces_as_one: Sequence[float] | np.ndarray | None = None,
) -> float:
    """Return by how many bits a formula beats the constants in a code that is exact.

    Parameters
    ----------
    counts : ndarray, shape (G, 2, 2), integers
        Faces ``[group, label, formula]``.
    literals, attributes : int
        See `formula_bits`.
    faces_as_one : array-like, shape (G,), optional
        How many faces of a group count as one, because people have several
        (`people.faces_as_one`).

    Notes
    -----
    How many faces of each group have label 1 is taken as known. Without a
    formula all arrangements of those labels cost the same. With one, it is told
    how many of its ones have label 1 (equally likely from what chance would
    give upwards, or not told: the formula says nothing in this group), then
    the arrangement. Both are complete prefix codes, so if labels are exchangeable
    within each group, the chance that *any* formula saves m bits is at most
    2^−m, however many formulas are tried (Barron 1985; Grünwald 2007, 3.3).
    """
    saved = -float(formula_bits(literals, attributes))
    counts = np.asarray(counts)
    if faces_as_one is not None:
        counts = np.rint(counts / np.asarray(faces_as_one, np.float64)[:, None, None])
    for table in counts:
        (_, one_0), (zero_1, one_1) = ((int(cell) for cell in row) for row in table)
        ones, labelled, n = one_0 + one_1, zero_1 + one_1, int(table.sum())
        if not 0 < ones < n:
            continue
        least = -(-ones * labelled // n)
        values = min(ones, labelled) - least + 1
        saved -= log2(values + 1)
        if one_1 >= least:
            told = arrangements(ones, one_1) + arrangements(n - ones, zero_1)
            saved += max(arrangements(n, labelled) - told, 0.0)
    return saved


def arrangements(n: int, chosen: int) -> float:
    """Return log₂ of the number of ways to choose."""
    if n <= 1000:
        return log2(comb(n, chosen))
    from math import lgamma, log

    return (lgamma(n + 1) - lgamma(chosen + 1) - lgamma(n - chosen + 1)) / log(2)


def _entropy(zeros: np.ndarray, ones: np.ndarray) -> np.ndarray:
    """Return n · H of two counts, in bits."""
    return _x_log_x(zeros + ones) - _x_log_x(zeros) - _x_log_x(ones)


def _x_log_x(count: np.ndarray) -> np.ndarray:
    return count * np.log2(np.maximum(count, 1.0))
