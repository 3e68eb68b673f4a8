"""How sure a slice is where people have several faces: what its faces are worth, and the interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.fairness.intervals import wilson
from softbio.fairness.intervals.design import alike, design_effect, face_weight
from softbio.fairness.intervals.rates import student_share

__all__ = ["Scope"]


@dataclass(frozen=True, eq=False)
class Scope:
    """The faces of one group, or all, and who is on them.

    Attributes
    ----------
    wrong : ndarray, shape (n,), bool
    person : ndarray, shape (n,), int64, or None
        Numbers from 0, without gaps.
    people : int
        How many; as many as faces where nobody knows who is on them.
    correlation : float
        How alike the errors of one person are, 0 … 1.
    """

    wrong: np.ndarray
    person: np.ndarray | None
    people: int
    correlation: float

    @classmethod
    def of(cls, wrong: np.ndarray, person: np.ndarray | None) -> Scope:
        """Measure the faces of a group; `person` holds any codes from 0."""
        if person is None:
            return cls(wrong, None, len(wrong), 0.0)
        codes, who = np.unique(person, return_inverse=True)
        if not len(codes):
            return cls(wrong, who, 0, 0.0)
        faces = np.bincount(who)
        found = alike(np.bincount(who, weights=wrong), faces)
        # Beyond what few people happen to show: the estimate is uncertain by about this much.
        spread = np.sqrt(2.0 / max(float((faces * (faces - 1)).sum()), 1.0))
        held = found + 2 * spread if faces.max() > 1 else 0.0
        return cls(wrong, who, len(codes), float(min(max(held, 0.0), 1.0)))

    @property
    def design(self) -> float:
        """How many of its faces tell as much as one of a person of its own, Kish's 1 + (m − 1) ρ."""
        return self.design_of(np.ones(len(self.wrong), bool))

    def design_of(self, inside: np.ndarray) -> float:
        """Return the same of some of its faces: bool, shape (n,)."""
        if self.person is None or not inside.any():
            return 1.0
        faces = np.bincount(self.person[inside])
        return 1.0 + (float(face_weight(faces)) - 1.0) * self.correlation

    def people_of(self, inside: np.ndarray) -> int:
        """Return how many people some of its faces show."""
        if self.person is None:
            return int(inside.sum())
        return int(np.count_nonzero(np.bincount(self.person[inside])))

    def effect(
        self, inside: np.ndarray, outside: np.ndarray, level: float
    ) -> tuple[float, float, float]:
        """Return how much larger the error rate is inside than outside, with its interval.

        Newcombe's hybrid score interval of a difference, from Wilson's of the two rates. By person
        each rate counts its effective faces, as `softbio evaluate` does; that a person may stand
        on both sides is left out of account, which makes the interval wider, not narrower.

        References
        ----------
        Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
        """
        first, low_first, high_first = self._rate(inside, level)
        second, low_second, high_second = self._rate(outside, level)
        difference = first - second
        low = difference - np.hypot(first - low_first, high_second - second)
        high = difference + np.hypot(high_first - first, second - low_second)
        return difference, float(low), float(high)

    def _rate(self, chosen: np.ndarray, level: float) -> tuple[float, float, float]:
        n = int(chosen.sum())
        if not n:
            return np.nan, np.nan, np.nan
        errors = self.wrong[chosen]
        rate = float(errors.mean())
        effective = float(n)
        if self.person is not None:
            _, who = np.unique(self.person[chosen], return_inverse=True)
            faces = np.bincount(who)
            residual = np.bincount(who, weights=errors) - rate * faces
            people = len(faces)
            variance = float(residual @ residual) / n**2 * people / max(people - 1, 1)
            effect = design_effect(
                np.array(rate), np.array(n), np.array(variance), face_weight(faces)
            )
            effective = n / float(effect) * float(student_share(faces, level))
        low, high = wilson(np.array(rate * effective), np.array(effective), level)
        return rate, float(low), float(high)
