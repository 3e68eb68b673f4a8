"""Kinds of faces in a class: how many there are, who stands for each, what sets it apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.fairness.intervals import number_people
from softbio.hypotheses.kinds.apart import TraitApart, traits_apart
from softbio.hypotheses.kinds.contrast import contrast
from softbio.hypotheses.kinds.mixture import choose
from softbio.hypotheses.kinds.telling import told_of
from softbio.hypotheses.probe.features import Features
from softbio.hypotheses.traits import Traits

__all__ = ["LEAST", "Kind", "Kinds", "kinds"]

#: Fewer faces of a class, or of the others, tell nothing about kinds.
LEAST = 40
_CENTRAL = 24


@dataclass(frozen=True, eq=False)
class Kind:
    """Faces of a class that are alike.

    Attributes
    ----------
    rows : ndarray, shape (n,), int64
        Row numbers in the set, ascending.
    central : ndarray, int64
        Of each group at most 24 of them, the most typical first.
    share : float
        Of the class, in 0 … 1.
    by_group : dict of str to (int, int)
        For each group its faces in the kind, and in the class.
    traits : tuple of TraitApart
        What sets it apart the most, first; empty where no attribute is known.
    """

    rows: np.ndarray
    central: np.ndarray
    share: float
    by_group: dict[str, tuple[int, int]]
    traits: tuple[TraitApart, ...]


@dataclass(frozen=True, eq=False)
class Kinds:
    """The kinds of a class, the largest first.

    Attributes
    ----------
    groups : tuple of Kind
        One, where there is no evidence of more.
    separation : float
        Ashman's D of the two nearest kinds: standard deviations between their means. NaN for one.
    stability : float
        Agreement (adjusted Rand index) of the cuts that two halves of the people give. NaN for one.
    n : int
        Faces of the class that were looked at.
    left_out : int
        Faces of the class whose group is not known.
    against : int
        Faces that the class was held against.
    stands_out : bool
        Whether the class differs from the others in any direction by more than chance. If not,
        no face is more typical than another, and `Kind.central` are merely some.
    sentence : str
        What was found.
    """

    groups: tuple[Kind, ...]
    separation: float
    stability: float
    n: int
    left_out: int
    against: int
    stands_out: bool
    sentence: str

    def __len__(self) -> int:
        return len(self.groups)


def kinds(
    faces: FaceSet,
    rows: np.ndarray,
    features: Features | np.ndarray,
    traits: Traits | None = None,
    *,
    others: np.ndarray | None = None,
    most: int = 5,
    seed: int = 0,
) -> Kinds:
    """Find the kinds of faces in a class.

    Each face is held against the other class's mean of its own group, so that kinds are not
    merely women and men; where the class stands out from the others, mixtures of Gaussians are
    compared, and one kind is an answer. Memory and time grow with a sample of at most 20,000
    faces of each side; the other faces are then assigned.

    Parameters
    ----------
    faces : FaceSet
    rows : ndarray, int64
        Rows of the class, such as those with label 1.
    features : Features, or ndarray of shape (N, D)
        What is known of each face's look.
    traits : Traits, optional
        What sets kinds apart is told in them.
    others : ndarray, int64, optional
        Rows of the faces to hold the class against. By default all others.
    most : int
        Kinds at most, from 1 to 8.
    seed : int

    Returns
    -------
    Kinds

    Raises
    ------
    DataError
        If the class or the others have fewer than 40 faces of a known group, the features are of
        other faces or hold numbers that are not finite, or `most` is out of range.
    """
    values = features.values if isinstance(features, Features) else np.asarray(features)
    rows = np.unique(np.asarray(rows, np.int64))
    if others is None:
        others = np.setdiff1d(np.arange(len(faces)), rows)
    others = np.unique(np.asarray(others, np.int64))
    if values.ndim != 2 or len(values) != len(faces):
        raise DataError(
            f"The features should have a row for each of the {len(faces):,} faces of {faces.name}. "
            f"Received: {values.shape}."
        )
    if not 1 <= most <= 8:
        raise DataError(f"A class is cut into 1 to 8 kinds. Received: {most}.")
    group = faces.group_index()
    listed = len(rows)
    rows, others = rows[group[rows] >= 0], others[group[others] >= 0]
    for what, chosen in (("class", rows), ("other class", others)):
        if len(chosen) < LEAST:
            raise DataError(
                f"The {what} has {len(chosen)} faces of a known {faces.group_column}; kinds can be "
                f"looked for from {LEAST} faces on. Choose a larger class."
            )
    if not all(_finite(values, chosen) for chosen in (rows, others)):
        raise DataError("The features hold numbers that are not finite. Train or pack anew.")
    rng = np.random.default_rng(seed)
    person, _ = number_people(_persons(faces))
    own, _ = number_people(person[rows])
    fitting = min(most, len(rows) // (LEAST // 2))
    with _one_thread():
        found = contrast(values, rows, others, group, most=most, rng=rng)
        places = found.project(values, rows, group)
        cut = choose(places, own, most=fitting, rng=rng)
        kind = cut.kind(places)
    members = [rows[kind == index] for index in range(int(kind.max()) + 1)]
    names = tuple(faces.group_names.values())
    apart: list[tuple[TraitApart, ...]] = [() for _ in members]
    if traits is not None and traits.names:
        apart = traits_apart(traits, members, others, group, len(names), person)
    groups = tuple(
        Kind(
            own_rows,
            _central(own_rows, places[kind == index], group),
            len(own_rows) / len(rows),
            {
                name: (int((group[own_rows] == at).sum()), int((group[rows] == at).sum()))
                for at, name in enumerate(names)
            },
            apart[index],
        )
        for index, own_rows in enumerate(members)
    )
    stands_out = found.axes.shape[1] > 0
    sentence = told_of(groups, stands_out)
    return Kinds(
        groups,
        cut.separation,
        cut.stability,
        len(rows),
        listed - len(rows),
        len(others),
        stands_out,
        sentence,
    )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep to one thread: on a busy machine threads that wait for each other take ten times as long."""
    import scipy.linalg  # noqa: F401  (what is limited must be loaded)
    import sklearn.mixture  # noqa: F401
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):
        yield


def _finite(values: np.ndarray, rows: np.ndarray) -> bool:
    parts = np.array_split(rows, -(-len(rows) // 8192))
    return all(bool(np.isfinite(values[part]).all()) for part in parts)


def _persons(faces: FaceSet) -> np.ndarray:
    """Return who is on each photograph, negative where nobody knows."""
    identity = faces.table["identity"]
    codes, _ = identity.factorize()
    return np.asarray(codes, np.int64)


def _central(rows: np.ndarray, places: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return of each group the faces nearest to its middle of the kind."""
    chosen = []
    distance = np.full(len(rows), np.inf)
    for index in np.unique(group[rows]):
        own = group[rows] == index
        if places.shape[1]:
            middle = np.median(places[own], axis=0)
            spread = places.std(axis=0) + 1e-9
            distance[own] = np.square((places[own] - middle) / spread).sum(axis=1)
        else:
            # The same everywhere in the set, so that they are not all from its beginning.
            distance[own] = np.argsort(np.argsort(rows[own] * 2_654_435_761 % 2**32))
        nearest = np.flatnonzero(own)[np.argsort(distance[own], kind="stable")[:_CENTRAL]]
        chosen.append(nearest)
    at = np.concatenate(chosen)
    return np.asarray(rows[at[np.argsort(distance[at], kind="stable")]])
