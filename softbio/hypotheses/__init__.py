"""Hypotheses: what the label means."""

from softbio.hypotheses.agreement import Examination, GroupAgreement, examine
from softbio.hypotheses.chance import Chance, against_chance
from softbio.hypotheses.figures import Figures
from softbio.hypotheses.findings import EVIDENCE_NEEDED, Findings, Hypothesis, Refinement
from softbio.hypotheses.search import SearchPlan, search
from softbio.hypotheses.stability import HeldOut, Stability, held_out, stability

__all__ = [
    "EVIDENCE_NEEDED",
    "Chance",
    "Examination",
    "Figures",
    "Findings",
    "GroupAgreement",
    "HeldOut",
    "Hypothesis",
    "Refinement",
    "SearchPlan",
    "Stability",
    "against_chance",
    "examine",
    "held_out",
    "search",
    "stability",
]
