"""The text of a tree: what `parse` reads back as the same tree."""

from __future__ import annotations

import re

from softbio.formula.tree import OPERATORS, Constant, Join, Name, Node, Not

__all__ = ["KEYWORDS", "shortened", "text_of"]

#: Words that are no names unless they stand in quotes.
KEYWORDS = frozenset((*OPERATORS, "not"))


def text_of(node: Node, level: int = 0) -> str:
    """Print a node as an operand of the operator at `level`, with parentheses where needed."""
    match node:
        case Name(name):
            bare = re.fullmatch(r"\w+", name) and name not in ("0", "1")
            if bare and name.casefold() not in KEYWORDS:
                return name
            return '"' + name.replace('"', '""') + '"'
        case Constant(value):
            return "1" if value else "0"
        case Not(operand):
            return f"not {text_of(operand, len(OPERATORS))}"
        case Join(operator, operands):
            own = OPERATORS.index(operator)
            inner = f" {operator} ".join(text_of(operand, own + 1) for operand in operands)
            return inner if own >= level else f"({inner})"
    raise AssertionError(node)


def shortened(text: str) -> str:
    """At most 80 characters of a text, for messages."""
    return text if len(text) <= 80 else f"{text[:77]}…"
