"""Kinds: whether a class has one kind of members or several, and what sets them apart."""

from softbio.hypotheses.kinds.apart import TraitApart
from softbio.hypotheses.kinds.kinds import Kind, Kinds, kinds

__all__ = ["Kind", "Kinds", "TraitApart", "kinds"]
