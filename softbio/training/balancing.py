"""Making groups, or cells, equally many in the training faces: exact, and keyed by a seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from softbio.errors import DataError

__all__ = ["over_sample", "part_sizes", "parts", "under_sample"]


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
        first = empty[0]
        name = groups[first] if by == "group" else f"{groups[first // 2]} with label {first % 2}"
        raise DataError(
            f"Balancing by {by} needs faces of every {by}, and the training split has no "
            f"{name}. Pack more faces, or set balancing.method=none."
        )
    return sizes


def under_sample(
    labels: np.ndarray, group: np.ndarray, groups: Sequence[str], by: str, seed: int
) -> np.ndarray:
    """Return places of faces such that every part is as small as the smallest.

    Parameters
    ----------
    labels, group : ndarray, shape (n,)
    groups : sequence of str
    by : {"group", "cell"}
    seed : int

    Returns
    -------
    ndarray, shape (k · smallest,), int64
        Ascending, none twice.

    Raises
    ------
    DataError
        If a part is empty.
    """
    smallest = part_sizes(labels, group, groups, by).min()
    draws = np.random.default_rng((seed, 2))
    part = parts(labels, group, by)
    chosen = [
        draws.choice(np.flatnonzero(part == number), smallest, replace=False)
        for number in np.unique(part)
    ]
    return np.sort(np.concatenate(chosen))


def over_sample(
    labels: np.ndarray, group: np.ndarray, groups: Sequence[str], by: str, seed: int
) -> np.ndarray:
    """Return places of faces such that every part is as large as the largest.

    Every face stands there, and within a part none stands there two times more
    than another.

    Parameters
    ----------
    labels, group : ndarray, shape (n,)
    groups : sequence of str
    by : {"group", "cell"}
    seed : int

    Returns
    -------
    ndarray, shape (k · largest,), int64
        Ascending.

    Raises
    ------
    DataError
        If a part is empty.
    """
    largest = int(part_sizes(labels, group, groups, by).max())
    draws = np.random.default_rng((seed, 2))
    part = parts(labels, group, by)
    chosen = []
    for number in np.unique(part):
        members = np.flatnonzero(part == number)
        whole, rest = divmod(largest, len(members))
        chosen += [np.tile(members, whole), draws.choice(members, rest, replace=False)]
    return np.sort(np.concatenate(chosen))
