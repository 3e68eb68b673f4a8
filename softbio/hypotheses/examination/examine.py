"""One formula, examined: how it agrees with a target, for each group, and on which faces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from softbio.fairness.intervals import person_counts
from softbio.hypotheses.examination.concerned import concerned
from softbio.hypotheses.examination.rates import Rate, rates_of

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.formula import Formula
    from softbio.hypotheses.targets import Target
    from softbio.hypotheses.traits import Traits

__all__ = ["NEAR_HALF", "Examination", "GroupAgreement", "examine", "probe_caveat"]

#: Chances in this range are called near one half.
NEAR_HALF = (0.4, 0.6)


@dataclass(frozen=True, eq=False)
class GroupAgreement:
    """How a formula and a target go together in one group.

    Attributes
    ----------
    name : str
    n : int
        Faces examined.
    agreement : Rate
        Share of faces where the formula's value is the target's.
    balanced_agreement : Rate
        The same with both values of the target counting equally.
    label_1_given_0, label_0_given_1 : Rate
        The noise that the formula implies: if it were the truth, the rates at which its 0 became
        1 and its 1 became 0.
    table : ndarray, shape (2, 2), int64
        Counts ``[formula, target]``.
    rows : tuple of tuples of ndarray, int64
        ``rows[formula][target]``: those faces' rows in the set, ascending.
    """

    name: str
    n: int
    agreement: Rate
    balanced_agreement: Rate
    label_1_given_0: Rate
    label_0_given_1: Rate
    table: np.ndarray
    rows: tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Examination:
    """A formula held against a target.

    Attributes
    ----------
    formula : str
        As it was understood.
    words : str
        In words.
    probed : tuple of str
        The names in it that rest on a probe.
    near_half : int
        Of a formula that rests on a probe: at how many of the faces its chance is near one half.
    groups : tuple of GroupAgreement
        In the order in which they are shown.
    overall : GroupAgreement
        All groups together, called ``all``.
    without_target, without_group, without_attributes : int
        Faces that were left out: the target does not concern them (such as faces without a
        label); their group is not known; or they miss an attribute without which the formula
        cannot be told.
    by : str
        What intervals count: ``person`` (the faces of one person go together) or ``face``.
    level : float
        Of the intervals.
    """

    formula: str
    words: str
    probed: tuple[str, ...]
    near_half: int
    groups: tuple[GroupAgreement, ...]
    overall: GroupAgreement
    without_target: int
    without_group: int
    without_attributes: int
    by: str
    level: float

    @property
    def left_out(self) -> int:
        """Faces that were left out, for whatever reason."""
        return self.without_target + self.without_group + self.without_attributes

    @property
    def caveat(self) -> str:
        """What to know where the formula rests on a probe; else empty."""
        return probe_caveat(self.probed, self.near_half, self.overall.n)


def examine(
    traits: Traits,
    formula: str | Formula,
    target: Target,
    faces: FaceSet,
    *,
    rows: np.ndarray | None = None,
    level: float = 0.95,
) -> Examination:
    """Hold a formula against a target, for each group.

    A probed attribute counts as 1 where its chance is above one half.

    Parameters
    ----------
    traits : Traits
        What the formula can name.
    formula : str or Formula
        Such as ``"Blond_Hair xor Eyeglasses"``.
    target : Target
    faces : FaceSet
    rows : ndarray of int, optional
        The rows to look at; all by default.
    level : float
        Of the intervals, by person where people are known.

    Raises
    ------
    FormulaError
        If the formula cannot be read or names what is not there.
    """
    formula = traits.resolve(formula)
    asked = concerned(target, faces, rows)
    stated = traits.evaluate(formula)[asked.row]
    told = asked.only(stated >= 0)
    stated = stated[stated >= 0]
    counted = None
    if told.person is None:
        cell = (told.group * 2 + told.target) * 2 + stated
        counts = np.bincount(cell, minlength=4 * len(told.groups)).reshape(-1, 2, 2)
    else:
        counted = person_counts(told.target, stated, told.group, len(told.groups), told.person)
        counts = counted.sum(axis=0)

    rows_of = _rows_by_cell(told.row, (told.group * 2 + stated) * 2 + told.target, len(told.groups))
    parts = []
    for index, name in enumerate(told.groups):
        mine = None
        if counted is not None:
            mine = counted[:, index]
            mine = mine[mine.any(axis=(1, 2))]
        parts.append(_agreement(name, counts[index], mine, rows_of[index], level))
    overall_rows = [
        [np.sort(np.concatenate([of[said][is_] for of in rows_of])) for is_ in (0, 1)]
        for said in (0, 1)
    ]
    probed = traits.probed(formula)
    near = 0
    if probed:
        chance = traits.chance(formula)[told.row]
        near = int(((chance >= NEAR_HALF[0]) & (chance <= NEAR_HALF[1])).sum())
    everybody = None if counted is None else counted.sum(axis=1)
    return Examination(
        formula=str(formula),
        words=formula.words(),
        probed=probed,
        near_half=near,
        groups=tuple(parts),
        overall=_agreement("all", counts.sum(axis=0), everybody, overall_rows, level),
        without_target=asked.without_target,
        without_group=asked.without_group,
        without_attributes=len(asked.row) - len(told.row),
        by="face" if told.person is None else "person",
        level=level,
    )


def probe_caveat(probed: tuple[str, ...], near_half: int, n: int) -> str:
    """Say what rests on a probe; empty where nothing does."""
    if not probed:
        return ""
    names, verb = " and ".join(probed), "rests" if len(probed) == 1 else "rest"
    return (
        f"{names} {verb} on a probe and count{'s' if len(probed) == 1 else ''} as 1 where its chance "
        f"is above one half: at {near_half:,} of {n:,} faces that is nearly a toss-up, and what the "
        "probe mistakes counts as noise here."
    )


def _agreement(
    name: str,
    counts: np.ndarray,
    people: np.ndarray | None,
    rows: list[list[np.ndarray]],
    level: float,
) -> GroupAgreement:
    return GroupAgreement(
        name=name,
        n=int(counts.sum()),
        table=counts.T.astype(np.int64),
        rows=((rows[0][0], rows[0][1]), (rows[1][0], rows[1][1])),
        **rates_of(counts, people, level),
    )


def _rows_by_cell(row: np.ndarray, cell: np.ndarray, groups: int) -> list[list[list[np.ndarray]]]:
    """Return the rows of each cell ``[group][formula][target]``, ascending as `row` is."""
    order = np.argsort(cell.astype(np.int16), kind="stable")
    ends = np.cumsum(np.bincount(cell, minlength=4 * groups))
    parts = np.split(row[order], ends[:-1])
    return [[[parts[(g * 2 + f) * 2 + t] for t in (0, 1)] for f in (0, 1)] for g in range(groups)]
