"""A formula made easier to read, with no name added: few `not`s, `or` for `xor`, in order."""

from __future__ import annotations

from collections.abc import Iterator

from softbio.formula.canonical import variable_table
from softbio.formula.logic import two_valued
from softbio.formula.tree import Constant, Join, Name, Node, Not, join, leaves

__all__ = ["tidied"]

_DUAL = {"and": "or", "or": "and"}


def tidied(tree: Node) -> Node:
    """Return an equal tree over the same leaves.

    ``xor`` becomes ``or`` where both can never be true, De Morgan's laws are
    applied where they save a ``not``, and of every join the names come first,
    in order, then what is negated, then parts from the shortest to the longest. A ``not``
    begins a join only if all of it is negated.
    """
    return _ordered(_both(_plain(tree))[0])


def _plain(tree: Node) -> Node:
    """Replace `xor` by `or`, one after the other, as long as the meaning stays."""
    names = sorted({leaf.name for leaf in leaves(tree)})
    tables = {name: variable_table(at, len(names)) for at, name in enumerate(names)}
    full = (1 << (1 << len(names))) - 1
    meaning = two_valued(tree, tables.__getitem__, full)
    again = True
    while again:
        again = False
        for changed in _with_one_or(tree):
            if two_valued(changed, tables.__getitem__, full) == meaning:
                tree, again = changed, True
                break
    return tree


def _with_one_or(node: Node) -> Iterator[Node]:
    """Every tree in which one `xor` of this one is an `or`."""
    match node:
        case Not(operand):
            yield from map(Not, _with_one_or(operand))
        case Join(operator, operands):
            if operator == "xor":
                yield join("or", operands)
            for at, operand in enumerate(operands):
                for changed in _with_one_or(operand):
                    yield join(operator, (*operands[:at], changed, *operands[at + 1 :]))


def _both(node: Node) -> tuple[Node, Node]:
    """The trees with the fewest `not`s for a node and for its opposite."""
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
            return _fewer(same, Not(opposite)), _fewer(opposite, Not(same))
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


def _fewer(first: Node, second: Node) -> Node:
    return second if _nots(second) < _nots(first) else first


def _nots(node: Node) -> int:
    match node:
        case Not(operand):
            return 1 + _nots(operand)
        case Join(_, operands):
            return sum(map(_nots, operands))
    return 0


def _ordered(node: Node) -> Node:
    match node:
        case Not(operand):
            return Not(_ordered(operand))
        case Join(operator, operands):
            ordered = sorted(map(_ordered, operands), key=_place)
            if isinstance(ordered[0], Not):
                ordered.sort(key=lambda operand: isinstance(operand, Not))
            return Join(operator, tuple(ordered))
    return node


def _place(node: Node) -> tuple[int, int, list[str], str]:
    names = [leaf.name for leaf in leaves(node)]
    kind = 2 if len(names) > 1 else int(isinstance(node, Not))
    return kind, len(names), names, repr(node)
