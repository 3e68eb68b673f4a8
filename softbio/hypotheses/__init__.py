"""Hypotheses: what the label means."""

from softbio.hypotheses.agreement import Examination, GroupAgreement, examine

__all__ = ["Examination", "GroupAgreement", "examine"]
