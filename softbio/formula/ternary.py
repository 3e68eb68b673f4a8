"""The shortest form of every function of three names: 256 of them, found once.

Dijkstra's algorithm, with functions for places and operators for roads: a
function is settled when nothing cheaper can be built from those settled before.
"""

from __future__ import annotations

import heapq
from functools import cache

from softbio.formula.canonical import Canonical, variable_table
from softbio.formula.tree import Constant, Join, Name, Node, Not, join

__all__ = ["MAX_LISTED_NAMES", "listed_tree"]

MAX_LISTED_NAMES = 3

_FULL = 0xFF
# The number of names decides; among equals, few `not`s, and `xor` only where it is shorter.
_LITERAL = 1000
_XOR = 10
_NOT_XOR, _NOT_LITERAL, _NOT_JOIN = 15, 30, 45


def listed_tree(function: Canonical) -> Node:
    """The shortest tree for a function of at most three names."""
    names = function.names
    table, width = function.table, 1 << len(names)
    while width < 8:
        table |= table << width
        width *= 2
    return _named(_every_function()[table], names)


def _named(tree: Node, names: tuple[str, ...]) -> Node:
    match tree:
        case Name(place):
            return Name(names[int(place)])
        case Not(operand):
            return Not(_named(operand, names))
        case Join(operator, operands):
            return Join(operator, tuple(_named(operand, names) for operand in operands))
    return tree


@cache
def _every_function() -> dict[int, Node]:
    """The tree of each table of three names, which are called 0, 1 and 2."""
    trees: dict[int, Node] = {0: Constant(False), _FULL: Constant(True)}
    costs: dict[int, int] = {}
    reached: dict[int, tuple[int, Node]] = {
        variable_table(at, 3): (_LITERAL, Name(str(at))) for at in range(3)
    }
    queue = [(cost, table) for table, (cost, _) in reached.items()]

    def reach(cost: int, table: int, operator: str, *operands: int) -> None:
        if table in trees or (table in reached and reached[table][0] <= cost):
            return
        parts = [trees[operand] for operand in operands]
        reached[table] = cost, Not(parts[0]) if operator == "not" else join(operator, parts)
        heapq.heappush(queue, (cost, table))

    while queue:
        cost, table = heapq.heappop(queue)
        if table in trees:
            continue
        costs[table], trees[table] = reached[table]
        reach(cost + _cost_of_not(trees[table]), _FULL ^ table, "not", table)
        for other, its_cost in costs.items():
            reach(cost + its_cost, table & other, "and", other, table)
            reach(cost + its_cost, table | other, "or", other, table)
            reach(cost + its_cost + _XOR, table ^ other, "xor", other, table)
    return trees


def _cost_of_not(tree: Node) -> int:
    match tree:
        case Name():
            return _NOT_LITERAL
        case Join("xor", _):
            return _NOT_XOR
    return _NOT_JOIN
