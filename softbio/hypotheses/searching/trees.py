"""Formulas as trees: the shortest one of a Boolean function, and its text.

A tree is a `Leaf` or a `Branch`; leaves name their attribute by its number. Of
the shortest formulas of a function, the most readable one is taken: fewest
``not``, then fewest parentheses, then the loosest operators.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from softbio.formula import OPERATORS, parse
from softbio.hypotheses.searching.functions import INPUTS, literal_counts

__all__ = ["Branch", "Leaf", "Tree", "negated", "reading", "renamed", "render", "shortest_tree"]

_ALL = 0xFFFF
# Long formulas have thousands of shortest forms: a few of each kind are looked at.
_EXHAUSTIVE_LITERALS = 4
_SPLITS_LOOKED_AT = 4


@dataclass(frozen=True)
class Leaf:
    """An attribute, by its number, or its negation."""

    attribute: int
    negated: bool = False


@dataclass(frozen=True)
class Branch:
    """Operands under ``and``, ``xor`` or ``or``; `negated`: the whole is denied."""

    operator: str
    operands: tuple[Tree, ...]
    negated: bool = False


Tree: TypeAlias = Leaf | Branch


@lru_cache(maxsize=4096)
def shortest_tree(truth: int) -> Tree:
    """Return the most readable of the shortest formulas of a function of four inputs.

    Parameters
    ----------
    truth : int
        A truth table of 16 bits, not constant (see `functions.widened`).

    Examples
    --------
    >>> from softbio.hypotheses.searching.functions import widened
    >>> render(shortest_tree(int(widened(0b0110, 2))), ["a", "b"])
    'a xor b'
    """
    plain, denied = _bare(truth), _bare(_ALL ^ truth)
    return min(plain, negated(denied), key=reading)


def negated(tree: Tree) -> Tree:
    """Return the opposite of a tree, with as many literals."""
    if isinstance(tree, Leaf):
        return Leaf(tree.attribute, not tree.negated)
    return Branch(tree.operator, tree.operands, not tree.negated)


def renamed(tree: Tree, attributes: Sequence[int]) -> Tree:
    """Return the tree with attribute ``attributes[i]`` in the place of ``i``."""
    if isinstance(tree, Leaf):
        return Leaf(attributes[tree.attribute], tree.negated)
    return Branch(
        tree.operator,
        tuple(renamed(operand, attributes) for operand in tree.operands),
        tree.negated,
    )


def render(tree: Tree, names: Sequence[str]) -> str:
    """Return the tree in the formula language, with as few parentheses as it allows.

    Examples
    --------
    >>> render(Branch("and", (Leaf(1), Leaf(0, negated=True))), ["Male", "Pale Skin"])
    '"Pale Skin" and not Male'
    """
    return str(parse(_text(tree, names)))


def _text(tree: Tree, names: Sequence[str]) -> str:
    if isinstance(tree, Leaf):
        name = names[tree.attribute].replace('"', '""')
        return f'not "{name}"' if tree.negated else f'"{name}"'
    # Names first, as the attributes stand; what is denied stands last.
    operands = sorted(tree.operands, key=_place)
    inner = f" {tree.operator} ".join(_text(operand, names) for operand in operands)
    return f"not ({inner})" if tree.negated else f"({inner})"


def _place(tree: Tree) -> tuple[bool, bool, int]:
    first = tree
    while isinstance(first, Branch):
        first = min(first.operands, key=_place)
    return tree.negated, isinstance(tree, Branch), first.attribute


def _bare(truth: int) -> Tree:
    """Return the best tree whose root is not denied."""
    literals = int(literal_counts()[truth])
    if literals == 1:
        wide = next(index for index, table in enumerate(INPUTS) if truth in (table, _ALL ^ table))
        return Leaf(wide, truth != INPUTS[wide])
    return min(
        (
            _joined(operator, shortest_tree(one), shortest_tree(other))
            for operator, one, other in _splits(truth, literals)
        ),
        key=reading,
    )


def _splits(truth: int, literals: int) -> Iterator[tuple[str, int, int]]:
    """Yield the pairs of functions that a shortest formula of `truth` joins."""
    length = literal_counts()
    for less in range(1, literals // 2 + 1):
        few, many = _of_length(less), _of_length(literals - less)
        pairs = [("xor", one, truth ^ one) for one in few[length[truth ^ few] == literals - less]]
        above, over = few[few & truth == truth], many[many & truth == truth]
        meet = np.argwhere((above[:, None] & over) == truth)
        pairs.extend(("and", above[row], over[column]) for row, column in _some(meet, literals))
        under, below = few[few | truth == truth], many[many | truth == truth]
        meet = np.argwhere((under[:, None] | below) == truth)
        pairs.extend(("or", under[row], below[column]) for row, column in _some(meet, literals))
        for operator, one, other in pairs:
            yield operator, int(one), int(other)
        if pairs and literals > _EXHAUSTIVE_LITERALS:
            return


def _some(pairs: np.ndarray, literals: int) -> np.ndarray:
    return pairs if literals <= _EXHAUSTIVE_LITERALS else pairs[:_SPLITS_LOOKED_AT]


@lru_cache(maxsize=16)
def _of_length(literals: int) -> np.ndarray:
    return np.flatnonzero(literal_counts() == literals)


def _joined(operator: str, *trees: Tree) -> Branch:
    operands: list[Tree] = []
    for tree in trees:
        same = isinstance(tree, Branch) and tree.operator == operator and not tree.negated
        operands.extend(tree.operands if same and isinstance(tree, Branch) else [tree])
    return Branch(operator, tuple(operands))


def reading(tree: Tree) -> tuple[int, int, int, str]:
    """Return how hard a tree over at most four inputs is to read, as something to sort by."""
    denials, branches, tightness = _effort(tree)
    # The text only makes the choice the same every time.
    return denials, branches, tightness, _text(tree, ("a", "b", "c", "d"))


def _effort(tree: Tree) -> tuple[int, int, int]:
    if isinstance(tree, Leaf):
        return int(tree.negated), 0, 0
    efforts = [_effort(operand) for operand in tree.operands]
    return (
        int(tree.negated) + sum(effort[0] for effort in efforts),
        1 + sum(effort[1] for effort in efforts),
        OPERATORS.index(tree.operator) + sum(effort[2] for effort in efforts),
    )
