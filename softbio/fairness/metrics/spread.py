"""How far groups are apart: what joins the values of all groups into one.

Every function takes float arrays of shape (..., G) and goes through the groups
one at a time, ``values[..., g]``: a reduction along an axis of length two costs
NumPy several times as much. NaN in a group's value is NaN in the result.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import permutations

import numpy as np

__all__ = [
    "difference",
    "each_value",
    "fair",
    "fair_parts",
    "gap",
    "gap_parts",
    "highest",
    "largest_gap",
    "largest_gap_parts",
    "lowest",
    "lowest_of_all",
    "ratio",
    "ratio_parts",
    "signed_parts",
]


def lowest(values: np.ndarray) -> np.ndarray:
    """Return the smallest of the groups' values, shape (...)."""
    return _over_groups(np.minimum, values)


def highest(values: np.ndarray) -> np.ndarray:
    """Return the largest of the groups' values, shape (...)."""
    return _over_groups(np.maximum, values)


def difference(values: np.ndarray) -> np.ndarray:
    """Return how far groups are apart along the last axis.

    Parameters
    ----------
    values : ndarray, shape (..., G)

    Returns
    -------
    ndarray, shape (...)
        Two groups: the first minus the second, with its sign. More: the
        largest minus the smallest. One: NaN. NaN also where a value is.
    """
    if values.shape[-1] == 2:
        return np.asarray(values[..., 0] - values[..., 1])
    return gap(values)


def gap(values: np.ndarray) -> np.ndarray:
    """Return the largest minus the smallest value, shape (...); NaN for one group."""
    groups = values.shape[-1]
    if groups < 2:
        return np.full(values.shape[:-1], np.nan)
    if groups == 2:
        return np.abs(values[..., 0] - values[..., 1])
    return highest(values) - lowest(values)


def largest_gap(*values: np.ndarray) -> np.ndarray:
    """Return the largest `gap` of several group metrics, shape (...)."""
    return reduce(np.maximum, map(gap, values))


def ratio(values: np.ndarray) -> np.ndarray:
    """Return the smallest over the largest value, shape (...).

    NaN for one group, where all values are 0, and where one is negative: then a
    ratio says nothing about how far the groups are apart.
    """
    if values.shape[-1] < 2:
        return np.full(values.shape[:-1], np.nan)
    low, high = lowest(values), highest(values)
    return np.where(low >= 0, low / high, np.nan)


def fair(values: np.ndarray) -> np.ndarray:
    """Return the groups' mean minus their gap, shape (...); of one group, its value."""
    groups = values.shape[-1]
    mean = _mean(values)
    return mean if groups == 1 else mean - gap(values)


def lowest_of_all(*values: np.ndarray) -> np.ndarray:
    """Return the smallest value of any group in several group metrics, shape (...)."""
    return reduce(np.minimum, map(lowest, values))


def each_value(*values: np.ndarray) -> np.ndarray:
    """Return all groups' values of all metrics as parts: those of the first metric first."""
    return np.concatenate(values, axis=-1)


def signed_parts(values: np.ndarray) -> np.ndarray:
    """Return the parts whose maximum is `difference`: one for two groups, else `gap_parts`."""
    if values.shape[-1] == 2:
        return np.asarray(values[..., :1] - values[..., 1:])
    return gap_parts(values)


def gap_parts(values: np.ndarray) -> np.ndarray:
    """Return first minus second for all ordered pairs of groups: their maximum is `gap`."""
    first, second = _pairs(values)
    return np.asarray(values[..., first] - values[..., second]) if first else _nothing(values)


def largest_gap_parts(*values: np.ndarray) -> np.ndarray:
    """Return the `gap_parts` of several group metrics, those of the first metric first."""
    return np.concatenate([gap_parts(each) for each in values], axis=-1)


def ratio_parts(values: np.ndarray) -> np.ndarray:
    """Return first over second for all ordered pairs of groups: their minimum is `ratio`.

    A value of 0 over 0 is infinite while another group has more than 0: it is
    not the smallest then.
    """
    first, second = _pairs(values)
    if not first:
        return _nothing(values)
    over, under = values[..., first], values[..., second]
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = over / under
    low, high = lowest(values)[..., None], highest(values)[..., None]
    parts = np.where((under == 0) & (high > 0), np.inf, parts)
    return np.where(low >= 0, parts, np.nan)


def fair_parts(values: np.ndarray) -> np.ndarray:
    """Return mean − (first − second) for all ordered pairs: their minimum is `fair`."""
    mean = _mean(values)[..., None]
    first, second = _pairs(values)
    return mean - (values[..., first] - values[..., second]) if first else mean


def _mean(values: np.ndarray) -> np.ndarray:
    return _over_groups(np.add, values) / values.shape[-1]


def _over_groups(
    join: Callable[[np.ndarray, np.ndarray], np.ndarray], values: np.ndarray
) -> np.ndarray:
    return np.asarray(reduce(join, (values[..., group] for group in range(values.shape[-1]))))


def _pairs(values: np.ndarray) -> tuple[list[int], list[int]]:
    pairs = list(permutations(range(values.shape[-1]), 2))
    return [first for first, _ in pairs], [second for _, second in pairs]


def _nothing(values: np.ndarray) -> np.ndarray:
    """Return the parts of what one group alone does not have."""
    return np.full((*values.shape[:-1], 1), np.nan)
