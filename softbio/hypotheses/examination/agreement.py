"""How well a formula over attributes agrees with the label, for each group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.fairness import METRICS, GroupCounts
from softbio.formula import Formula, parse

__all__ = ["Examination", "GroupAgreement", "examine"]


@dataclass(frozen=True, eq=False)
class GroupAgreement:
    """How formula and label go together in one group.

    Attributes
    ----------
    name : str
    n : int
        Faces examined.
    agreement : float
        Share of faces where the formula's value is the label; NaN without faces.
    balanced_agreement : float
        The same with both labels counting equally; NaN while one is absent.
    table : ndarray, shape (2, 2), int64
        Counts ``[formula, label]``.
    label_1_given_0, label_0_given_1 : float
        If the formula were the truth, the rates at which its 0 was labelled 1
        and its 1 was labelled 0; NaN where the formula never has that value.
    only_label, only_formula : ndarray, int64
        Rows of the faces that disagree, ascending: with label 1 though the
        formula says 0, and with label 0 though it says 1.
    """

    name: str
    n: int
    agreement: float
    balanced_agreement: float
    table: np.ndarray
    label_1_given_0: float
    label_0_given_1: float
    only_label: np.ndarray
    only_formula: np.ndarray


@dataclass(frozen=True, eq=False)
class Examination:
    """A formula held against the label.

    Attributes
    ----------
    formula : str
        As it was understood.
    groups : tuple of GroupAgreement
        In the order in which they are shown.
    overall : GroupAgreement
        All groups together, called ``all``.
    without_label, without_group, without_attributes : int
        Faces that were left out: they have no label; no known group; or
        miss an attribute without which the formula cannot be told.
    """

    formula: str
    groups: tuple[GroupAgreement, ...]
    overall: GroupAgreement
    without_label: int
    without_group: int
    without_attributes: int

    @property
    def left_out(self) -> int:
        """Faces that were left out, for whatever reason."""
        return self.without_label + self.without_group + self.without_attributes


def examine(faces: FaceSet, formula: str | Formula, rows: np.ndarray | None = None) -> Examination:
    """Hold a formula against the label, for each group.

    Parameters
    ----------
    faces : FaceSet
    formula : str or Formula
        Such as ``"Blond_Hair xor Eyeglasses"``.
    rows : ndarray of int, optional
        The rows to look at; all by default.

    Raises
    ------
    FormulaError
        If the formula cannot be read or names an attribute that the set has not.
    DataError
        If the set has no attributes.
    """
    if not faces.attributes:
        raise DataError(
            f"The face set {faces.name} has no attributes to state a formula over. Pack it from a "
            "source that has them, such as CelebA's folder."
        )
    if isinstance(formula, str):
        formula = parse(formula)
    formula = formula.resolve(faces.attributes)
    rows = np.arange(len(faces)) if rows is None else np.asarray(rows, dtype=np.int64)
    stated = formula.evaluate(faces.table[list(formula.names)].iloc[rows])
    label, group = faces.labels()[rows], faces.group_index()[rows]

    labelled = label >= 0
    known = labelled & (group >= 0)
    judged = known & (stated >= 0)
    names = tuple(faces.group_names.values())
    counts = GroupCounts.from_predictions(label[judged], stated[judged], group[judged], names)
    only_label = judged & (label == 1) & (stated == 0)
    only_formula = judged & (label == 0) & (stated == 1)
    return Examination(
        formula=str(formula),
        groups=tuple(
            _agreement(
                GroupCounts(counts.values[index : index + 1], (name,)),
                rows[only_label & (group == index)],
                rows[only_formula & (group == index)],
            )
            for index, name in enumerate(names)
        ),
        overall=_agreement(counts.pooled(), rows[only_label], rows[only_formula]),
        without_label=int((~labelled).sum()),
        without_group=int((labelled & ~known).sum()),
        without_attributes=int((known & ~judged).sum()),
    )


def _agreement(
    counts: GroupCounts, only_label: np.ndarray, only_formula: np.ndarray
) -> GroupAgreement:
    table = counts.values[0].T
    totals = table.sum(axis=1)
    return GroupAgreement(
        name=counts.groups[0],
        n=int(counts.n[0]),
        agreement=float(METRICS["accuracy"](counts)[0]),
        balanced_agreement=float(METRICS["balanced_accuracy"](counts)[0]),
        table=table,
        label_1_given_0=float(table[0, 1] / totals[0]) if totals[0] else float("nan"),
        label_0_given_1=float(table[1, 0] / totals[1]) if totals[1] else float("nan"),
        only_label=np.sort(only_label),
        only_formula=np.sort(only_formula),
    )
