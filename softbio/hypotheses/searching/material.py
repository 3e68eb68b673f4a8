"""What a search runs on: which faces, and which of their attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from softbio.errors import DataError
from softbio.hypotheses.searching.scoring import Scale
from softbio.hypotheses.searching.tables import PackedFaces, pack_faces

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LeftOut", "Material", "gather"]

#: An attribute that is known for a smaller share of the faces is not searched.
LEAST_KNOWN = 0.5


@dataclass(frozen=True)
class LeftOut:
    """What a search did not use.

    Attributes
    ----------
    without_target, without_group, without_attributes : int
        Faces: their target is not known; nor their group; or an attribute that
        is searched is not. Formulas are compared on the same faces, so a
        face takes part only if all that is searched is known of it.
    attributes : dict of str to str
        Attributes that were not searched, and why.
    """

    without_target: int
    without_group: int
    without_attributes: int
    attributes: dict[str, str]


@dataclass(frozen=True, eq=False)
class Material:
    """Attributes, packed, of the faces that a search compares formulas on.

    Attributes
    ----------
    names : tuple of str
        The attributes that are searched; ``packed.bits[i]`` is that of ``names[i]``.
    groups : tuple of str
    packed : PackedFaces
    scale : Scale
    left_out : LeftOut
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    packed: PackedFaces
    scale: Scale
    left_out: LeftOut

    @property
    def n(self) -> int:
        """Faces."""
        return len(self.packed.faces)


def gather(
    columns: Mapping[str, np.ndarray] | pd.DataFrame,
    target: np.ndarray,
    group: np.ndarray | None = None,
    groups: tuple[str, ...] = ("all",),
) -> Material:
    """Choose the faces and attributes of a search, and pack them.

    Raises
    ------
    DataError
        If lengths differ, a value is not 0, 1 or unknown, or nothing is left.
    """
    target = np.asarray(target)
    n = len(target)
    group = np.zeros(n, np.int64) if group is None else np.asarray(group)
    if group.shape != (n,) or target.ndim != 1:
        raise DataError(
            f"The target speaks of {n:,} faces, the groups of {len(group):,}: give one of each "
            "for every face."
        )
    if group.size and int(group.max()) >= len(groups):
        raise DataError(f"Group {int(group.max())} has no name: {len(groups)} are given.")
    with_target = np.isin(target, (0, 1))
    with_group = group >= 0
    used = with_target & with_group
    names = [str(name) for name in columns]
    known = {name: _known(columns[name], name, n) for name in names}
    reasons: dict[str, str] = {}
    faces = int(used.sum())
    for name, (_, defined) in known.items():
        share = (defined & used).sum() / faces if faces and defined is not None else 1.0
        if share < LEAST_KNOWN:
            reasons[name] = f"known for {share:.0%} of the faces only"
    complete = used.copy()
    for name, (_, defined) in known.items():
        if defined is not None and name not in reasons:
            complete &= defined
    whole = bool(complete.all())
    for name, (values, _) in known.items():
        seen = values if whole else values[complete]
        if name not in reasons and (not len(seen) or seen.min() == seen.max()):
            reasons[name] = "the same for all faces"
    kept = tuple(name for name in names if name not in reasons)
    if not complete.any() or not kept:
        raise DataError(
            f"Nothing can be searched: {faces:,} of {n:,} faces have a target and a group, "
            f"{int(complete.sum()):,} of them all attributes, and {len(kept)} of {len(names)} "
            "attributes differ between faces."
        )
    index = np.where(complete, group, -1)
    values = np.stack([known[name][0] for name in kept])
    packed = pack_faces(values, np.where(complete, target, 0), index, len(groups))
    totals = packed.sizes.reshape(len(groups), 2).astype(np.float64)
    return Material(
        kept,
        groups,
        packed,
        Scale(totals, len(kept)),
        LeftOut(
            int((~with_target).sum()),
            int((with_target & ~with_group).sum()),
            int((used & ~complete).sum()),
            reasons,
        ),
    )


def _known(
    column: np.ndarray | pd.Series, name: str, n: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return where an attribute is 1, uint8, and where it is known (None: everywhere)."""
    values = (
        column if isinstance(column, np.ndarray) else column.to_numpy(dtype=np.int8, na_value=-1)
    )
    if values.shape != (n,):
        raise DataError(f"The attribute {name!r} has {len(values):,} values for {n:,} faces.")
    if values.dtype != np.bool_:
        low, high = (values.min(), values.max()) if n else (0, 0)
        if low < -1 or high > 1:
            raise DataError(
                f"The attribute {name!r} holds {low if low < -1 else high}; expected are 0, 1, "
                "and −1 or null for what is not known."
            )
        if low < 0:
            return (values == 1).astype(np.uint8), values >= 0
    return values.astype(np.uint8), None
