"""What a formula is made of: names, constants, `not`, and operators that join."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = ["OPERATORS", "Constant", "Join", "Name", "Node", "Not", "join", "leaves"]

#: The joining operators, the loosest first.
OPERATORS = ("or", "xor", "and")


@dataclass(frozen=True)
class Name:
    """An attribute; `column` is where it stands in the text, from 1."""

    name: str
    column: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Constant:
    """Always true, or always false."""

    value: bool


@dataclass(frozen=True)
class Not:
    """The opposite of its operand."""

    operand: Node


@dataclass(frozen=True)
class Join:
    """Two or more operands under one of `OPERATORS`, none of them under the same one."""

    operator: str
    operands: tuple[Node, ...]


Node: TypeAlias = Name | Constant | Not | Join


def join(operator: str, operands: Sequence[Node]) -> Node:
    """Join one or more operands, those under the same operator unfolded."""
    flat: list[Node] = []
    for operand in operands:
        # All three operators are associative, so `a or (b or c)` is `a or b or c`.
        if isinstance(operand, Join) and operand.operator == operator:
            flat.extend(operand.operands)
        else:
            flat.append(operand)
    return flat[0] if len(flat) == 1 else Join(operator, tuple(flat))


def leaves(node: Node) -> Iterator[Name]:
    """Every name of the tree, from left to right, as often as it stands there."""
    match node:
        case Name():
            yield node
        case Not(operand):
            yield from leaves(operand)
        case Join(_, operands):
            for operand in operands:
                yield from leaves(operand)
