"""Two runs on the same faces: what changed for whom, and who paid."""

from softbio.fairness.comparison.change import Change
from softbio.fairness.comparison.comparison import ChangeRow, Comparison, compare
from softbio.fairness.comparison.mcnemar import McNemar, holm, mcnemar_p
from softbio.fairness.comparison.pairs import PairCounts
from softbio.fairness.comparison.seeds import Pooled, Spread, pool
from softbio.fairness.comparison.verdict import Verdict

__all__ = [
    "Change",
    "ChangeRow",
    "Comparison",
    "McNemar",
    "PairCounts",
    "Pooled",
    "Spread",
    "Verdict",
    "compare",
    "holm",
    "mcnemar_p",
    "pool",
]
