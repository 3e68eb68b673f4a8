"""Making groups, or cells, equally many in the training faces: exact, and keyed by a seed.

How far is a mixture: 0 leaves the shares of the parts as they are, 1 makes them equal, and between
the two each part's share is the mean of both, weighted so.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from softbio.errors import DataError

__all__ = ["over_sample", "part_name", "part_sizes", "parts", "target_shares", "under_sample"]


def parts(labels: np.ndarray, group: np.ndarray, by: str) -> np.ndarray:
    """Return the number of each face's part, shape (n,), int64.

    Parameters
    ----------
    labels : ndarray, shape (n,)
        0 or 1.
    group : ndarray, shape (n,)
        Index of the group.
    by : {"group", "cell"}
        The parts are the groups, or the cells in the order ``2 · group + label``.
    """
    group = np.asarray(group, dtype=np.int64)
    return group if by == "group" else 2 * group + np.asarray(labels, dtype=np.int64)


def part_sizes(labels: np.ndarray, group: np.ndarray, groups: Sequence[str], by: str) -> np.ndarray:
    """Return how many faces each part has, shape (G,) or (2G,), int64.

    Raises
    ------
    DataError
        Naming the first part that has no face: it cannot be balanced.
    """
    count = len(groups) * (1 if by == "group" else 2)
    sizes = np.bincount(parts(labels, group, by), minlength=count)
    if empty := np.flatnonzero(sizes == 0).tolist():
        raise DataError(
            f"Balancing by {by} needs faces of every {by}, and among those to train on there are no "
            f"{part_name(empty[0], groups, by)}. Pack more faces, or set balancing.method=none."
        )
    return sizes


def part_name(number: int, groups: Sequence[str], by: str) -> str:
    """Return what a part is called: ``women``, or ``women with label 1``."""
    return groups[number] if by == "group" else f"{groups[number // 2]} with label {number % 2}"


def target_shares(sizes: np.ndarray, mixture: float) -> list[Fraction]:
    """Return the wanted share of each part: ``(1 − mixture) · natural + mixture / K``, exactly.

    Parameters
    ----------
    sizes : ndarray, shape (K,), int
        Faces of each part, none of them 0.
    mixture : float
        0 to 1, taken as the decimal number that it is written as.

    Returns
    -------
    list of Fraction
        K of them, with the sum 1.
    """
    far, total = Fraction(str(mixture)), int(sizes.sum())
    return [(1 - far) * Fraction(int(size), total) + far / len(sizes) for size in sizes]


def under_sample(
    labels: np.ndarray,
    group: np.ndarray,
    groups: Sequence[str],
    by: str,
    seed: int,
    mixture: float = 1.0,
) -> np.ndarray:
    """Return places of faces such that the parts have the wanted shares, none repeated.

    As many as can be: all faces of the smallest part stay.

    Parameters
    ----------
    labels, group : ndarray, shape (n,)
    groups : sequence of str
    by : {"group", "cell"}
    seed : int
    mixture : float
        0 keeps all faces; 1 makes every part as small as the smallest.

    Returns
    -------
    ndarray, shape (m,), int64
        Ascending, none twice.

    Raises
    ------
    DataError
        If a part is empty.
    """
    sizes = part_sizes(labels, group, groups, by)
    wanted = _scaled(target_shares(sizes, mixture), sizes, int(sizes.argmin()))
    draws = np.random.default_rng((seed, 2))
    part = parts(labels, group, by)
    chosen = [
        draws.choice(np.flatnonzero(part == number), count, replace=False)
        for number, count in enumerate(wanted)
    ]
    return np.sort(np.concatenate(chosen))


def over_sample(
    labels: np.ndarray,
    group: np.ndarray,
    groups: Sequence[str],
    by: str,
    seed: int,
    mixture: float = 1.0,
) -> np.ndarray:
    """Return places of faces such that the parts have the wanted shares, none left out.

    As few as can be: no face of the largest part is repeated, and within a part none stands
    there two times more than another.

    Parameters
    ----------
    labels, group : ndarray, shape (n,)
    groups : sequence of str
    by : {"group", "cell"}
    seed : int
    mixture : float
        0 repeats no face; 1 makes every part as large as the largest.

    Returns
    -------
    ndarray, shape (m,), int64
        Ascending.

    Raises
    ------
    DataError
        If a part is empty.
    """
    sizes = part_sizes(labels, group, groups, by)
    wanted = _scaled(target_shares(sizes, mixture), sizes, int(sizes.argmax()))
    draws = np.random.default_rng((seed, 2))
    part = parts(labels, group, by)
    chosen = []
    for number, count in enumerate(wanted):
        members = np.flatnonzero(part == number)
        whole, rest = divmod(count, len(members))
        chosen += [np.tile(members, whole), draws.choice(members, rest, replace=False)]
    return np.sort(np.concatenate(chosen))


def _scaled(shares: list[Fraction], sizes: np.ndarray, fixed: int) -> list[int]:
    """Return how many faces of each part give the shares when all of the part `fixed` stand once.

    The ratio of wanted to natural share falls with a part's size. So where the smallest is fixed
    no other part is asked for more than it has, and where the largest is, for no fewer.
    """
    unit = int(sizes[fixed]) / shares[fixed]
    return [int(share * unit + Fraction(1, 2)) for share in shares]
