"""Duplicates: the same photograph under several names, and what it does to labels and splits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from softbio.audit.duplicates.descriptors import describe
from softbio.audit.duplicates.near import LEAST_ALIKE, near_pairs
from softbio.faces.faceset import FaceSet

__all__ = ["DuplicateGroup", "Duplicates", "duplicates"]


@dataclass(frozen=True, eq=False)
class DuplicateGroup:
    """Copies of one photograph.

    Attributes
    ----------
    rows : ndarray, shape (k,), int64
        Of the set, ascending, two at least.
    identical : bool
        Whether all have the same pixels.
    alike : float
        The least correlation by which the copies hang together; 1 where they are identical.
    mirrored : bool
        Whether some are mirrored.
    labels_differ, people_differ : bool
        Among the known labels, and the known people.
    splits : tuple of str
        The splits that they stand in, in the order train, validation, test, unlabelled.
    """

    rows: np.ndarray
    identical: bool
    alike: float
    mirrored: bool
    labels_differ: bool
    people_differ: bool
    splits: tuple[str, ...]

    @property
    def leaks(self) -> bool:
        """Whether a face that was trained on has a copy among those that judge."""
        return "train" in self.splits and any(split in self.splits for split in ("val", "test"))

    @property
    def crosses(self) -> bool:
        """Whether the copies stand in several splits; the halves of validation count as one."""
        return len(self.splits) > 1


@dataclass(frozen=True, eq=False)
class Duplicates:
    """All copies of a set, the most harmful first.

    Attributes
    ----------
    groups : tuple of DuplicateGroup
        First those whose labels differ, then those that cross splits (train and test before
        others), then those of different people, then the rest; the most alike first.
    n : int
        Faces of the set.
    least : float
        The correlation from which on photographs count as copies.
    """

    groups: tuple[DuplicateGroup, ...]
    n: int
    least: float

    @property
    def faces(self) -> int:
        """How many faces have a copy."""
        return sum(len(group.rows) for group in self.groups)


def duplicates(
    faces: FaceSet,
    *,
    least: float = LEAST_ALIKE,
    progress: Callable[[str, int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Duplicates:
    """Find the photographs that a set holds more than once.

    Identical are those whose pixels, as packed, are the same: byte-identical files always are,
    and so are different files that are decoded to the same picture. Near-duplicates are copies
    that were compressed, resized or lightened, mirrored ones too. Cropped copies are not found.

    Parameters
    ----------
    faces : FaceSet
    least : float
        The least correlation of near-duplicates' greys, above 0.9 to 1.
    progress : callable, optional
        Called with ``read`` or ``compare``, how much is done, and of how much.
    stop : callable, optional
        Asked now and then whether to give up.

    Raises
    ------
    DataError
        If the set has no images.
    CancelledError
        If `stop` says so.
    """
    faces.needs_images("Duplicates")
    told = progress or (lambda phase, done, total: None)
    seen = describe(faces, progress=lambda done, of: told("read", done, of), stop=stop)
    _, first, inverse = np.unique(seen.digest, return_index=True, return_inverse=True)
    same_as = first[inverse]
    # One of each: a thousand identical faces would be half a million pairs.
    rows = np.sort(first)
    pairs, correlation, mirrored = near_pairs(
        faces,
        rows,
        seen.descriptor[rows],
        least=least,
        progress=lambda done, of: told("compare", done, of),
        stop=stop,
    )
    root = _joined(len(faces), same_as, pairs)
    _, group, counts = np.unique(root, return_inverse=True, return_counts=True)
    order = np.argsort(group, kind="stable")
    members = np.split(order, np.cumsum(counts)[:-1])
    weakest = np.ones(len(counts))
    turned = np.zeros(len(counts), bool)
    if len(pairs):
        np.minimum.at(weakest, group[pairs[:, 0]], correlation)
        np.logical_or.at(turned, group[pairs[:, 0]], mirrored)
    label, splits = faces.labels(), _splits(faces)
    person = faces.table["identity"].fillna(-1).to_numpy(dtype=np.int64)
    found = []
    for at in np.flatnonzero(counts > 1):
        mine = members[at]
        found.append(
            DuplicateGroup(
                mine,
                bool((same_as[mine] == same_as[mine[0]]).all()),
                float(weakest[at]),
                bool(turned[at]),
                _differ(label[mine]),
                _differ(person[mine]),
                tuple(name for name in _SPLITS if name in splits[mine]),
            )
        )
    found.sort(key=_harm)
    return Duplicates(tuple(found), len(faces), least)


_SPLITS = ("train", "val", "test", "unlabelled")


def _splits(faces: FaceSet) -> np.ndarray:
    split = faces.table["split"].to_numpy(dtype=object)
    return np.array([name.split("_")[0] for name in split], dtype=object)


def _differ(values: np.ndarray) -> bool:
    known = values[values >= 0]
    return bool(len(known) and (known != known[0]).any())


def _harm(group: DuplicateGroup) -> tuple[bool, bool, bool, bool, bool, float, int]:
    across = "train" in group.splits and "test" in group.splits
    return (
        not group.labels_differ,
        not across,
        not group.leaks,
        not group.crosses,
        not group.people_differ,
        -group.alike,
        int(group.rows[0]),
    )


def _joined(n: int, same_as: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return a number for each face, the same for all that copies join (N,)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    one = np.concatenate([np.arange(n), pairs[:, 0]])
    other = np.concatenate([same_as, pairs[:, 1]])
    graph = coo_array((np.ones(len(one), bool), (one, other)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1])
