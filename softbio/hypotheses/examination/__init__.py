"""One hypothesis, examined: how it agrees with a target, against another one, against known totals."""

from softbio.hypotheses.examination.examine import Examination, GroupAgreement, examine
from softbio.hypotheses.examination.rates import Rate
from softbio.hypotheses.examination.scores import CellScores, network_scores

__all__ = [
    "CellScores",
    "Examination",
    "GroupAgreement",
    "Rate",
    "examine",
    "network_scores",
]
