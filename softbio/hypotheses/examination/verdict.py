"""What comes of two formulas against each other: the disputed faces, their votes, the verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.hypotheses.examination.evidence import Noise, odds
from softbio.hypotheses.examination.fit import Misfit
from softbio.hypotheses.examination.needed import Needed

__all__ = ["DisputedFaces", "Duel"]


@dataclass(frozen=True, eq=False)
class DisputedFaces:
    """The faces of one group on which two formulas differ, and how the target votes there.

    Attributes
    ----------
    name : str
    n : int
        Faces of the group that can be compared.
    votes : ndarray, shape (2, 2), int64
        ``[0 where the first says 1 and the second 0, 1 where it is the other way round][target]``.
    rows : tuple of ndarray, int64
        Rows of the faces whose target is as the first says, and as the second says; ascending.
    log10_bayes_factor : float
        What they alone say, positive for the first.
    noise : Noise
        The rates that were learned where the two agree.
    """

    name: str
    n: int
    votes: np.ndarray
    rows: tuple[np.ndarray, np.ndarray]
    log10_bayes_factor: float
    noise: Noise

    @property
    def for_first(self) -> int:
        """Faces whose target is as the first says."""
        return len(self.rows[0])

    @property
    def for_second(self) -> int:
        """Faces whose target is as the second says."""
        return len(self.rows[1])


@dataclass(frozen=True, eq=False)
class Duel:
    """Two formulas, held against each other.

    Attributes
    ----------
    first, second : str
        As they were understood.
    equal : bool
        Whether they are the same function.
    n : int
        Faces that can be compared.
    people : int or None
        How many people are on the disputed ones; None where nobody knows.
    disputed : tuple of DisputedFaces
        By group.
    waiting : ndarray, int64
        Rows of disputed faces that the target does not concern, such as those without a label.
    log10_bayes_factor : float
        Of the first against the second; 0 where nothing tells.
    strength : str
        In Jeffreys' words, as Kass & Raftery (1995) give them.
    favours : str
        ``first``, ``second``, or ``neither`` where it is not worth more than a bare mention.
    misfit : Misfit or None
        Where the favoured formula is contradicted more often than its noise explains.
    needed : Needed
    probed : tuple of str
        Names in either that rest on a probe.
    unsure : int
        Of a duel that rests on a probe: faces at which it is nearly a toss-up whether they differ.
    without_target, without_group, without_attributes : int
        Faces that were left out, as in an examination.
    """

    first: str
    second: str
    equal: bool
    n: int
    people: int | None
    disputed: tuple[DisputedFaces, ...]
    waiting: np.ndarray
    log10_bayes_factor: float
    strength: str
    favours: str
    misfit: Misfit | None
    needed: Needed
    probed: tuple[str, ...]
    unsure: int
    without_target: int
    without_group: int
    without_attributes: int

    @property
    def n_disputed(self) -> int:
        """Faces on which the two differ and whose target is known."""
        return self.for_first + self.for_second

    @property
    def for_first(self) -> int:
        """Of these, faces whose target is as the first says."""
        return sum(part.for_first for part in self.disputed)

    @property
    def for_second(self) -> int:
        """Of these, faces whose target is as the second says."""
        return sum(part.for_second for part in self.disputed)

    @property
    def caveat(self) -> str:
        """What to know where the duel rests on a probe; else empty."""
        if not self.probed:
            return ""
        verb = "rests" if len(self.probed) == 1 else "rest"
        return (
            f"{' and '.join(self.probed)} {verb} on a probe: a face counts as disputed where the two "
            "rather differ than not, and weighs by the chances. At "
            f"{self.unsure:,} faces that is nearly a toss-up."
        )

    @property
    def sentence(self) -> str:
        """Which one is favoured, by how much, and why."""
        if self.equal:
            return (
                "The two are the same function: they have the same value whatever the attributes "
                "are, so no label can tell them apart."
            )
        if not self.n:
            return "No face has what it takes to compare the two."
        if not self.n_disputed:
            return (
                f"The two differ on none of the {self.n:,} faces that can be compared, so these "
                "cannot tell them apart."
            )
        of = f"Of the {self.n_disputed:,} faces on which the two differ"
        if self.n_disputed == 1:
            of = "Of the one face on which the two differ"
        if self.favours == "neither":
            return (
                f"{of}, {self.for_first:,} {_speak(self.for_first)} for {self.first} and "
                f"{self.for_second:,} for {self.second}: that favours neither (odds "
                f"{odds(self.log10_bayes_factor)}, not worth more than a bare mention)."
            )
        sides = (self.first, self.for_first), (self.second, self.for_second)
        (ahead, votes), (behind, against) = sides if self.favours == "first" else sides[::-1]
        sentence = (
            f"{of}, {votes:,} {_speak(votes)} for {ahead} and {against:,} for {behind}: {self.strength} "
            f"evidence for {ahead}, odds {odds(self.log10_bayes_factor)}."
        )
        if self.misfit is not None:
            return f"{sentence} {self.misfit.sentence(ahead)}"
        if votes < against:
            sentence += f" With its noise elsewhere {ahead} foresees that more speak for {behind}."
        return sentence


def _speak(votes: int) -> str:
    return "speaks" if votes == 1 else "speak"
