"""The shortest form of every function of four names: 65,536 of them, found once.

Functions are reached in the order of their length: all that join two shorter
ones under `or`, `and` or `xor`, and their opposites, which are as long. Every function of four names takes eight literals at most.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from softbio.formula.canonical import Canonical, variable_table
from softbio.formula.tree import Constant, Name, Node, Not, join

__all__ = ["tabled_tree"]

_FULL = 0xFFFF
_OPERATORS: dict[int, tuple[str, np.ufunc]] = {
    1: ("or", np.bitwise_or),
    2: ("and", np.bitwise_and),
    3: ("xor", np.bitwise_xor),
}
_NOT = 4


def tabled_tree(function: Canonical) -> Node:
    """The shortest tree for a function of four names; its `not`s stand anywhere."""
    how, left, right = _origins()
    names = {variable_table(at, 4): Name(name) for at, name in enumerate(function.names)}

    def tree(table: int) -> Node:
        if table in names:
            return names[table]
        if table in (0, _FULL):
            return Constant(table > 0)
        if how[table] == _NOT:
            return Not(tree(_FULL ^ table))
        return join(
            _OPERATORS[int(how[table])][0], [tree(int(left[table])), tree(int(right[table]))]
        )

    return tree(function.table)


@cache
def _origins() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How each table is made, and of which two: three arrays of shape (65536,)."""
    how = np.zeros(1 << 16, np.uint8)
    left, right = np.zeros((2, 1 << 16), np.uint16)
    reached = np.zeros(1 << 16, bool)
    reached[[0, _FULL]] = True
    names = np.array([variable_table(at, 4) for at in range(4)], np.uint16)
    how[_FULL ^ names] = _NOT
    of_length = [np.empty(0, np.uint16), np.concatenate([names, _FULL ^ names])]
    reached[of_length[1]] = True

    def reach(tables: np.ndarray, operator: int, one: np.uint16, others: np.ndarray) -> None:
        new = ~reached[tables]
        tables = tables[new]
        how[tables], left[tables], right[tables] = operator, one, others[new]
        opposites = _FULL ^ tables
        # A table and its opposite can both be new here: the table's own origin stays.
        opposites = opposites[how[opposites] == 0]
        how[opposites] = _NOT
        fresh[tables] = fresh[opposites] = True

    while not reached.all():
        length = len(of_length)
        fresh = np.zeros(1 << 16, bool)
        for operator, (_, operation) in _OPERATORS.items():
            for shorter in range(1, length // 2 + 1):
                others = of_length[length - shorter]
                for one in of_length[shorter]:
                    reach(operation(others, one), operator, one, others)
            # What `or` and its opposites reach needs no other operator.
            reached |= fresh
        of_length.append(np.flatnonzero(fresh).astype(np.uint16))
    return how, left, right
