"""What a search found."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from softbio.hypotheses.searching.figures import Figures
from softbio.hypotheses.searching.material import LeftOut

__all__ = ["EVIDENCE_NEEDED", "Findings", "Hypothesis", "Refinement"]

#: Bits of evidence that chance gives some formula at most once in twenty searches.
EVIDENCE_NEEDED = log2(20)


@dataclass(frozen=True)
class Refinement:
    """A longer formula that tells the label no better than the one it stands under.

    Attributes
    ----------
    formula : str
    extra_bits : float
        By how much its description is longer.
    """

    formula: str
    extra_bits: float


@dataclass(frozen=True)
class Hypothesis:
    """One line of the ranking.

    Attributes
    ----------
    rank : int
        From 1; formulas with descriptions of the same length share one.
    formula : str
        In its shortest form.
    attributes : tuple of str
    literals : int
    bits : float
        The length of the description of the target by it, see `scoring`.
    formula_bits : float
        What the formula itself takes of them.
    saved_bits : float
        By how much it is shorter than the constant's.
    evidence_bits : float
        Chance gives *some* formula m bits at most with probability 2^−m
        (`scoring.evidence_bits`; with probed attributes `latent.label_bits`): if labels are
        exchangeable within each group, and the chances of probed attributes were not made from
        them. A probe is learned from tags, but one that rests on a network trained on this
        label's faces can echo the label at those very faces.
    overall : Figures
    groups : tuple of Figures
    same : tuple of str
        Other formulas, as short, that have the same value at every face.
    refinements : tuple of Refinement
        The best of what is folded under it: formulas of the same attributes and
        one more.
    probed : tuple of str
        Its attributes of which only chances are known. Then `bits` are those of labels
        given the chances, and the figures those of the formula's hidden value: see `latent`.
    """

    rank: int
    formula: str
    attributes: tuple[str, ...]
    literals: int
    bits: float
    formula_bits: float
    saved_bits: float
    evidence_bits: float
    overall: Figures
    groups: tuple[Figures, ...]
    same: tuple[str, ...]
    refinements: tuple[Refinement, ...]
    probed: tuple[str, ...] = ()

    @property
    def explains(self) -> bool:
        """Whether it tells more of the target than chance would let some formula tell."""
        return self.evidence_bits >= EVIDENCE_NEEDED and self.saved_bits > 0


@dataclass(frozen=True)
class Findings:
    """The formulas that tell a target best, best first.

    Attributes
    ----------
    hypotheses : tuple of Hypothesis
    explained : bool
        False: nothing explains this target; the hypotheses are what chance
        would be expected to offer.
    constant_bits : float
        The length of the description without any attribute.
    group_information : float
        Bits that the group alone tells of a face's target; formulas are asked
        what they tell beyond it.
    n : int
        Faces that formulas were compared on.
    target_1 : int
        Of them, those whose target is 1.
    left_out : LeftOut
    searched : tuple of str
        The attributes.
    max_attributes : int
        Every function of so many attributes was searched.
    functions : int
        How many functions that is.
    probed : tuple of str
        Attributes of which only chances are known. With any of them the shortlist is exact
        for draws of the attributes, and its formulas are then compared by the chances.
    sharpened : float
        How far chances were taken given the other attributes too, 0 to 1, as the target
        favours (see `sharpening`).
    faces_as_one : tuple of float
        For each group, how many faces tell as much as one of a person of its own
        (`people.faces_as_one`); the evidence has been counted accordingly.
    """

    hypotheses: tuple[Hypothesis, ...]
    explained: bool
    constant_bits: float
    group_information: float
    n: int
    target_1: int
    left_out: LeftOut
    searched: tuple[str, ...]
    max_attributes: int
    functions: int
    probed: tuple[str, ...] = ()
    sharpened: float = 0.0
    faces_as_one: tuple[float, ...] = ()
