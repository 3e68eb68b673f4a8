"""Where a network looks on average: each group's right and wrong faces of each label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from softbio.audit.looking.bands import BANDS, band_areas, band_sums
from softbio.audit.looking.looking import Looks
from softbio.errors import ConfigError, DataError
from softbio.fairness import IntervalPlan
from softbio.fairness.intervals import draw_people, number_people

__all__ = ["EVIDENCE", "FEWEST", "BandGap", "Evidence", "LookCell", "LooksBy", "looks_by"]

Evidence = Literal["for", "against", "any"]
#: For label 1, against it, or both.
EVIDENCE: tuple[Evidence, ...] = ("for", "against", "any")

#: A cell of fewer people has no interval: drawn anew they would seem more alike than they are.
FEWEST = 10


@dataclass(frozen=True, eq=False)
class LookCell:
    """Where the network looks on the right or wrong faces of a group and label.

    Attributes
    ----------
    group : str
    label : {0, 1}
    right : bool
    index : ndarray, shape (n,), int64
        Which of the looked-at faces these are.
    people : int
        How many people they show; as many as faces where nobody knows.
    mean : ndarray, shape (H, W), float32
        The mean map, for and against label 1.
    strength : float
        Mean evidence of a place, in the unit of the maps; NaN without faces.
    share, low, high : ndarray, shape (bands,)
        Share of all evidence of these faces that lies in each band, and its interval; NaN where
        there is no evidence, the interval also with fewer than `FEWEST` people.
    """

    group: str
    label: int
    right: bool
    index: np.ndarray
    people: int
    mean: np.ndarray
    strength: float
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def n(self) -> int:
        """How many faces."""
        return len(self.index)

    @property
    def prediction(self) -> int:
        """What was predicted of them."""
        return self.label if self.right else 1 - self.label

    @property
    def name(self) -> str:
        """Such as ``women, label 1, predicted 0``."""
        return f"{self.group}, label {self.label}, predicted {self.prediction}"


@dataclass(frozen=True, eq=False)
class BandGap:
    """How much more of its evidence one group has in each band than another, on like faces.

    Attributes
    ----------
    label : {0, 1}
    right : bool
    first, second : str
        The groups.
    gap, low, high : ndarray, shape (bands,)
        First − second. The intervals hold together, over all bands and gaps of a `LooksBy`
        (studentised maximum): one that leaves 0 out would seldom be there by chance alone.
    """

    label: int
    right: bool
    first: str
    second: str
    gap: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def prediction(self) -> int:
        """What was predicted of the faces."""
        return self.label if self.right else 1 - self.label


@dataclass(frozen=True, eq=False)
class LooksBy:
    """Mean maps and shares of bands, by group, label and whether the prediction was right.

    Attributes
    ----------
    cells : tuple of LookCell
        Groups after one another; within each label 1 right and wrong, then label 0.
    gaps : tuple of BandGap
    areas : ndarray, shape (bands,)
        What a uniform map would give.
    evidence : {"for", "against", "any"}
    level : float
    by : {"person", "face"}
        What was drawn anew for the intervals.
    """

    cells: tuple[LookCell, ...]
    gaps: tuple[BandGap, ...]
    areas: np.ndarray
    evidence: Evidence
    level: float
    by: Literal["person", "face"]

    def cell(self, group: str, label: int, right: bool) -> LookCell:
        """Return the cell of a group."""
        return next(
            cell
            for cell in self.cells
            if (cell.group, cell.label, cell.right) == (group, label, right)
        )


#: Label and whether the prediction was right, in the order of the cells.
_KINDS = ((1, True), (1, False), (0, True), (0, False))


def looks_by(
    looks: Looks,
    label: np.ndarray,
    prediction: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    person: np.ndarray | None = None,
    *,
    evidence: Evidence = "for",
    plan: IntervalPlan | None = None,
) -> LooksBy:
    """Return where a network looks on the right and wrong faces of each group and label.

    A band's share is its part of the sum of all evidence of a cell's faces, so a face with much
    evidence counts more than one with hardly any. Intervals are percentiles of a bootstrap over
    people, who bring all their faces along (over faces where nobody knows who they are).

    Parameters
    ----------
    looks : Looks
        Of n faces.
    label : array-like, shape (n,), 0/1
    prediction : array-like, shape (n,), bool
    group : array-like, shape (n,)
        Index into `groups`; faces with −1 are left out.
    groups : tuple of str
    person : array-like, shape (n,), optional
        Who is on each; negative: nobody knows.
    evidence : {"for", "against", "any"}
        Of label 1: where the maps are positive, where they are negative, or both.
    plan : IntervalPlan, optional

    Raises
    ------
    DataError
        If the arrays do not belong to these faces.
    ConfigError
        If there is no such evidence.
    """
    label, prediction, group = (np.asarray(each) for each in (label, prediction, group))
    n = len(looks.rows)
    for name, given in (("label", label), ("prediction", prediction), ("group", group)):
        if given.shape != (n,):
            raise DataError(
                f"`{name}` must have a value for each of the {n} faces. Received shape "
                f"{given.shape}."
            )
    plan = plan or IntervalPlan()
    by = plan.unit(person)
    people = np.arange(n) if person is None or by == "face" else np.asarray(person)
    who, n_people = number_people(people)
    parts = _evidence(looks.maps, evidence)
    sums = band_sums(parts)
    right = prediction.astype(bool) == (label == 1)
    kinds = [(code, kind, was) for code in range(len(groups)) for kind, was in _KINDS]
    members = [
        np.flatnonzero((group == code) & (label == kind) & (right == was))
        for code, kind, was in kinds
    ]
    drawn = _drawn_shares(sums, members, who, n_people, plan)
    cells = []
    for (code, kind, was), index, replicates in zip(kinds, members, drawn, strict=True):
        known = len(np.unique(who[index]))
        share = _share(sums[index].sum(axis=0))
        low, high = _ends(replicates, plan.level) if known >= FEWEST else _unknown()
        empty = np.zeros(looks.maps.shape[1:], np.float32)
        mean = looks.maps[index].mean(axis=0) if len(index) else empty
        strength = float(parts[index].mean()) if len(index) else float("nan")
        cells.append(
            LookCell(groups[code], kind, was, index, known, mean, strength, share, low, high)
        )
    gaps = _gaps(cells, drawn, plan.level)
    return LooksBy(tuple(cells), gaps, band_areas(looks.maps.shape[1]), evidence, plan.level, by)


def _evidence(maps: np.ndarray, evidence: Evidence) -> np.ndarray:
    if evidence == "for":
        return np.maximum(maps, 0.0)
    if evidence == "against":
        return np.maximum(-maps, 0.0)
    if evidence == "any":
        return np.abs(maps)
    raise ConfigError(
        f"There is no evidence {evidence!r}. Evidence is one of: {', '.join(EVIDENCE)}."
    )


def _drawn_shares(
    sums: np.ndarray, members: list[np.ndarray], who: np.ndarray, n_people: int, plan: IntervalPlan
) -> np.ndarray:
    """Return the shares (cells, R, bands) of people drawn anew; NaN where a cell came out empty."""
    if not n_people:
        return np.full((len(members), plan.replicates, len(BANDS)), np.nan)
    weights = draw_people(n_people, plan.replicates, plan.seed).astype(np.float64)
    drawn = []
    for index in members:
        by_person = np.zeros((n_people, len(BANDS)))
        np.add.at(by_person, who[index], sums[index])
        drawn.append(_share(weights @ by_person))
    return np.stack(drawn)


def _share(sums: np.ndarray) -> np.ndarray:
    total = sums.sum(axis=-1, keepdims=True)
    return np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0)


def _ends(replicates: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    if np.isnan(replicates).all():
        return _unknown()
    low, high = np.nanquantile(replicates, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def _unknown() -> tuple[np.ndarray, np.ndarray]:
    return np.full(len(BANDS), np.nan), np.full(len(BANDS), np.nan)


def _gaps(cells: list[LookCell], drawn: np.ndarray, level: float) -> tuple[BandGap, ...]:
    """Return the gaps between each two groups, with intervals that hold together."""
    pairs = [
        (one, other)
        for one in range(len(cells))
        for other in range(one + 1, len(cells))
        if (cells[one].label, cells[one].right) == (cells[other].label, cells[other].right)
    ]
    if not pairs:
        return ()
    gap = np.stack([cells[one].share - cells[other].share for one, other in pairs])
    replicated = np.stack([drawn[one] - drawn[other] for one, other in pairs])
    for place, (one, other) in enumerate(pairs):
        if min(cells[one].people, cells[other].people) < FEWEST:
            replicated[place] = np.nan
    # Where a cell came out empty in a draw, the draw says nothing of that gap alone.
    known = ~np.isnan(replicated)
    count = known.sum(axis=1)
    middle = np.where(known, replicated, 0.0).sum(axis=1) / np.maximum(count, 1)
    away = np.where(known, replicated - middle[:, None], 0.0)
    error = np.sqrt((away**2).sum(axis=1) / np.maximum(count - 1, 1))
    error[count < 2] = np.nan
    scaled = np.divide(
        np.abs(away), error[:, None], out=np.zeros_like(away), where=error[:, None] > 0
    )
    reach = np.quantile(scaled.max(axis=(0, 2)), level) * error
    return tuple(
        BandGap(
            cells[one].label, cells[one].right, cells[one].group, cells[other].group,
            gap[place], gap[place] - reach[place], gap[place] + reach[place],
        )
        for place, (one, other) in enumerate(pairs)
    )  # fmt: skip
