"""Audit: which faces a run gets wrong, and why; whose labels look wrong."""

from softbio.audit.misclassified import misclassified
from softbio.audit.transitions import Transitions, transitions, transitions_of

__all__ = ["Transitions", "misclassified", "transitions", "transitions_of"]
