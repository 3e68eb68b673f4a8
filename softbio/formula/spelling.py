"""Names as the attribute table writes them, and the nearest one to a misspelling."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from softbio.errors import FormulaError
from softbio.formula.text import shortened
from softbio.formula.tree import Join, Name, Node, Not

__all__ = ["spelled"]

# Comparing texts takes time that grows with their lengths' product.
_MAX_COMPARED = 100


def spelled(tree: Node, names: Iterable[str]) -> Node:
    """Return the tree with each name in the spelling of `names`.

    Raises
    ------
    FormulaError
        If a name is not among `names`, or only in cases that differ.
    """
    available = tuple(names)
    alike: dict[str, list[str]] = {}
    for name in dict.fromkeys(available):
        alike.setdefault(name.casefold(), []).append(name)
    return _spelled(tree, frozenset(available), alike)


def _spelled(node: Node, exact: frozenset[str], alike: dict[str, list[str]]) -> Node:
    match node:
        case Name(name, column):
            return node if name in exact else Name(_spelling(name, column, alike), column)
        case Not(operand):
            return Not(_spelled(operand, exact, alike))
        case Join(operator, operands):
            return Join(operator, tuple(_spelled(operand, exact, alike) for operand in operands))
    return node


def _spelling(name: str, column: int, alike: dict[str, list[str]]) -> str:
    found = alike.get(name.casefold(), [])
    if len(found) == 1:
        return found[0]
    # A tree that was not read from text has no columns.
    where = f"Column {column} of the formula: " if column else "In the formula: "
    if found:
        raise FormulaError(f"{where}{name!r} may be {' or '.join(found)}; write it in its case.")
    close = (
        difflib.get_close_matches(name.casefold(), alike, n=1) if len(name) <= _MAX_COMPARED else []
    )
    everything = sorted(one for names in alike.values() for one in names)
    hint = (
        f"Did you mean {alike[close[0]][0]!r}?"
        if close
        else f"There are: {', '.join(everything[:50])}."
        if everything
        else "There are no attributes here."
    )
    raise FormulaError(f"{where}there is no attribute {shortened(name)!r}. {hint}")
