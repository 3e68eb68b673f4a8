"""Hypotheses: what the label means."""

from softbio.hypotheses.examination import Examination, GroupAgreement, examine
from softbio.hypotheses.explaining import Explanation, explain
from softbio.hypotheses.searching import (
    EVIDENCE_NEEDED,
    Chance,
    Figures,
    Findings,
    HeldOut,
    Hypothesis,
    Refinement,
    SearchPlan,
    Stability,
    against_chance,
    held_out,
    search,
    stability,
)
from softbio.hypotheses.targets import Target, target_of, target_specs
from softbio.hypotheses.traits import Traits

__all__ = [
    "EVIDENCE_NEEDED",
    "Chance",
    "Examination",
    "Explanation",
    "Figures",
    "Findings",
    "GroupAgreement",
    "HeldOut",
    "Hypothesis",
    "Refinement",
    "SearchPlan",
    "Stability",
    "Target",
    "Traits",
    "against_chance",
    "examine",
    "explain",
    "held_out",
    "search",
    "stability",
    "target_of",
    "target_specs",
]
