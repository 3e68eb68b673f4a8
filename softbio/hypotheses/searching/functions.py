"""All Boolean functions of up to four inputs, and how long their shortest formulas are.

A function of k inputs is its truth table, an integer: bit ``c`` is its value in
cell ``c``, and bit ``i`` of ``c`` is the value of input ``i``. So ``0b0110`` is
``a xor b``. Formulas are trees of ``and``, ``xor`` and ``or`` over literals (an
input or its negation); their length is the number of literals. Negating or
exchanging inputs, or negating the result, leaves the length as it is, so the
lengths of all 65,536 functions of four inputs follow from those of 222 classes
(Knuth, The Art of Computer Programming 4A, 7.1.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from softbio.errors import ConfigError

__all__ = [
    "MOST_INPUTS",
    "FunctionTable",
    "depends_on",
    "functions_of",
    "literal_counts",
    "widened",
]

MOST_INPUTS = 4

_ALL = 0xFFFF
#: The truth tables of the inputs themselves.
INPUTS = (0xAAAA, 0xCCCC, 0xF0F0, 0xFF00)


@dataclass(frozen=True, eq=False)
class FunctionTable:
    """The functions that truly depend on each of k inputs and are 0 where all inputs are 0.

    The others are their complements, of the same lengths.

    Attributes
    ----------
    inputs : int
        k, 1 to 4.
    truth : ndarray, shape (F,), int64
        Truth tables of 2^k bits, the shortest formulas first.
    literals : ndarray, shape (F,), int64
        Literals of the shortest formula of each.
    cells : ndarray, shape (F, 2^k), float64
        The truth tables as rows of 0 and 1.
    """

    inputs: int
    truth: np.ndarray
    literals: np.ndarray
    cells: np.ndarray

    def __len__(self) -> int:
        return len(self.truth)


@cache
def literal_counts() -> np.ndarray:
    """Return the literals of the shortest formula of each function of four inputs.

    Returns
    -------
    ndarray, shape (65536,), int8
        Indexed by truth table; 0 for the two constants. A function of fewer
        inputs stands where `widened` puts it.
    """
    kin = _classes()
    length: np.ndarray = np.full(_ALL + 1, -1, np.int8)
    length[[0, _ALL]] = 0
    length[kin == kin[INPUTS[0]]] = 1
    members: dict[int, np.ndarray] = {1: np.flatnonzero(length == 1)}
    literals = 1
    while (length < 0).any():
        literals += 1
        hit = np.zeros(_ALL + 1, bool)
        for less in range(1, literals // 2 + 1):
            more = members[literals - less]
            # One function of a class stands for all: the other operand takes every form.
            for one in np.unique(kin[members[less]]):
                hit[one & more] = True
                hit[(_ALL ^ one) & more] = True
                hit[one ^ more] = True
        reached = np.zeros(_ALL + 1, bool)
        reached[kin[np.flatnonzero(hit)]] = True
        members[literals] = np.flatnonzero(reached[kin] & (length < 0))
        length[members[literals]] = literals
    length.flags.writeable = False
    return length


@cache
def functions_of(inputs: int) -> FunctionTable:
    """Return the functions of `inputs` inputs, up to complement.

    Raises
    ------
    ConfigError
        If `inputs` is not 1 to 4.
    """
    if not 1 <= inputs <= MOST_INPUTS:
        raise ConfigError(
            f"A formula is searched over 1 to {MOST_INPUTS} attributes. Received: {inputs}."
        )
    truth = np.arange(0, 1 << (1 << inputs), 2, dtype=np.int64)
    truth = truth[depends_on(truth, inputs) == (1 << inputs) - 1]
    literals = literal_counts()[widened(truth, inputs)].astype(np.int64)
    order = np.argsort(literals, kind="stable")
    truth, literals = truth[order], literals[order]
    cells = (truth[:, None] >> np.arange(1 << inputs)) & 1
    return FunctionTable(inputs, truth, literals, cells.astype(np.float64))


def depends_on(truth: np.ndarray, inputs: int) -> np.ndarray:
    """Return, as a mask with bit ``i`` for input ``i``, what each function depends on."""
    wide = widened(np.asarray(truth, dtype=np.int64), inputs)
    found = np.zeros_like(wide)
    for index, table in enumerate(INPUTS):
        step = 1 << index
        changes = (((wide & table) >> step) ^ wide) & (_ALL ^ table)
        found |= (changes != 0).astype(np.int64) << index
    return found


def widened(truth: np.ndarray, inputs: int) -> np.ndarray:
    """Return truth tables of `inputs` inputs as those of four, of which they ignore the others."""
    wide = np.asarray(truth, dtype=np.int64)
    for size in range(inputs, MOST_INPUTS):
        wide = wide | wide << (1 << size)
    return wide


def _classes() -> np.ndarray:
    """The least function that each becomes by negating and exchanging (65536,)."""
    every = np.arange(_ALL + 1, dtype=np.int64)
    moves = [_ALL ^ every, (every & INPUTS[0]) >> 1 | (every << 1 & INPUTS[0])]
    for index in range(MOST_INPUTS - 1):
        low, high = INPUTS[index], INPUTS[index + 1]
        up = low & ~high  # the cells in which the first input alone is 1
        step = 1 << index  # from such a cell to the one in which the second alone is 1
        moves.append(every & ~(up | up << step) | (every & up) << step | every >> step & up)
    least = every
    while True:
        before = least
        for move in moves:
            least = np.minimum(least, least[move])
        least = least[least]
        if np.array_equal(least, before):
            return least
