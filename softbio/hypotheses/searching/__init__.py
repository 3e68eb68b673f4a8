"""The exact search: which formulas explain a target, from counts of conjunctions."""

from softbio.hypotheses.searching.chance import Chance, against_chance
from softbio.hypotheses.searching.figures import Figures
from softbio.hypotheses.searching.findings import (
    EVIDENCE_NEEDED,
    Findings,
    Hypothesis,
    Refinement,
)
from softbio.hypotheses.searching.halves import HeldOut, held_out
from softbio.hypotheses.searching.search import SearchPlan, search
from softbio.hypotheses.searching.stability import Stability, stability

__all__ = [
    "EVIDENCE_NEEDED",
    "Chance",
    "Figures",
    "Findings",
    "HeldOut",
    "Hypothesis",
    "Refinement",
    "SearchPlan",
    "Stability",
    "against_chance",
    "held_out",
    "search",
    "stability",
]
