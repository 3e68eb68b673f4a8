"""Rounds of reviewing: faces that are asked what their label should be."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from dashboard.widgets.reviewing.outcome import Outcome
from dashboard.widgets.reviewing.queues import Queue
from dashboard.widgets.tagger.component import Asking
from dashboard.widgets.tagger.round import Round
from softbio.faces.faceset import FaceSet
from softbio.faces.reviews import UNSURE, Reviews

__all__ = ["ReviewRound", "last_round", "next_round"]

_SIZE = 20
_SAID = {1: "1", 0: "0", UNSURE: "unsure"}


@dataclass(eq=False)
class ReviewRound(Round[Reviews]):
    """Faces that are asked what their label should be, see `Round`.

    Attributes
    ----------
    given : tuple of int
        The label of each face; −1 none.
    blind : bool
        Whether it is hidden.
    queue : str
    asking : Asking, optional
        How it is asked about, worked out when it is shown first.
    outcome : Outcome, optional
        What the reviews came to when it was shown first.
    """

    SAYINGS: ClassVar[tuple[str, ...]] = ("1", "0", "unsure")

    rows: np.ndarray
    names: tuple[str, ...]
    given: tuple[int, ...]
    who: str
    blind: bool
    queue: str
    before: ReviewRound | None = None
    said: dict[int, str] = field(default_factory=dict)
    closed: bool = False
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    asking: Asking | None = None
    outcome: Outcome | None = None

    def write(self, kept: Reviews, places: Sequence[int], values: Sequence[str]) -> None:
        """Review faces."""
        says: list[int | str] = [int(value) if value in ("1", "0") else value for value in values]
        names = [self.names[place] for place in places]
        kept.add(names, says, who=self.who, blind=self.blind, queue=self.queue)

    def behind(self, before: ReviewRound, place: int) -> ReviewRound:
        """Return this round anew, with one face of the round before in front."""
        return ReviewRound(
            np.concatenate([before.rows[[place]], self.rows]),
            (before.names[place], *self.names),
            (before.given[place], *self.given),
            self.who,
            self.blind,
            self.queue,
            before,
        )


def round_of(faces: FaceSet, rows: np.ndarray, who: str, blind: bool, queue: str) -> ReviewRound:
    """Return a round of these faces."""
    names = tuple(faces.table["filename"].iloc[rows])
    given = tuple(faces.labels()[rows].tolist())
    return ReviewRound(rows, names, given, who, blind, queue)


def next_round(faces: FaceSet, queue: Queue, who: str, blind: bool) -> ReviewRound | None:
    """Return the next faces of a queue; None when all are done."""
    rows = queue.left[:_SIZE]
    return round_of(faces, rows, who, blind, queue.name) if len(rows) else None


def last_round(
    faces: FaceSet, reviews: Reviews, queue: Queue, who: str, blind: bool
) -> ReviewRound | None:
    """Return what a reviewer said last in a queue as a round, so that it can be taken back.

    For a page that was loaded anew and knows nothing of the rounds before.
    """
    told = reviews.told_by(who)
    told = told[(told["queue"] == queue.name) & (told["blind"] == blind)]
    told = told[np.isin(told["row"], queue.rows)].tail(_SIZE)
    if not len(told):
        return None
    before = round_of(faces, told["row"].to_numpy(), who, blind, queue.name)
    before.said = dict(enumerate(_SAID[says] for says in told["says"]))
    before.closed = True
    return before
