"""Hypotheses: what the label means."""

from softbio.hypotheses.agreement import Examination, GroupAgreement, examine
from softbio.hypotheses.figures import Figures
from softbio.hypotheses.findings import EVIDENCE_NEEDED, Findings, Hypothesis, Refinement
from softbio.hypotheses.search import SearchPlan, search

__all__ = [
    "EVIDENCE_NEEDED",
    "Examination",
    "Figures",
    "Findings",
    "GroupAgreement",
    "Hypothesis",
    "Refinement",
    "SearchPlan",
    "examine",
    "search",
]
