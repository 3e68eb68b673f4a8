"""Hypotheses: what the label means."""

from softbio.hypotheses.examination import (
    Duel,
    Examination,
    GroupAgreement,
    Total,
    TotalCheck,
    check_totals,
    duel,
    examine,
    network_scores,
)
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
    "Duel",
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
    "Total",
    "TotalCheck",
    "Traits",
    "against_chance",
    "check_totals",
    "duel",
    "examine",
    "explain",
    "held_out",
    "network_scores",
    "search",
    "stability",
    "target_of",
    "target_specs",
]
