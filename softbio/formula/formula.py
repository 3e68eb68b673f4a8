"""A formula: read, spelled, evaluated, compared by meaning, and told."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from softbio.formula.canonical import MAX_TABLE_NAMES, Canonical, canonical_of
from softbio.formula.columns import Columns, evaluate_columns
from softbio.formula.minimal import disjunctive_tree
from softbio.formula.parse import parse_tree
from softbio.formula.shortest import shortest_tree
from softbio.formula.spelling import spelled
from softbio.formula.text import text_of
from softbio.formula.tree import Node, leaves
from softbio.formula.words import words_of

__all__ = ["Formula", "parse"]


@dataclass(frozen=True, eq=False)
class Formula:
    """A Boolean formula over attributes.

    It keeps the tree that was written, ``parse(str(formula)).tree == formula.tree``,
    but is compared by what it means: two formulas are equal, with equal hashes, if
    they have the same value whatever the attributes are. Formulas that speak of
    more than 16 attributes are not tabulated, and equal only if their trees are.
    Names count as they are written: `resolve` first where their case may differ.

    Examples
    --------
    >>> formula = parse("Blond_Hair xor (Eyeglasses and not Male)")
    >>> formula.names
    ('Blond_Hair', 'Eyeglasses', 'Male')
    >>> str(formula)
    'Blond_Hair xor Eyeglasses and not Male'
    >>> parse("a and b").evaluate({"a": np.array([1, 0, 1]), "b": np.array([1, -1, -1])})
    array([ 1,  0, -1], dtype=int8)
    >>> parse("a and not b or b and not a") == parse("b xor a")
    True
    >>> str(parse("Bald and not Male or Male and not Bald").shortest())
    'Bald xor Male'
    >>> parse("Blond_Hair xor Eyeglasses").words()
    'blond hair or eyeglasses, but not both'
    """

    tree: Node

    @classmethod
    def of_table(cls, names: Sequence[str], table: int) -> Formula:
        """Return the shortest formula with a truth table; `Canonical.table` says how it is read.

        Raises
        ------
        FormulaError
            If the table is none over `names`, or depends on more than eight of them.
        """
        return cls(shortest_tree(Canonical.of_table(names, table)))

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes that it speaks of, in the order in which they first appear."""
        return tuple(dict.fromkeys(leaf.name for leaf in leaves(self.tree)))

    @cached_property
    def canonical(self) -> Canonical:
        """What it means: the attributes it truly depends on, and its truth table.

        Raises
        ------
        FormulaError
            If it speaks of more than 16 attributes.
        """
        return canonical_of(self.tree)

    def resolve(self, names: Iterable[str]) -> Formula:
        """Return the formula with each name spelled as in `names`.

        Raises
        ------
        FormulaError
            If a name is not among `names`, or only in cases that differ.
        """
        return Formula(spelled(self.tree, names))

    def evaluate(self, columns: Columns) -> np.ndarray:
        """Return 0 or 1 for each face, −1 where an attribute that matters is not known.

        The tree is evaluated as it is written: where ``a`` is not known, neither
        is ``a or not a``, though it equals ``1``. `PackedColumns` gives the same
        values faster where many formulas are asked.

        Parameters
        ----------
        columns : mapping of name to array of shape (N,), or DataFrame
            Integers or booleans: 0, 1, and −1 or null for "not known".

        Returns
        -------
        ndarray, shape (N,), int8

        Raises
        ------
        FormulaError
            If a name is not among the columns.
        """
        return evaluate_columns(spelled(self.tree, (str(name) for name in columns)), columns)

    def disjunctive(self) -> Formula:
        """Return the minimal disjunctive form: fewest terms, then fewest literals.

        Raises
        ------
        FormulaError
            If it depends on more than eight attributes.
        """
        return Formula(disjunctive_tree(self.canonical))

    def shortest(self) -> Formula:
        """Return an equal formula with as few literals as are found, with `xor` where it helps.

        It is the shortest there is for up to four attributes; for five to eight
        it is the shortest that splitting by attributes finds.

        Raises
        ------
        FormulaError
            If it depends on more than eight attributes.
        """
        return Formula(shortest_tree(self.canonical))

    def words(self) -> str:
        """Tell the formula in words, as it is written: `shortest` first for the plainest ones."""
        return words_of(self.tree)

    @cached_property
    def _meaning(self) -> Hashable:
        return self.tree if len(self.names) > MAX_TABLE_NAMES else self.canonical

    def __eq__(self, other: object) -> bool:
        return self._meaning == other._meaning if isinstance(other, Formula) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._meaning)

    def __str__(self) -> str:
        return text_of(self.tree)


def parse(text: str) -> Formula:
    """Read a formula.

    Raises
    ------
    FormulaError
        If the text is no formula; the message gives the column, counted from 1.
    """
    return Formula(parse_tree(text))
