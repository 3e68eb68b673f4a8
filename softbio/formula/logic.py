"""The meaning of a tree, worked out on whatever has the bitwise operators.

Python integers hold truth tables, boolean arrays hold faces one by one, and
arrays of 64-bit words hold 64 faces in each element: `&`, `|` and `^` mean the
same on all of them, so there is one definition of each logic.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_, or_, xor
from typing import TypeVar

import numpy as np

from softbio.formula.tree import Constant, Join, Name, Node, Not

__all__ = ["kleene", "two_valued"]

Bits = TypeVar("Bits", int, np.ndarray)

_OPERATION: dict[str, Callable] = {"and": and_, "or": or_, "xor": xor}


def two_valued(node: Node, value_of: Callable[[str], Bits], full: Bits) -> Bits:
    """Where the tree is true, when every name is known.

    Parameters
    ----------
    node : Node
    value_of : function of a name
        Where the attribute is true.
    full : same kind
        True everywhere.
    """
    match node:
        case Constant(value):
            return full if value else full ^ full
        case Name(name):
            return value_of(name)
        case Not(operand):
            return full ^ two_valued(operand, value_of, full)
        case Join(operator, operands):
            values = (two_valued(operand, value_of, full) for operand in operands)
            return reduce(_OPERATION[operator], values)
    raise AssertionError(node)


def kleene(
    node: Node, value_of: Callable[[str], tuple[Bits, Bits]], full: Bits
) -> tuple[Bits, Bits]:
    """Where the tree is surely true, and where it is surely false (Kleene's strong logic).

    Parameters
    ----------
    node : Node
    value_of : function of a name
        Where the attribute is known to be true, and where it is known to be false.
    full : same kind
        True everywhere.

    References
    ----------
    S. C. Kleene, Introduction to Metamathematics (1952), § 64.
    """
    match node:
        case Constant(value):
            nowhere = full ^ full
            return (full, nowhere) if value else (nowhere, full)
        case Name(name):
            return value_of(name)
        case Not(operand):
            true, false = kleene(operand, value_of, full)
            return false, true
        case Join(operator, operands):
            true, false = kleene(operands[0], value_of, full)
            for operand in operands[1:]:
                also, never = kleene(operand, value_of, full)
                if operator == "and":
                    true, false = true & also, false | never
                elif operator == "or":
                    true, false = true | also, false & never
                else:
                    true, false = true & never | false & also, true & also | false & never
            return true, false
    raise AssertionError(node)
