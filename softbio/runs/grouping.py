"""Groupings: the group column, any other column of the face set, or two of them crossed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from softbio.errors import ConfigError
from softbio.faces.faceset import FaceSet

__all__ = ["MAX_VALUES", "Grouping", "group_faces", "groupable_columns"]

#: A column with more values than this is no category.
MAX_VALUES = 20
_MOST_CROSSED = 2
_NO_GROUPS = ("filename", "label", "identity", "split")


@dataclass(frozen=True, eq=False)
class Grouping:
    """Which group each face of a set belongs to.

    Attributes
    ----------
    by : tuple of str
        The columns.
    names : tuple of str
        Of the groups, in the order in which they are shown; crossed ones are
        joined, as in ``women, Young``.
    index : ndarray, shape (N,), int64
        Index into `names` for each face; −1 where a column is not known.
    """

    by: tuple[str, ...]
    names: tuple[str, ...]
    index: np.ndarray


def groupable_columns(faces: FaceSet) -> tuple[str, ...]:
    """Return the columns that faces can be grouped by: the group column first, then the others."""
    others = [
        name
        for name in faces.table.columns
        if name not in (*_NO_GROUPS, faces.group_column)
        and 1 <= faces.table[name].nunique() <= MAX_VALUES
    ]
    return (faces.group_column, *others)


def group_faces(faces: FaceSet, by: Sequence[str]) -> Grouping:
    """Group the faces of a set by one column, or by two crossed.

    Parameters
    ----------
    faces : FaceSet
    by : sequence of str
        One or two of `groupable_columns`. Of two, each pair of values that some
        face has is a group.

    Raises
    ------
    ConfigError
        If a column cannot be grouped by, or there are more than two.
    """
    columns = groupable_columns(faces)
    if not 1 <= len(by) <= _MOST_CROSSED or len(set(by)) != len(by):
        raise ConfigError(
            f"Faces are grouped by one column, or by two different ones. Received: {', '.join(by)}."
        )
    for name in by:
        if name not in columns:
            raise ConfigError(
                f"The faces of {faces.name} cannot be grouped by {name!r}. Columns that can be "
                f"used: {', '.join(columns)}."
            )
    parts = [_one(faces, name) for name in by]
    if len(parts) == 1:
        return Grouping(tuple(by), *parts[0])
    (first, one), (second, two) = parts
    crossed = np.where((one < 0) | (two < 0), -1, one * len(second) + two)
    names = [", ".join(pair) for pair in product(first, second)]
    present = np.unique(crossed[crossed >= 0])
    place = np.full(len(names) + 1, -1)  # the last one is where −1 looks
    place[present] = np.arange(len(present))
    return Grouping(tuple(by), tuple(names[at] for at in present), place[crossed].astype(np.int64))


def _one(faces: FaceSet, name: str) -> tuple[tuple[str, ...], np.ndarray]:
    if name == faces.group_column:
        return tuple(faces.group_names.values()), faces.group_index()
    column = faces.table[name]
    values = sorted(column.dropna().unique().tolist())
    shown = (
        [f"not {name}", name] if values in ([0, 1], [0], [1]) else [f"{name} {v}" for v in values]
    )
    if values in ([0], [1]):
        shown = [shown[int(values[0])]]
    index = pd.Index(values).get_indexer(column.astype(object))
    return tuple(shown), index.astype(np.int64)
