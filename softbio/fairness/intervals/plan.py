"""IntervalPlan: how intervals are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from softbio.errors import ConfigError

__all__ = ["IntervalPlan"]


@dataclass(frozen=True)
class IntervalPlan:
    """How intervals are made: what is drawn anew, how often, and how wide they are.

    Attributes
    ----------
    replicates : int
        How often the faces are drawn anew; at least 100, where a 95 % interval
        still has two replicates beyond each end.
    level : float
        Share of such intervals that hold the truth, in 0.5 … 0.999.
    seed : int
        The same seed gives the same intervals.
    stratify : bool
        Keep the size of each group as it is (its faces, or its people), where
        it was chosen and is not itself a matter of chance.
    by : {"auto", "person", "face"}
        What is drawn: people with all their faces, or single faces. ``auto``:
        people where it is known who is on the photographs. Photographs of one
        person are alike, so intervals by face are too narrow for them.
    """

    replicates: int = 2000
    level: float = 0.95
    seed: int = 0
    stratify: bool = False
    by: Literal["auto", "person", "face"] = "auto"

    def __post_init__(self) -> None:
        if not 100 <= self.replicates <= 1_000_000:
            raise ConfigError(
                f"`replicates` must lie in 100 … 1,000,000. Received: {self.replicates}."
            )
        if not 0.5 <= self.level <= 0.999:
            raise ConfigError(f"`level` must lie in 0.5 … 0.999. Received: {self.level:g}.")
        if self.by not in ("auto", "person", "face"):
            raise ConfigError(f"`by` must be auto, person or face. Received: {self.by!r}.")

    def unit(self, person: np.ndarray | None) -> Literal["person", "face"]:
        """Return what is drawn anew where `person` is known, or is None.

        Raises
        ------
        ConfigError
            If people were asked for and nobody knows who is on the photographs.
        """
        if self.by == "person" and person is None:
            raise ConfigError(
                "Intervals by person need to know who is on each photograph; choose `by` auto or "
                "face, or name the faces' identities when the set is packed."
            )
        return "face" if person is None or self.by == "face" else "person"
