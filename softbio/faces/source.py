"""Source: what a reader found, before any pixel is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from softbio.errors import DataError

__all__ = ["GENDERS", "Draw", "Source", "left_out"]

#: The default group column's codes and their names, in the order in which they are shown.
GENDERS = {-1: "women", 1: "men"}

#: Draws the faces of some rows of a source: ``draw(rows, size, start)`` gives
#: uint8 (n, size, size, 3); `start` is the first row's number in the whole source.
Draw = Callable[[pd.DataFrame, int, int], np.ndarray]


@dataclass(frozen=True)
class Source:
    """Faces to pack or to predict: where each one is, and what is known of it.

    Attributes
    ----------
    rows : DataFrame
        One row a face: ``filename`` (unique str), ``path`` (str, absolute; empty
        where faces are drawn or not there), ``label`` (Int8 0, 1 or null), the group column
        (Int8 codes or null), ``identity`` (Int64 or null), ``partition`` (str, a
        split's name, or null), and one Int8 column per attribute.
    group_column : str
        The sensitive attribute's column.
    groups : dict of int to str
        Name of each group by its code, in the order in which they are shown.
    attributes : tuple of str
        The attribute columns.
    meta : dict
        ``reader``, ``source``, ``because`` (why this reader), ``label`` (column
        or formula, and coding), ``of`` (how many faces the source lists), and
        ``left_out``: what was not taken, why, how many, and the first names.
    draw : Draw or None
        Draws the faces where there are no photographs to read. It is sent to
        other processes, so it can be pickled.
    extra : tuple of str
        Further columns that the set keeps but that training never sees.
    has_images : bool
        False where only attributes are known: there is nothing to decode and nothing to draw.

    Raises
    ------
    DataError
        If there is no face at all, or two faces share a name.
    """

    rows: pd.DataFrame
    group_column: str
    groups: dict[int, str]
    attributes: tuple[str, ...]
    meta: dict[str, Any]
    draw: Draw | None = None
    extra: tuple[str, ...] = ()
    has_images: bool = True

    def __post_init__(self) -> None:
        if self.rows.empty:
            raise DataError(f"There is no face in {self.meta['source']}.")
        names = self.rows["filename"]
        if not names.is_unique:
            twice = names[names.duplicated()].unique()
            raise DataError(
                f"{self.meta['source']}: {len(twice)} file names stand there more than once, such "
                f"as {twice[0]!r}. A face's name is unique in its set: remove or rename the others."
            )

    def __len__(self) -> int:
        return len(self.rows)

    def head(self, limit: int | None) -> Source:
        """Return the source with its first `limit` faces only; None keeps them all."""
        if limit is None or limit >= len(self.rows):
            return self
        if limit < 1:
            raise DataError(f"The limit is {limit}; at least one face must remain.")
        note = left_out(self.rows["filename"][limit:], f"beyond the limit of {limit} faces")
        meta = {**self.meta, "left_out": [*self.meta["left_out"], *note]}
        rows = self.rows.iloc[:limit].reset_index(drop=True)
        return replace(self, rows=rows, meta=meta)


def left_out(names: Iterable[str], reason: str) -> list[dict[str, Any]]:
    """Return the note that `names` were left out for `reason`; none if there are none."""
    listed = list(names)
    if not listed:
        return []
    return [{"reason": reason, "count": len(listed), "first": [str(name) for name in listed[:20]]}]
