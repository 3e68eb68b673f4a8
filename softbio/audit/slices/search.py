"""The slices of one group: which are large enough, what chance says of each, which are worth telling."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from softbio.audit.slices.chance import at_least
from softbio.audit.slices.counting import Counted
from softbio.audit.slices.people import Scope
from softbio.audit.slices.results import Slice, SliceScope
from softbio.formula import Formula

__all__ = ["ALPHA", "NEAREST", "Search"]

#: Corrected p values up to this are beyond chance.
ALPHA = 0.05
#: Where nothing is beyond chance, so many of the most extreme slices are shown all the same.
NEAREST = 10
# A longer slice is worth a line of its own if chance lengthens a part so well this rarely.
_LONGER = 0.01
# Errors of fewer people than this say nothing about others.
_FEWEST_PEOPLE = 5


class Search:
    """The slices of one scope that are large enough, and what chance says of each."""

    def __init__(
        self,
        name: str,
        inside: np.ndarray,
        counted: Counted,
        columns: list[int],
        wrong: np.ndarray,
        who: np.ndarray | None,
        smallest: int,
        negated: bool,
    ) -> None:
        self.name = name
        self.counted = counted
        self.faces = np.flatnonzero(inside)
        self.scope = Scope.of(wrong[inside], None if who is None else who[inside])
        self.n, self.errors, self.known_n, self.known_errors = (
            counts[:, columns].sum(axis=1)
            for counts in (counted.n, counted.errors, counted.known_n, counted.known_errors)
        )
        # A slice needs a rest to be worse than; which are tested does not depend on the errors.
        large = (self.n >= smallest) & (self.known_n - self.n >= smallest)
        if not negated:
            large &= ((counted.literals < 0) | (counted.literals & 1 == 1)).all(axis=1)
        self.at = np.flatnonzero(large)
        self.design = self.scope.design
        self.p = self._chance(self.at, self.known_n[self.at], self.known_errors[self.at])

    def _chance(
        self, at: np.ndarray, n: np.ndarray, errors: np.ndarray, design: np.ndarray | float = 0.0
    ) -> np.ndarray:
        """Return the chance that slices hold their errors, being part of `n` faces, `errors` wrong."""
        effect = np.maximum(design, self.design)
        inside = np.ceil(self.n[at] / effect)
        bad = np.floor(self.errors[at] / effect)
        all_n = np.maximum(np.round(n / effect), inside)
        return at_least(bad, inside, np.clip(np.round(errors / effect), bad, all_n), all_n)

    def refine(self, corrected: np.ndarray, attributes: Mapping[str, np.ndarray]) -> None:
        """Look again at what seems beyond chance, with the people of each slice."""
        if self.scope.person is None:
            return
        places = np.flatnonzero(corrected <= ALPHA)
        places = places[self._not_redundant(self.at[places])]
        for place in places:
            at = self.at[place : place + 1]
            inside = self._inside(int(at[0]), attributes)[0]
            n, errors = self.known_n[at], self.known_errors[at]
            own = self._chance(at, n, errors, self.scope.design_of(inside))[0]
            few = self.scope.people_of(inside & self.scope.wrong) < _FEWEST_PEOPLE
            self.p[place] = 1.0 if few else max(self.p[place], own)

    def kept(self, corrected: np.ndarray, top: int) -> tuple[np.ndarray, int]:
        """Return the places to tell, and how many slices are beyond chance."""
        beyond = np.flatnonzero(corrected <= ALPHA)
        beyond = beyond[self._not_redundant(self.at[beyond])]
        if len(beyond):
            # By what they tell at a glance; the lower bounds of those few follow.
            rate = self.errors[self.at[beyond]] / self.n[self.at[beyond]]
            doubt = np.sqrt(rate * (1 - rate) * self.design / self.n[self.at[beyond]])
            return beyond[np.argsort(-(rate - 2 * doubt), kind="stable")][:top], len(beyond)
        few = np.argsort(self.p, kind="stable")[: 20 * NEAREST]
        return few[self._not_redundant(self.at[few])][:NEAREST], 0

    def _not_redundant(self, at: np.ndarray) -> np.ndarray:
        """Tell which slices are worse than each of their parts, by more than lengthening finds.

        Of a slice among the faces of its part Fisher's p value must be 0.01 or less, corrected for
        the ways in which the part can be lengthened.
        """
        parts = self.counted.without(at)
        real = parts >= 0
        if not real.any():
            return np.ones(len(at), bool)
        here = np.broadcast_to(at[:, None], parts.shape)
        p = np.zeros(parts.shape)
        p[real] = self._chance(here[real], self.n[parts[real]], self.errors[parts[real]])
        worse = np.ones(parts.shape, bool)
        whole, part = here[real], parts[real]
        worse[real] = self.errors[whole] * self.n[part] > self.errors[part] * self.n[whole]
        ways = 2 * len(self.counted.names)
        return np.asarray((worse & (p * ways <= _LONGER)).all(axis=1))

    def _inside(
        self, at: int, attributes: Mapping[str, np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return which faces of the scope are in a slice, and which in the rest."""
        inside = np.ones(len(self.faces), bool)
        known = np.ones(len(self.faces), bool)
        for literal in self.counted.literals[at]:
            if literal >= 0:
                values = np.asarray(attributes[self.counted.names[literal >> 1]])[self.faces]
                inside &= values == (literal & 1)
                known &= (values == 0) | (values == 1)
        return inside, known & ~inside

    def line(
        self, place: int, corrected: float, attributes: Mapping[str, np.ndarray], level: float
    ) -> Slice:
        """Return a slice with everything that is told of it."""
        at = int(self.at[place])
        inside, outside = self._inside(at, attributes)
        effect, low, high = self.scope.effect(inside, outside, level)
        return Slice(
            Formula(self.counted.tree(at)),
            self.name,
            int(self.n[at]),
            self.scope.people_of(inside),
            int(self.errors[at]),
            float(self.scope.wrong[inside].mean()),
            float(self.scope.wrong[outside].mean()),
            effect,
            low,
            high,
            float(self.p[place]),
            float(corrected),
            bool(corrected <= ALPHA),
            self.faces[inside],
        )

    def told(self, found: int) -> SliceScope:
        """Return the scope as a whole, in which so many slices were found."""
        errors = int(self.scope.wrong.sum())
        return SliceScope(self.name, len(self.faces), self.scope.people, errors, len(self.p), found)
