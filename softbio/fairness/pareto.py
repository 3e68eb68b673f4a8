"""The Pareto front: what nothing else beats in one figure without losing in another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["pareto_front"]


def pareto_front(points: np.ndarray, higher: Sequence[bool]) -> np.ndarray:
    """Return which points are not dominated.

    A point dominates another that it is no worse than in any figure, and better than in one.
    Equal points do not dominate each other. A point with an undefined figure is neither on the
    front nor dominates anything.

    Parameters
    ----------
    points : ndarray, shape (n, d), float
        A point a line, a figure a column.
    higher : sequence of bool, length d
        Of each figure, whether more is better.

    Returns
    -------
    ndarray, shape (n,), bool

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> pareto_front(np.array([[0.9, 0.5], [0.8, 0.7], [0.8, 0.6]]), (True, True))
    array([ True,  True, False])
    """
    points = np.asarray(points, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != len(higher):
        raise ValueError(f"points {points.shape} do not have {len(higher)} figures each")
    gains = np.where(np.asarray(higher, dtype=bool), points, -points)
    known = ~np.isnan(gains).any(axis=1)
    front = np.zeros(len(points), dtype=bool)
    # Point by point, since all pairs at once take n² d of memory.
    for place in np.flatnonzero(known):
        no_worse = (gains >= gains[place]).all(axis=1)
        better = (gains > gains[place]).any(axis=1)
        front[place] = not (no_worse & better & known).any()
    return front
