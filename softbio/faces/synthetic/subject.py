"""One photograph's subject: the person, what shows today, and independent random streams."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from softbio.faces.synthetic.people import Person

__all__ = ["STREAMS", "Subject", "both", "mirrored"]

#: Each part of the picture draws its chances from a stream of its own, so that putting
#: glasses on a face changes nothing but the glasses. New parts are appended.
STREAMS = (
    "pose", "background", "clothes", "skin", "eyes", "mouth", "hair", "beard", "makeup",
    "glasses", "hat", "earrings", "light", "camera", "colour",
)  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """Who is drawn and how they look on this photograph.

    Attributes
    ----------
    person : Person
    shows : frozenset of str
        Names of the attributes that are 1.
    hair : ndarray, shape (3,)
        Today's hair colour, RGB in [0, 1].
    key : int
        64 bits from seed and row number, which key every random stream.
    """

    person: Person
    shows: frozenset[str]
    hair: np.ndarray
    key: int

    def rng(self, part: str) -> np.random.Generator:
        """Return the random stream of a part (one of `STREAMS`), from its beginning."""
        # A counter-based generator starts three times faster than one that spreads a seed.
        key = np.array([self.key, STREAMS.index(part)], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=key))

    @cached_property
    def smile(self) -> float:
        """How far the corners of the mouth go up, in [−0.3, 1]."""
        chance = self.rng("mouth").random()
        return 0.6 + 0.4 * chance if "Smiling" in self.shows else -0.3 + 0.45 * chance

    @cached_property
    def shadow(self) -> np.ndarray:
        """Return the skin in shadow: darker and redder."""
        return self.person.skin * np.array([0.66, 0.56, 0.52])

    @cached_property
    def gleam(self) -> np.ndarray:
        """Return the skin where light falls on it."""
        skin = self.person.skin
        return np.clip(skin + (1 - skin) * np.array([0.34, 0.32, 0.28]), 0, 1)


def mirrored(points: np.ndarray | list, side: int) -> np.ndarray:
    """Return points of the right half for a side: 1 right as given, −1 left."""
    return np.asarray(points, dtype=np.float64) * (side, 1)


def both(points: np.ndarray | list) -> np.ndarray:
    """Return an outline of the right half and its mirror image, shape (2, n, 2)."""
    right = np.asarray(points, dtype=np.float64)
    return np.stack([right, right * (-1, 1)])
