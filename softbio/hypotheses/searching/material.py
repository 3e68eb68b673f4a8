"""What a search runs on: which faces, and which of their attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from softbio.errors import DataError
from softbio.formula.conjunctions import PackedFaces, pack_faces
from softbio.hypotheses.searching.people import faces_as_one
from softbio.hypotheses.searching.scoring import Scale
from softbio.hypotheses.searching.sharpening import STRENGTHS, sharpened
from softbio.hypotheses.searching.values import known_values

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LeftOut", "Material", "gather"]

#: An attribute that is known for a smaller share of the faces is not searched.
LEAST_KNOWN = 0.5

# Attributes known by chances are drawn so often that counts of this many faces come about:
# few enough to search, many enough that what counts foretell is not the luck of the draw.
_FACES_DRAWN = 300_000
_MOST_COPIES = 64


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
        Attributes of which only chances are known are drawn, several times for each face.
    scale : Scale
        Of the faces themselves.
    left_out : LeftOut
    faces : ndarray, shape (n,), int64
        Which faces take part, sorted by stratum.
    sizes : ndarray, shape (S,), int64
        Faces in each stratum ``2 group + target``.
    faces_as_one : ndarray, shape (G,), float64
        See `people.faces_as_one`.
    probed : tuple of str
        Attributes of which only chances are known.
    versions : tuple of dict of str to ndarray, shape (n,)
        Where there are such: 0 and 1, or the chances, of every attribute at `faces`. First
        the chances as they came; then, if other attributes are known, given those too, in
        the strengths of `sharpening`.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    packed: PackedFaces
    scale: Scale
    left_out: LeftOut
    faces: np.ndarray
    sizes: np.ndarray
    faces_as_one: np.ndarray
    probed: tuple[str, ...] = ()
    versions: tuple[Mapping[str, np.ndarray], ...] = ()

    @property
    def n(self) -> int:
        """Faces."""
        return len(self.faces)

    def sharpened(self, strength: float) -> Mapping[str, np.ndarray]:
        """Return the version of the chances with a strength; without others, as they came."""
        return self.versions[STRENGTHS.index(strength) if len(self.versions) > 1 else 0]

    def bits_of(self, name: str) -> np.ndarray:
        """Return an attribute, packed (W,)."""
        bits: np.ndarray = self.packed.bits[self.names.index(name)]
        return bits


def gather(
    columns: Mapping[str, np.ndarray] | pd.DataFrame,
    target: np.ndarray,
    group: np.ndarray | None = None,
    groups: tuple[str, ...] = ("all",),
    person: np.ndarray | None = None,
) -> Material:
    """Choose the faces and attributes of a search, and pack them.

    Parameters
    ----------
    columns, target, group, groups, person
        As in `search`.

    Raises
    ------
    DataError
        If lengths differ, a value is not 0, 1, unknown or a chance, or nothing is left.
    """
    target = np.asarray(target)
    n = len(target)
    group = np.zeros(n, np.int64) if group is None else np.asarray(group)
    if group.shape != (n,) or target.ndim != 1:
        raise DataError(
            f"The target speaks of {n:,} faces, the groups of {len(group):,}: give one of each "
            "for every face."
        )
    if person is not None and np.shape(person) != (n,):
        raise DataError(
            f"The target speaks of {n:,} faces, the people of {np.size(person):,}: give one of "
            "each for every face."
        )
    if group.size and int(group.max()) >= len(groups):
        raise DataError(f"Group {int(group.max())} has no name: {len(groups)} are given.")
    with_target = np.isin(target, (0, 1))
    with_group = group >= 0
    used = with_target & with_group
    names = [str(name) for name in columns]
    known = {name: known_values(columns[name], name, n) for name in names}
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
    target = np.where(complete, target, 0)
    columns = {name: known[name][0] for name in kept}
    probed = tuple(name for name in kept if columns[name].dtype.kind == "f")
    versions: tuple[Mapping[str, np.ndarray], ...] = ()
    if probed:
        stratum = np.where(complete, 2 * index + target, 2 * len(groups))
        order = np.argsort(stratum, kind="stable")[: int(complete.sum())]
        given = {name: columns[name][order] for name in kept}
        versions = sharpened(given, probed)
        packed = _drawn(versions, target[order], index[order], len(groups))
    else:
        packed = pack_faces(np.stack(list(columns.values())), target, index, len(groups))
        order = packed.faces
    sizes = packed.sizes // packed.copies
    return Material(
        kept,
        groups,
        packed,
        Scale(sizes.reshape(len(groups), 2).astype(np.float64), len(kept)),
        LeftOut(
            int((~with_target).sum()),
            int((with_target & ~with_group).sum()),
            int((used & ~complete).sum()),
            reasons,
        ),
        order,
        sizes,
        faces_as_one(target, index, len(groups), person),
        probed,
        versions,
    )


def _drawn(
    versions: tuple[Mapping[str, np.ndarray], ...],
    target: np.ndarray,
    group: np.ndarray,
    groups: int,
) -> PackedFaces:
    """Pack several copies of each face, attributes of which only chances are known drawn.

    The versions of the chances take turns.
    """
    n = len(target)
    copies = min(max(_FACES_DRAWN // n, 2), _MOST_COPIES)
    rng = np.random.default_rng(0)
    drawn = np.empty((len(versions[0]), copies, n), np.uint8)
    for row, name in enumerate(versions[0]):
        for copy in range(copies):
            column = versions[copy % len(versions)][name]
            chancy = column.dtype.kind == "f"
            drawn[row, copy] = rng.random(n, np.float32) < column if chancy else column
    values = drawn.reshape(len(drawn), -1)
    return pack_faces(values, np.tile(target, copies), np.tile(group, copies), groups, copies)
