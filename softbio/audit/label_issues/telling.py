"""What an audit of labels says in sentences: for the page and the command."""

from __future__ import annotations

__all__ = ["ASSUMES", "TRAIN_FOLDS", "coverage"]

TRAIN_FOLDS = "softbio train --folds 5"

#: What noise rates and their intervals rest on.
ASSUMES = (
    "The estimates take it that, within a group, a label is wrong by chance that depends on the "
    "true label and not on the photograph, so faces that are hard for the network count as wrong "
    "labels too. The intervals say how much other faces would change an estimate, not how far the "
    "method is off."
)


def coverage(audited: int, seen: int, left_out: int, folds: int) -> str:
    """Say which faces were audited, and what to do for the others."""
    said = f"{audited:,} faces audited, by scores of networks that did not train on them"
    if folds:
        said += f" (training faces by {folds} folds)"
    said += "."
    if seen:
        said += (
            f" {seen:,} training faces are not: the network has learned their labels, right or "
            f"wrong. `{TRAIN_FOLDS}` gives each a score of a network that has not seen it."
        )
    if left_out:
        said += f" {left_out:,} have no label, no known group or no score."
    return said
