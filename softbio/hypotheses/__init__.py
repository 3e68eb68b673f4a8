"""Hypotheses: what the label means."""

from softbio.hypotheses.agreement import Examination, GroupAgreement, examine
from softbio.hypotheses.figures import Figures
from softbio.hypotheses.findings import EVIDENCE_NEEDED, Findings, Hypothesis, Refinement
from softbio.hypotheses.search import SearchPlan, search
from softbio.hypotheses.stability import HeldOut, Stability, held_out, stability

__all__ = [
    "EVIDENCE_NEEDED",
    "Examination",
    "Figures",
    "Findings",
    "GroupAgreement",
    "HeldOut",
    "Hypothesis",
    "Refinement",
    "SearchPlan",
    "Stability",
    "examine",
    "held_out",
    "search",
    "stability",
]
