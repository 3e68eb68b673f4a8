"""Whether the favoured formula of a duel explains the disputed faces, or is only the better of two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Field", "Misfit", "misfit_of"]

_RARE = 0.001


@dataclass(frozen=True)
class Field:
    """Disputed faces of one group and one direction, as one formula foresees them.

    Attributes
    ----------
    n, against : float
        Faces, and those whose target is not as the formula says; each person counting once.
    expected : float
        The mean probability that a face is against it.
    known : float
        From how many faces the noise was learned that says so.
    faces, faces_against : int
        The same without regard to people.
    """

    n: float
    against: float
    expected: float
    known: float
    faces: int
    faces_against: int


@dataclass(frozen=True)
class Misfit:
    """More contradiction than noise explains.

    Attributes
    ----------
    n, against : int
        Disputed faces, and those that contradict the favoured formula.
    expected : float
        How many would, from its noise elsewhere.
    """

    n: int
    against: int
    expected: float

    def sentence(self, name: str) -> str:
        """Say it of the formula called `name`."""
        return (
            f"Yet {name} does not fit these faces either: from its noise elsewhere about "
            f"{self.expected:,.0f} would speak against it, and {self.against:,} do. Another formula "
            "may explain both."
        )


def misfit_of(fields: Sequence[Field]) -> Misfit | None:
    """Return whether the formula is contradicted too often, by the beta-binomial's upper tail.

    Parameters
    ----------
    fields : sequence of Field
        The rarest of them is judged at 0.1 %, divided by how many there are (Bonferroni).
    """
    from scipy.stats import betabinom

    fields = [field for field in fields if round(field.n)]
    tails = [
        betabinom.sf(
            round(field.against) - 1,
            round(field.n),
            field.expected * field.known,
            (1 - field.expected) * field.known,
        )
        for field in fields
    ]
    if not tails or min(tails) * len(tails) >= _RARE:
        return None
    return Misfit(
        sum(field.faces for field in fields),
        sum(field.faces_against for field in fields),
        sum(field.faces * field.expected for field in fields),
    )
