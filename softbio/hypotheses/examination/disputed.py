"""Where two formulas differ and where they agree: the faces of a duel, each person counting once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from softbio.formula import Formula, parse
from softbio.hypotheses.examination.examine import NEAR_HALF

if TYPE_CHECKING:
    from softbio.hypotheses.examination.concerned import Concerned
    from softbio.hypotheses.traits import Traits

__all__ = ["Cells", "Stances", "cells_of", "person_weights", "stances"]

# Surely enough the same, to learn the noise of both at once.
_AGREE = 0.05
# Faces whose chances lie in the same of so many bins are put together.
_BINS = 64


@dataclass(frozen=True, eq=False)
class Stances:
    """What two formulas say of each face of a set.

    Attributes
    ----------
    first, second : ndarray, shape (N,), float64
        The chance that each is 1: 0 or 1 but for probed attributes; NaN not known.
    differ : ndarray, shape (N,), float64
        The chance that they differ; NaN where either is not known.
    """

    first: np.ndarray
    second: np.ndarray
    differ: np.ndarray

    @property
    def known(self) -> np.ndarray:
        """Where both are known, shape (N,), bool."""
        return ~np.isnan(self.differ)

    @property
    def disputed(self) -> np.ndarray:
        """Where they differ, or rather do than not."""
        return np.asarray(self.differ > 0.5)

    @property
    def agreed(self) -> np.ndarray:
        """Where they agree, surely enough to learn from."""
        return np.asarray(self.differ < _AGREE)

    @property
    def unsure(self) -> np.ndarray:
        """Where it is nearly a toss-up whether they differ."""
        return np.asarray((self.differ >= NEAR_HALF[0]) & (self.differ <= NEAR_HALF[1]))

    @property
    def first_higher(self) -> np.ndarray:
        """Where the first says 1 rather than the second."""
        return np.asarray(self.first > self.second)


@dataclass(frozen=True, eq=False)
class Cells:
    """Kinds of faces of one group: what the two say of them, and their targets.

    Attributes
    ----------
    first, second : ndarray, shape (C,), float64
        Chances that the formulas are 1.
    weight : ndarray, shape (C, 2), float64
        Faces with the target 0 and 1, each person's counted together as one.
    """

    first: np.ndarray
    second: np.ndarray
    weight: np.ndarray


def stances(traits: Traits, first: Formula, second: Formula) -> Stances:
    """Evaluate two formulas, resolved, at each face."""
    if not (traits.probed(first) or traits.probed(second)):
        values = [traits.evaluate(one).astype(np.float64) for one in (first, second)]
        one, two = (np.where(value < 0, np.nan, value) for value in values)
        return Stances(one, two, np.abs(one - two))
    either = parse(f"({first}) xor ({second})").resolve(traits.names)
    one, two, differ = (traits.chance(each).astype(np.float64) for each in (first, second, either))
    return Stances(one, two, np.where(np.isnan(one) | np.isnan(two), np.nan, differ))


def person_weights(faces: Concerned, kind: np.ndarray) -> np.ndarray:
    """Return a weight for each face, so that a person's faces of one kind count together as one.

    Parameters
    ----------
    faces : Concerned
    kind : ndarray, shape (n,)
        0, 1, … .

    Notes
    -----
    At given rates, what a person adds to a Bayes factor is then the geometric mean of what the
    faces would add one by one. That is at most their arithmetic mean, which for a formula that is
    wrong is 1 on average, whatever the faces of a person have in common. So a wrong formula gets a
    Bayes factor of k or more with a probability of at most 1/k. Faces of different people lose
    nothing.
    """
    if faces.person is None:
        return np.ones(len(kind))
    kinds = int(kind.max(initial=0)) + 1
    mine = faces.person * kinds + kind
    return np.asarray(1.0 / np.bincount(mine, minlength=faces.people * kinds)[mine])


def cells_of(
    first: np.ndarray, second: np.ndarray, target: np.ndarray, weight: np.ndarray
) -> Cells:
    """Put faces of one group together whose chances are nearly the same, all of shape (n,)."""
    place = np.rint(first * _BINS).astype(np.int64) * (_BINS + 1)
    place += np.rint(second * _BINS).astype(np.int64)
    used, cell = np.unique(place, return_inverse=True)
    n = np.maximum(np.bincount(cell, minlength=len(used)), 1)
    weights = np.bincount(cell * 2 + target, weight, minlength=2 * len(used)).reshape(-1, 2)
    return Cells(
        np.bincount(cell, first, minlength=len(used)) / n,
        np.bincount(cell, second, minlength=len(used)) / n,
        weights,
    )
