"""Kept hypotheses: what somebody found worth keeping, with its evidence, beside the face set."""

from softbio.hypotheses.kept.comparing import Compared, compare, figures_of
from softbio.hypotheses.kept.export import as_csv, as_json, as_markdown
from softbio.hypotheses.kept.record import Kept
from softbio.hypotheses.kept.store import KeptHypotheses

__all__ = [
    "Compared",
    "Kept",
    "KeptHypotheses",
    "as_csv",
    "as_json",
    "as_markdown",
    "compare",
    "figures_of",
]
