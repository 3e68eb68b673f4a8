"""Evaluation on arrays: one value a face."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from softbio.formula.logic import kleene
from softbio.formula.tree import Node

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Columns", "column_length", "column_values", "evaluate_columns"]

Columns: TypeAlias = "Mapping[str, np.ndarray] | pd.DataFrame"


def evaluate_columns(tree: Node, columns: Columns) -> np.ndarray:
    """Return 0, 1 or −1 (not known) for each face, shape (N,), int8; names as in `columns`."""

    @cache
    def value_of(name: str) -> tuple[np.ndarray, np.ndarray]:
        values = column_values(columns[name])
        return values == 1, values == 0

    true, false = kleene(tree, value_of, np.array(True))
    length = column_length(columns)
    value: np.ndarray = np.full(length, -1, np.int8)
    value[np.broadcast_to(true, length)] = 1
    value[np.broadcast_to(false, length)] = 0
    return value


def column_values(column: np.ndarray | pd.Series) -> np.ndarray:
    """A column as an array, shape (N,), in which 1 is true, 0 is false, and all else unknown."""
    if isinstance(column, np.ndarray):
        return column
    return column.to_numpy(dtype=np.int8, na_value=-1)


def column_length(columns: Columns) -> int:
    """How many faces the columns describe."""
    index = getattr(columns, "index", None)
    if index is not None:
        return len(index)
    return max((len(columns[str(name)]) for name in columns), default=0)
