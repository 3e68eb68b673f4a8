"""What was found about the kinds of a class, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from softbio.hypotheses.kinds.apart import TraitApart
    from softbio.hypotheses.kinds.kinds import Kind

__all__ = ["headline", "told_of"]

_NUMBERS = ("no", "one kind", "two kinds", "three kinds", "four kinds", "five kinds", "six kinds")


def told_of(kinds: Sequence[Kind], stands_out: bool) -> str:
    """Return one or two sentences."""
    if len(kinds) == 1:
        if not stands_out:
            return (
                "One kind: held against people of their own group, these faces stand out in no "
                "direction of their looks by more than chance."
            )
        return (
            "One kind: no cut of this class gives parts that are clearly apart and the same again "
            "in other halves of its people."
        )
    size = _NUMBERS[len(kinds)] if len(kinds) < len(_NUMBERS) else f"{len(kinds)} kinds"
    parts = []
    for kind in kinds:
        leading = headline(kind)
        by = f", set apart by {_trait(leading)}" if leading is not None else ""
        parts.append(f"{_percent(kind.share)}{by}")
    known = any(kind.traits for kind in kinds)
    more = "" if known else " No attribute is known: look at their faces, and tag what differs."
    probed = any(one.probed for kind in kinds for one in [headline(kind)] if one is not None)
    if probed:
        more += " This rests on a probe."
    return f"This class has {size} of members: {'; '.join(parts)}.{more}"


def headline(kind: Kind) -> TraitApart | None:
    """Return the trait that sets a kind apart the most by being there; by its absence, if none."""
    apart = [one for one in kind.traits if one.sets_apart]
    return next((one for one in apart if one.weight > 0), apart[0] if apart else None)


def _trait(one: TraitApart) -> str:
    beside = []
    if one.in_class is not None:
        beside.append(f"{_percent(one.in_class.share)} of the class's others")
    if one.outside is not None:
        beside.append(f"{_percent(one.outside.share)} of the other class")
    name = one.name.replace("_", " ")
    return f"{name} ({_percent(one.share)}, against {' and '.join(beside)})"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
