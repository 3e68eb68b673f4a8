"""Where the `not`s of a formula stand: moved until there are as few as can be."""

from __future__ import annotations

from softbio.formula.tree import Constant, Join, Name, Node, Not, join

__all__ = ["fewest_nots"]

_DUAL = {"and": "or", "or": "and"}


def fewest_nots(tree: Node) -> Node:
    """Return an equal tree over the same names, with De Morgan's laws applied where they save."""
    return _both(tree)[0]


def _both(node: Node) -> tuple[Node, Node]:
    """The best trees for a node and for its opposite."""
    match node:
        case Constant(value):
            return node, Constant(not value)
        case Name():
            return node, Not(node)
        case Not(operand):
            return _both(operand)[::-1]
        case Join("xor", operands):
            return _parity(operands)
        case Join(operator, operands):
            pairs = [_both(operand) for operand in operands]
            same = join(operator, [pair[0] for pair in pairs])
            opposite = join(_DUAL[operator], [pair[1] for pair in pairs])
            return _better(same, Not(opposite)), _better(opposite, Not(same))
    raise AssertionError(node)


def _parity(operands: tuple[Node, ...]) -> tuple[Node, Node]:
    """Of an exclusive or, any even number of operands may be turned into their opposites."""
    chosen, turned = [], 0
    for operand in operands:
        same, opposite = _both(operand)
        turn = _nots(opposite) < _nots(same)
        chosen.append(opposite if turn else same)
        turned += turn
    even = join("xor", chosen)
    return (Not(even), even) if turned % 2 else (even, Not(even))


def _better(first: Node, second: Node) -> Node:
    return second if _nots(second) < _nots(first) else first


def _nots(node: Node) -> int:
    match node:
        case Not(operand):
            return 1 + _nots(operand)
        case Join(_, operands):
            return sum(map(_nots, operands))
    return 0
