"""What a formula means, however it is written: names that matter and a truth table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from softbio.errors import FormulaError
from softbio.formula.logic import two_valued
from softbio.formula.tree import Node, leaves

__all__ = ["MAX_TABLE_NAMES", "Canonical", "canonical_of", "variable_table"]

#: A truth table has 2**n entries: more names than this are not tabulated.
MAX_TABLE_NAMES = 16


@dataclass(frozen=True)
class Canonical:
    """A Boolean function in the one form that all equivalent formulas share.

    Attributes
    ----------
    names : tuple of str
        The attributes that the function truly depends on, sorted.
    table : int
        The truth table: bit ``i`` is the function's value where attribute ``j``
        has the value of bit ``j`` of ``i``.

    Examples
    --------
    >>> from softbio.formula import parse
    >>> parse("b and a or a and not b or 0").canonical
    Canonical(names=('a',), table=2)
    """

    names: tuple[str, ...]
    table: int

    @classmethod
    def of_table(cls, names: Sequence[str], table: int) -> Canonical:
        """Reduce a truth table over any distinct names to those that matter, sorted.

        Raises
        ------
        FormulaError
            If there are more than `MAX_TABLE_NAMES` names, one stands twice,
            or the table has more entries than they give.
        """
        n = len(names)
        if n > MAX_TABLE_NAMES:
            raise FormulaError(
                f"The formula speaks of {n} attributes; a truth table is made for at most "
                f"{MAX_TABLE_NAMES}. Use fewer attributes."
            )
        if len(set(names)) < n:
            raise FormulaError(f"A truth table needs distinct names. Received: {', '.join(names)}.")
        if not 0 <= table < 1 << (1 << n):
            raise FormulaError(f"A truth table over {n} names has {1 << n} bits, and no more.")
        data = np.frombuffer(table.to_bytes(max(1, (1 << n) // 8), "little"), np.uint8)
        # Axis 0 belongs to the last name, the most significant bit of an entry's number.
        cube: np.ndarray = np.unpackbits(data, count=1 << n, bitorder="little").reshape((2,) * n)
        kept = list(names)[::-1]
        for axis in reversed(range(n)):
            without, with_it = np.split(cube, 2, axis)
            if np.array_equal(without, with_it):
                cube = without.squeeze(axis)
                del kept[axis]
        order = sorted(range(len(kept)), key=lambda axis: kept[axis], reverse=True)
        bits = np.packbits(cube.transpose(order).ravel(), bitorder="little")
        return cls(tuple(kept[axis] for axis in order[::-1]), int.from_bytes(bits, "little"))

    def __len__(self) -> int:
        return len(self.names)


def canonical_of(tree: Node) -> Canonical:
    """Return what a tree means.

    Raises
    ------
    FormulaError
        If it speaks of more than `MAX_TABLE_NAMES` attributes.
    """
    names = sorted({leaf.name for leaf in leaves(tree)})
    n = len(names)
    if n > MAX_TABLE_NAMES:
        return Canonical.of_table(names, 0)  # raises, with the reason
    tables = {name: variable_table(at, n) for at, name in enumerate(names)}
    return Canonical.of_table(names, two_valued(tree, tables.__getitem__, (1 << (1 << n)) - 1))


def variable_table(at: int, n: int) -> int:
    """The truth table of the name at place `at` of `n`: 0b1010 and 0b1100 of two."""
    table, width = ((1 << (1 << at)) - 1) << (1 << at), 2 << at
    while width < 1 << n:
        table |= table << width
        width *= 2
    return table
