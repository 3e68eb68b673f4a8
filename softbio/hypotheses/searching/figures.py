"""How well a formula and a label go together, in the figures that people know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Figures", "figures_of", "mutual_information"]


@dataclass(frozen=True)
class Figures:
    """A formula against a label, in one group or over all faces.

    Attributes
    ----------
    group : str
        ``all`` for all faces.
    counts : tuple
        Faces ``((label 0 and formula 0, label 0 and formula 1), (label 1 and
        formula 0, label 1 and formula 1))``; where the formula rests on a probe, those
        expected, rounded.
    agreement : float
        Share of faces at which they are the same.
    balanced_agreement : float
        The same, with both labels counting equally.
    mutual_information : float
        Bits that the formula tells of a face's label.
    precision, recall : float
        Share of label 1 where the formula is 1, and share of the formula's 1 where
        the label is 1.
    label_1_given_0, label_0_given_1 : float
        The noise that the formula implies: were it the truth, the rates at
        which its 0 was labelled 1 and its 1 was labelled 0.

    Of a formula that rests on a probe, these are figures of its hidden true value (see
    `latent`): what the probe mistakes is not in them. Figures whose denominator is 0 are NaN.
    """

    group: str
    counts: tuple[tuple[int, int], tuple[int, int]]
    agreement: float
    balanced_agreement: float
    mutual_information: float
    precision: float
    recall: float
    label_1_given_0: float
    label_0_given_1: float

    @property
    def n(self) -> int:
        """Faces."""
        return sum(map(sum, self.counts))


def figures_of(group: str, counts: np.ndarray) -> Figures:
    """Compute the figures of one table of counts ``[label, formula]`` (2, 2).

    The counts of each label add up to whole numbers; they themselves may be expected ones.
    """
    (both_0, only_formula), (only_label, both_1) = np.asarray(counts, np.float64).tolist()
    label_0, label_1 = both_0 + only_formula, only_label + both_1
    formula_0, formula_1 = both_0 + only_label, only_formula + both_1
    recall, specificity = _share(both_1, label_1), _share(both_0, label_0)
    whole = round(only_formula), round(both_1)
    return Figures(
        group=group,
        counts=((round(label_0) - whole[0], whole[0]), (round(label_1) - whole[1], whole[1])),
        agreement=_share(both_0 + both_1, label_0 + label_1),
        balanced_agreement=(recall + specificity) / 2,
        mutual_information=mutual_information(np.asarray(counts)),
        precision=_share(both_1, formula_1),
        recall=recall,
        label_1_given_0=_share(only_label, formula_0),
        label_0_given_1=_share(only_formula, formula_1),
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def mutual_information(counts: np.ndarray) -> float:
    """Return what rows tell of columns, in bits, from a table of counts; NaN if it is empty."""
    counts = counts.astype(np.float64)
    total = counts.sum()
    if not total:
        return float("nan")
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / total
    seen = counts > 0
    bits = counts[seen] * np.log2(counts[seen] / expected[seen])
    return max(float(bits.sum() / total), 0.0)
