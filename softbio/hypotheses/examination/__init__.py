"""One hypothesis, examined: how it agrees with a target, against another one, against known totals."""

from softbio.hypotheses.examination.checking import TotalCheck, check_totals
from softbio.hypotheses.examination.duel import duel
from softbio.hypotheses.examination.evidence import odds, strength
from softbio.hypotheses.examination.examine import Examination, GroupAgreement, examine
from softbio.hypotheses.examination.needed import Needed
from softbio.hypotheses.examination.rates import Rate
from softbio.hypotheses.examination.scores import CellScores, network_scores
from softbio.hypotheses.examination.totals import Total
from softbio.hypotheses.examination.verdict import DisputedFaces, Duel

__all__ = [
    "CellScores",
    "DisputedFaces",
    "Duel",
    "Examination",
    "GroupAgreement",
    "Needed",
    "Rate",
    "Total",
    "TotalCheck",
    "check_totals",
    "duel",
    "examine",
    "network_scores",
    "odds",
    "strength",
]
