"""Every conjunction of up to three attributes, each as it is or negated: its faces and its errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from softbio.cores import cores
from softbio.formula import Name, Node, Not, join
from softbio.formula.conjunctions import Conjunctions, pack_faces, tuples_of

__all__ = ["Counted", "count_slices"]


@dataclass(frozen=True, eq=False)
class Counted:
    """Conjunctions and their counts.

    Attributes
    ----------
    names : tuple of str
        The attributes.
    literals : ndarray, shape (M, most), int64
        Literal ``2 a + 1`` says that attribute ``a`` holds, ``2 a`` that it does not; ascending,
        −1 after the last.
    n, errors : ndarray, shape (M, G), int64
        Faces of each group, and how many of them are wrong.
    known_n, known_errors : ndarray, shape (M, G), int64
        The same of all faces of which every attribute that is named is known.
    """

    names: tuple[str, ...]
    literals: np.ndarray
    n: np.ndarray
    errors: np.ndarray
    known_n: np.ndarray
    known_errors: np.ndarray

    def tree(self, at: int) -> Node:
        """Return a conjunction as a formula: what holds first."""
        mine = [int(literal) for literal in self.literals[at] if literal >= 0]
        nodes = [_node(self.names[one >> 1], one & 1) for one in sorted(mine, key=_held_first)]
        return nodes[0] if len(nodes) == 1 else join("and", nodes)

    def without(self, at: np.ndarray) -> np.ndarray:
        """Return the parts of conjunctions: all with some of their literals left out.

        Parameters
        ----------
        at : ndarray, shape (m,)

        Returns
        -------
        ndarray, shape (m, 2^most − 2), int64
            Places among the conjunctions; −1 where a part is empty or counted already.
        """
        literals = self.literals[at]
        most = literals.shape[1]
        size = (literals >= 0).sum(axis=1)
        found = np.full((len(at), (1 << most) - 2), -1, np.int64)
        for mask in range(1, (1 << most) - 1):
            kept = np.array([mask >> index & 1 for index in range(most)], bool)
            # Literals beyond the last are no part: each part is taken once.
            real = ~((literals < 0) & kept).any(axis=1) & (kept.sum() < size)
            codes = _codes(np.where(kept, literals[real], -1), len(self.names))
            found[real, mask - 1] = self._order[np.searchsorted(self._sorted, codes)]
        return found

    @cached_property
    def _order(self) -> np.ndarray:
        return np.argsort(_codes(self.literals, len(self.names)), kind="stable")

    @cached_property
    def _sorted(self) -> np.ndarray:
        return _codes(self.literals, len(self.names))[self._order]


def count_slices(
    attributes: Mapping[str, np.ndarray],
    wrong: np.ndarray,
    group: np.ndarray,
    groups: int,
    most: int = 3,
) -> Counted:
    """Count all conjunctions.

    Parameters
    ----------
    attributes : mapping of str to ndarray, shape (n,)
        1, 0, and anything else for what is not known: a face stands in no conjunction that names
        an attribute which is not known of it, negated or not.
    wrong : ndarray, shape (n,), bool
    group : ndarray, shape (n,)
        0 to `groups` − 1.
    most : int
        Literals at most, 1 to 3.
    """
    names = tuple(attributes)
    columns, of, says = [], [], []
    for place, values in enumerate(attributes.values()):
        held = np.asarray(values) == 1
        denied = np.asarray(values) == 0
        # Where everything is known the negation follows from the counts; else it is a column too.
        if (held | denied).all():
            columns.append(held)
            of.append(place)
            says.append(-1)
        else:
            columns += [held, denied]
            of += [place, place]
            says += [1, 0]
    packed = pack_faces(np.stack(columns).astype(np.uint8), wrong.astype(np.int8), group, groups)
    counted = Conjunctions(packed, most, min(cores(), 8))
    owner, sign = np.array(of), np.array(says)
    literals, sizes = [], []
    for size in range(1, min(most, len(columns)) + 1):
        tuples = tuples_of(len(columns), size)
        # Both columns of one attribute exclude each other.
        tuples = tuples[(np.diff(owner[tuples], axis=1) != 0).all(axis=1)]
        tables = np.rint(counted.tables(size, tuples)).astype(np.int64)
        for mask in range(1 << size):
            bits = np.array([mask >> index & 1 for index in range(size)])
            kept = ((sign[tuples] < 0) | (bits == 1)).all(axis=1)
            stated = np.where(sign[tuples] < 0, bits, sign[tuples])[kept]
            mine = np.full((int(kept.sum()), most), -1, np.int64)
            mine[:, :size] = 2 * owner[tuples[kept]] + stated
            literals.append(mine)
            sizes.append(tables[kept, :, mask].reshape(-1, groups, 2))
    both = np.concatenate(sizes)
    listed = np.concatenate(literals)
    n, errors = both.sum(axis=2), both[:, :, 1]
    # All ways to hold and to deny the same attributes make up the faces where all are known.
    _, alike = np.unique(_codes(listed >> 1, 2 * len(names)), return_inverse=True)
    known = np.zeros((2, int(alike.max()) + 1, groups), np.int64)
    np.add.at(known[0], alike, n)
    np.add.at(known[1], alike, errors)
    return Counted(names, listed, n, errors, known[0][alike], known[1][alike])


def _codes(literals: np.ndarray, attributes: int) -> np.ndarray:
    """Return a number for each set of literals, whichever places stand empty."""
    ordered = np.sort(literals, axis=1) + 1
    code = np.zeros(len(literals), np.int64)
    for index in range(literals.shape[1]):
        code = code * (2 * attributes + 1) + ordered[:, index]
    return code


def _node(name: str, holds: int) -> Node:
    return Name(name) if holds else Not(Name(name))


def _held_first(literal: int) -> tuple[int, int]:
    return 1 - (literal & 1), literal
