"""Kinds: whether a class has one kind of members or several, and what sets them apart."""

from softbio.hypotheses.kinds.apart import Difference, TraitApart
from softbio.hypotheses.kinds.kinds import Kind, Kinds, kinds
from softbio.hypotheses.kinds.telling import headline

__all__ = ["Difference", "Kind", "Kinds", "TraitApart", "headline", "kinds"]
