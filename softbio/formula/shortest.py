"""The shortest way to write a function with `not`, `and`, `or` and `xor`.

A name is split off, or the names are parted, wherever the function allows it;
neither makes a formula longer than it must be. What is left and depends on
four names or fewer is looked up among all functions of so many names. Only
where nothing can be split off is the shortest of several ways to divide taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from softbio.formula.canonical import Canonical, variable_table
from softbio.formula.minimal import disjunctive_tree, require_few
from softbio.formula.quaternary import tabled_tree
from softbio.formula.ternary import MAX_LISTED_NAMES, listed_tree
from softbio.formula.tidy import tidied
from softbio.formula.tree import Join, Name, Node, Not, join, leaves

__all__ = ["shortest_tree"]

# Trying every name at every step would take ever longer with their number.
_ALL_DIVIDED = 5


def shortest_tree(canonical: Canonical) -> Node:
    """A short tree for a function: see the module's text for how short.

    Raises
    ------
    FormulaError
        If it depends on more than eight attributes.
    """
    require_few(canonical)
    return tidied(_shortest(canonical))


@lru_cache(maxsize=4096)
def _shortest(function: Canonical) -> Node:
    if len(function) <= MAX_LISTED_NAMES:
        return listed_tree(function)
    if len(function) == 4:
        return tabled_tree(function)
    parted = _parted(function)
    if parted is not None:
        return parted
    opposite = Canonical(function.names, _full(function) ^ function.table)
    candidates = [disjunctive_tree(function), Not(disjunctive_tree(opposite))]
    candidates += _divided(function)
    return min(candidates, key=_length)


def _length(tree: Node) -> tuple[int, int]:
    return sum(1 for _ in leaves(tree)), _joins(tree)


def _joins(tree: Node) -> int:
    match tree:
        case Not(operand):
            return _joins(operand)
        case Join(_, operands):
            return 1 + sum(map(_joins, operands))
    return 0


def _full(function: Canonical) -> int:
    return (1 << (1 << len(function))) - 1


def _cofactor(function: Canonical, at: int, value: int) -> int:
    """The table where one name is fixed, still over all names."""
    mask, shift = variable_table(at, len(function)), 1 << at
    if value:
        kept = function.table & mask
        return kept | kept >> shift
    kept = function.table & ~mask
    return kept | kept << shift


def _parted(function: Canonical) -> Node | None:
    """`g and h`, `g or h` or `g xor h` where g and h share no name, if there is such a form."""
    n, full = len(function), _full(function)
    # The last name stays on one side, so that no pair of sides is seen twice.
    for side in range(1, 1 << (n - 1)):
        other = ((1 << n) - 1) ^ side
        for operator, left, right in _sides(function, side, other, full):
            parts = [Canonical.of_table(function.names, table) for table in (left, right)]
            return join(operator, [_shortest(part) for part in parts])
    return None


def _sides(function: Canonical, side: int, other: int, full: int) -> Iterator[tuple[str, int, int]]:
    table, names = function.table, function.names
    some = [_quantified(names, table, which, any_of=True) for which in (other, side)]
    if some[0] & some[1] == table:
        yield "and", some[0], some[1]
    every = [_quantified(names, table, which, any_of=False) for which in (other, side)]
    if every[0] | every[1] == table:
        yield "or", every[0], every[1]
    at_zero = [_fixed(names, table, which) for which in (other, side)]
    constant = full if table & 1 else 0
    if at_zero[0] ^ at_zero[1] ^ constant == table:
        yield "xor", at_zero[0], at_zero[1] ^ constant


def _quantified(names: tuple[str, ...], table: int, which: int, any_of: bool) -> int:
    """The table freed of some names: true where any, or every, value of theirs makes it true."""
    for at in range(len(names)):
        if which >> at & 1:
            function = Canonical(names, table)
            zero, one = _cofactor(function, at, 0), _cofactor(function, at, 1)
            table = zero | one if any_of else zero & one
    return table


def _fixed(names: tuple[str, ...], table: int, which: int) -> int:
    """The table with some names fixed at 0."""
    for at in range(len(names)):
        if which >> at & 1:
            table = _cofactor(Canonical(names, table), at, 0)
    return table


def _divided(function: Canonical) -> Iterator[Node]:
    """Forms that ask one name first: each of five, of more the one that leaves least to ask."""

    def part(table: int) -> Canonical:
        return Canonical.of_table(function.names, table)

    def remaining(at: int) -> int:
        return sum(len(part(_cofactor(function, at, value))) for value in (0, 1))

    ordered = sorted(range(len(function)), key=lambda at: (remaining(at), at))
    for at in ordered if len(function) == _ALL_DIVIDED else ordered[:1]:
        cases = _cofactor(function, at, 0), _cofactor(function, at, 1)
        name = Name(function.names[at])
        for zero, one, literal in ((*cases, name), (*cases[::-1], Not(name))):
            without, with_it = _shortest(part(zero)), _shortest(part(one))
            yield join("xor", [without, join("and", [literal, _shortest(part(zero ^ one))])])
            if zero & ~one == 0:
                # One case contains the other: what both share is free where the name decides.
                gained, kept = part(one & ~zero), part(_full(function) ^ one | zero)
                yield join("or", [without, join("and", [literal, with_it])])
                yield join("or", [without, join("and", [literal, _shortest(gained)])])
                yield join("and", [with_it, join("or", [literal, without])])
                yield join("and", [with_it, join("or", [literal, _shortest(kept)])])
            else:
                yield join(
                    "or", [join("and", [literal, with_it]), join("and", [Not(literal), without])]
                )
