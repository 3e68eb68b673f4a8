"""How often each attribute holds, by group."""

from __future__ import annotations

import numpy as np

from dashboard.widgets.numbers import count, percent
from dashboard.widgets.plain_table import plain_table
from softbio.faces.faceset import FaceSet

__all__ = ["attribute_shares"]


def attribute_shares(faces: FaceSet) -> None:
    """Show a table: for each attribute the share of faces that have it, of those where it is known."""
    groups = list(faces.group_names.values())
    group = faces.group_index()
    lines = []
    for name in faces.attributes:
        values = faces.table[name].to_numpy(dtype=np.int8, na_value=-1)
        line = [name, count(int((values == 1).sum()))]
        for inside in (*(group == index for index in range(len(groups))), None):
            known = values >= 0 if inside is None else inside & (values >= 0)
            line.append(percent(float((values[known] == 1).mean()) if known.any() else None))
        lines.append(tuple(line))
    plain_table(
        ["attribute", "faces", *groups, "all"],
        lines,
        label="Share of faces that have each attribute, by group",
        key="attribute_shares",
    )
