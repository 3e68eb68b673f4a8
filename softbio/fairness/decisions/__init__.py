"""Choosing a decision rule on labelled faces."""

from softbio.fairness.decisions.common import choose_common
from softbio.fairness.decisions.per_group import choose_per_group
from softbio.fairness.decisions.prevalence import (
    Prevalence,
    choose_prior_shift,
    estimate_prevalence,
    shifted_threshold,
)

__all__ = [
    "Prevalence",
    "choose_common",
    "choose_per_group",
    "choose_prior_shift",
    "estimate_prevalence",
    "shifted_threshold",
]
