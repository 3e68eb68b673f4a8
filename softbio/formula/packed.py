"""Attributes packed into bits: a formula answers for 64 faces at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from softbio.errors import DataError
from softbio.formula.columns import Columns, column_length, column_values
from softbio.formula.formula import Formula
from softbio.formula.logic import kleene, two_valued
from softbio.formula.spelling import spelled
from softbio.formula.tree import leaves

__all__ = ["PackedColumns", "PackedValues", "pack_bits", "unpack_bits"]

_WORD = 64


def pack_bits(values: np.ndarray) -> np.ndarray:
    """Pack booleans, shape (…, N), into words, shape (…, ceil(N / 64)), uint64; spare bits are 0."""
    values = np.asarray(values, dtype=bool)
    spare = -values.shape[-1] % _WORD
    padded = np.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, spare)])
    return np.packbits(padded, axis=-1, bitorder="little").view(np.uint64)


def unpack_bits(words: np.ndarray, n: int) -> np.ndarray:
    """Return the first `n` booleans of words, shape (W,), uint64."""
    return np.unpackbits(words.view(np.uint8), count=n, bitorder="little").view(bool)


@dataclass(frozen=True, eq=False)
class PackedValues:
    """A formula's value for each of `n` faces.

    Attributes
    ----------
    true, known : ndarray, shape (W,), uint64
        Where it is true, and where it is known; spare bits are 0.
    n : int
    """

    true: np.ndarray
    known: np.ndarray
    n: int

    def count(self, within: np.ndarray | None = None) -> tuple[int, int, int]:
        """Faces where it is 0, where it is 1, and where it is not known.

        Parameters
        ----------
        within : ndarray, shape (W,), uint64, optional
            Count only these faces, such as one group's (`pack_bits`).
        """
        true, known = self.true, self.known
        n = self.n
        if within is not None:
            true, known, n = true & within, known & within, _ones(within)
        ones, told = _ones(true), _ones(known)
        return told - ones, ones, n - told

    def unpack(self) -> np.ndarray:
        """The same as `Formula.evaluate`: 0, 1 or −1 (not known), shape (n,), int8."""
        value = unpack_bits(self.true, self.n).astype(np.int8)
        value[~unpack_bits(self.known, self.n)] = -1
        return value


@dataclass(frozen=True, eq=False)
class PackedColumns:
    """Attributes of `n` faces, packed once so that many formulas can be asked.

    Attributes
    ----------
    names : tuple of str
    true, known : ndarray, shape (C, W), uint64
        Where each attribute is true, and where it is known; W is ceil(n / 64), spare bits are 0.
    n : int

    Examples
    --------
    >>> packed = PackedColumns.pack({"a": np.array([1, 0, 1]), "b": np.array([1, -1, -1])})
    >>> from softbio.formula import parse
    >>> packed.evaluate(parse("a and b")).count()
    (1, 1, 1)
    """

    names: tuple[str, ...]
    true: np.ndarray
    known: np.ndarray
    n: int

    @classmethod
    def pack(cls, columns: Columns) -> PackedColumns:
        """Pack a mapping of name to array of shape (N,), or a DataFrame.

        1 is true, 0 is false, and everything else, as −1 or null, is not known.

        Raises
        ------
        DataError
            If the arrays differ in length.
        """
        n = column_length(columns)
        names = tuple(str(name) for name in columns)
        shape = len(names), -(-n // _WORD)
        true, known = np.zeros(shape, np.uint64), np.zeros(shape, np.uint64)
        for at, name in enumerate(names):
            values = column_values(columns[name])
            if len(values) != n:
                raise DataError(f"Column {name!r} has {len(values)} rows, another one has {n}.")
            true[at] = pack_bits(values == 1)
            known[at] = true[at] | pack_bits(values == 0)
        # A formula that is one name answers with the column itself.
        true.flags.writeable = known.flags.writeable = False
        return cls(names, true, known, n)

    def evaluate(self, formula: Formula) -> PackedValues:
        """Return the formula's values: those of `Formula.evaluate`, in bits.

        Raises
        ------
        FormulaError
            If a name is not among the columns.
        """
        tree = spelled(formula.tree, self.names)
        if all(self._complete[self._at[leaf.name]] for leaf in leaves(tree)):
            true = two_valued(tree, lambda name: self.true[self._at[name]], self.full)
            return PackedValues(true, self.full, self.n)
        true, false = kleene(tree, self._value, self.full)
        return PackedValues(true, true | false, self.n)

    @cached_property
    def full(self) -> np.ndarray:
        """All faces: shape (W,), uint64."""
        return pack_bits(np.ones(self.n, bool))

    @cached_property
    def _at(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.names)}

    @cached_property
    def _complete(self) -> np.ndarray:
        return (self.known == self.full).all(axis=1)

    def _value(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        true, known = self.true[self._at[name]], self.known[self._at[name]]
        return true, true ^ known


def _ones(words: np.ndarray) -> int:
    return int(np.bitwise_count(words).sum(dtype=np.int64))
