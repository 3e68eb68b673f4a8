"""The kinds of verdict, and the first sentence of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from softbio.fairness.comparison.wording import joined

__all__ = ["Cell", "Facts", "Kind", "headline"]

Kind = Literal[
    "levelling up", "trade", "levelling down", "no evidence", "gain", "price unclear", "loss",
    "everybody lost", "trade between labels",
]  # fmt: skip


class Cell(NamedTuple):
    """A group's faces of one label."""

    group: int
    label: int


class Facts(NamedTuple):
    """What is known beyond doubt about who gained and who lost.

    Attributes
    ----------
    groups : tuple of str
    present : list of int
        Groups that have faces.
    rose, fell : list of int
        Groups whose accuracy gained, and lost.
    unsure : list of int
        Groups that may have lost more than is tolerated.
    lowest : tuple of int
        Groups that could have been worst off before.
    gains, losses : list of Cell
        Cells whose accuracy gained, and lost.
    sunk : list of Cell
        Those of `losses` that stand lower now than both labels of their group before.
    """

    groups: tuple[str, ...]
    present: list[int]
    rose: list[int]
    fell: list[int]
    unsure: list[int]
    lowest: tuple[int, ...]
    gains: list[Cell]
    losses: list[Cell]
    sunk: list[Cell]

    @property
    def told_gains(self) -> list[Cell]:
        """The `gains` that are put into words: where no group's gain tells of them."""
        return self.gains if self.losses or not self.rose else []

    def names(self, chosen: Sequence[int]) -> str:
        """Return groups as in a sentence."""
        return joined([self.groups[k] for k in chosen])


def headline(kind: Kind, facts: Facts, limit: str) -> str:
    """Return the first sentence of a verdict; it starts with its kind and a colon.

    Parameters
    ----------
    kind : str
    facts : Facts
    limit : str
        What a group may lose, in words.
    """
    gained = "no group's accuracy is known to have changed"
    if facts.rose:
        gained = f"{facts.names(facts.rose)} gained"
    if kind == "levelling up":
        return f"Levelling up: {gained}, and no group lost more than {limit}."
    if kind == "trade":
        return f"Trade: {gained}, and {facts.names(facts.fell)} lost."
    if kind == "trade between labels":
        payers = [
            f"{facts.groups[cell.group]} with label {cell.label}"
            for cell in facts.sunk or facts.losses
        ]
        return f"Trade between labels: {gained}, but {joined(payers)} paid."
    if kind == "price unclear":
        start = gained if facts.rose else "more faces of some labels are recognised"
        return (
            f"Gain, price unclear: {start}, but for {facts.names(facts.unsure)} a loss of more "
            f"than {limit} is not ruled out."
        )
    if kind == "gain":
        return _gain(gained, facts, limit)
    if kind == "everybody lost":
        return f"Everybody lost: {facts.names(facts.fell)}."
    if kind == "levelling down":
        return (
            f"Levelling down: the gap shrank only because {facts.names(facts.fell)} lost; no group "
            "gained."
        )
    if kind == "loss":
        if facts.fell:
            return f"Loss: {facts.names(facts.fell)} lost, and no group gained."
        return f"Loss: {gained}, but fewer faces of some labels are recognised."
    start = "No evidence: no group's accuracy is known to have changed"
    if facts.unsure:
        return (
            f"{start}, but for {facts.names(facts.unsure)} a loss of more than {limit} is not ruled "
            "out."
        )
    return f"{start}, and none lost more than {limit}."


def _gain(gained: str, facts: Facts, limit: str) -> str:
    if not facts.rose:
        return f"Gain: {gained}, but more faces of some labels are recognised."
    if len(facts.present) < 2:
        return f"Gain: {gained}."
    start = f"Gain: {gained}, and no group lost more than {limit}"
    if set(facts.rose) & set(facts.lowest):
        return f"{start}; but groups that could not be told apart before are apart now."
    return f"{start}; but {facts.names(facts.lowest)}, worst off before, did not gain for certain."
