"""Power: how small a gap so many faces can show, and how many faces a gap needs.

A comparison that finds nothing means little where it could not have found
anything. All figures are of the usual normal test of two rates, two-sided.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

from softbio.errors import ConfigError

__all__ = ["Needed", "needed_n", "power_of_gap", "smallest_change", "smallest_gap"]

_HALVINGS = 60


class Needed(NamedTuple):
    """Faces that are needed in each of two groups."""

    first: int
    second: int

    @property
    def total(self) -> int:
        """Faces of both groups."""
        return self.first + self.second


def power_of_gap(
    gap: float,
    n_first: float,
    n_second: float,
    rate: float,
    level: float = 0.95,
    design: float = 1.0,
) -> float:
    """Return the chance that a gap between two groups' rates is seen.

    Parameters
    ----------
    gap : float
        In 0 … 1. One group's rate is `rate`, the other's is `gap` away from it,
        towards one half, where rates vary most.
    n_first, n_second : float
        Faces of each group, or of each group with the label that is asked for.
    rate : float
        In 0 … 1.
    level : float
        Of the interval, or 1 minus the level of the test.
    design : float
        Variance by person over variance by face, at least 1 where people
        repeat: so many faces tell as much as one.

    Returns
    -------
    float
        NaN where no second rate lies that far away.

    Raises
    ------
    ConfigError
        If an argument is out of bounds.

    References
    ----------
    Fleiss, Levin & Paik 2003, Statistical Methods for Rates and Proportions,
    section 4.2: the variance under the null hypothesis is that of the common rate.
    R's ``power.prop.test`` computes the same for groups of equal size.

    Examples
    --------
    >>> round(power_of_gap(0.25, 50, 50, 0.75), 3)
    0.74
    """
    _check(level=level, power=None, design=design)
    _check_rate("gap", gap)
    _check_rate("rate", rate)
    if min(n_first, n_second) <= 0:
        return math.nan
    other = rate - gap if rate >= 0.5 else rate + gap
    if not 0.0 <= other <= 1.0:
        return math.nan
    first, second = n_first / design, n_second / design
    common = (first * rate + second * other) / (first + second)
    null = math.sqrt(common * (1 - common) * (1 / first + 1 / second))
    true = math.sqrt(rate * (1 - rate) / first + other * (1 - other) / second)
    beyond = gap - _z(level) * null
    if true == 0.0:
        return 1.0 if beyond > 0 else 0.0
    return NormalDist().cdf(beyond / true)


def smallest_gap(
    n_first: float,
    n_second: float,
    rate: float,
    level: float = 0.95,
    power: float = 0.8,
    design: float = 1.0,
) -> float:
    """Return the smallest gap between two groups' rates that would be seen.

    Parameters
    ----------
    n_first, n_second, rate, level, design : float
        As `power_of_gap` takes them. `rate` is that of the first group.
    power : float
        Wanted chance of seeing it.

    Returns
    -------
    float
        NaN where so few faces cannot show any gap.

    Examples
    --------
    >>> round(smallest_gap(4000, 4000, 0.92), 4)
    0.0178
    """
    _check(level=level, power=power, design=design)
    _check_rate("rate", rate)
    most = max(rate, 1 - rate)

    def seen(gap: float) -> bool:
        return power_of_gap(gap, n_first, n_second, rate, level, design) >= power

    if min(n_first, n_second) <= 0 or not seen(most):
        return math.nan
    return _first(seen, most)


def needed_n(
    gap: float,
    rate: float,
    share: float = 0.5,
    level: float = 0.95,
    power: float = 0.8,
    design: float = 1.0,
) -> Needed:
    """Return how many faces of two groups are needed to see a gap.

    Parameters
    ----------
    gap : float
        Above 0, and small enough that another rate lies that far from `rate`.
    rate : float
        Of the first group.
    share : float
        Of the first group among the faces of both, in 0 … 1, both excluded.
    level, power, design : float
        As `smallest_gap` takes them.

    Returns
    -------
    Needed
        Rounded up.

    Raises
    ------
    ConfigError
        If an argument is out of bounds.

    Examples
    --------
    >>> needed_n(0.25, 0.75, power=0.9)
    Needed(first=77, second=77)
    """
    _check(level=level, power=power, design=design)
    _check_rate("gap", gap)
    _check_rate("rate", rate)
    if not 0.0 < share < 1.0:
        raise ConfigError(f"`share` must lie between 0 and 1. Received: {share:g}.")
    other = rate - gap if rate >= 0.5 else rate + gap
    if gap == 0.0 or not 0.0 <= other <= 1.0:
        raise ConfigError(
            f"`gap` must be above 0 and at most {max(rate, 1 - rate):g}, for a rate of {rate:g}. "
            f"Received: {gap:g}."
        )
    common = share * rate + (1 - share) * other
    null = math.sqrt(common * (1 - common) * (1 / share + 1 / (1 - share)))
    true = math.sqrt(rate * (1 - rate) / share + other * (1 - other) / (1 - share))
    total = ((_z(level) * null + NormalDist().inv_cdf(power) * true) / gap) ** 2 * design
    return Needed(math.ceil(total * share - 1e-9), math.ceil(total * (1 - share) - 1e-9))


def smallest_change(
    n: float, changed: float, level: float = 0.95, power: float = 0.8, design: float = 1.0
) -> float:
    """Return the smallest change of a rate between two runs on the same faces that would be seen.

    Parameters
    ----------
    n : float
        Faces.
    changed : float
        Share of the faces for which exactly one of the runs is right, in 0 … 1.
    level, power, design : float
        As `smallest_gap` takes them.

    Returns
    -------
    float
        By McNemar's test; NaN where even a change of all of these faces in one
        direction would be missed.

    References
    ----------
    Connor 1987, Sample size for testing differences in proportions for the
    paired-sample design, Biometrics 43:207-211.

    Examples
    --------
    >>> round(smallest_change(4000, 0.05), 4)
    0.0099
    """
    _check(level=level, power=power, design=design)
    _check_rate("changed", changed)
    if n <= 0:
        return math.nan
    size, z, reach = n / design, _z(level), NormalDist().inv_cdf(power)

    def seen(change: float) -> bool:
        spread = math.sqrt(max(changed - change * change, 0.0))
        return math.sqrt(size) * change >= z * math.sqrt(changed) + reach * spread

    return _first(seen, changed) if changed > 0 and seen(changed) else math.nan


def _first(seen: Callable[[float], bool], most: float) -> float:
    """Return the smallest number up to `most` that is seen; by halving."""
    low, high = 0.0, most
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if seen(middle) else (middle, high)
    return high


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def _check(*, level: float, power: float | None, design: float) -> None:
    if not 0.5 <= level < 1.0:
        raise ConfigError(f"`level` must lie in 0.5 … 1. Received: {level:g}.")
    if power is not None and not 0.5 <= power < 1.0:
        raise ConfigError(f"`power` must lie in 0.5 … 1. Received: {power:g}.")
    if not design > 0.0:
        raise ConfigError(f"`design` must be above 0. Received: {design:g}.")


def _check_rate(name: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise ConfigError(f"`{name}` must lie in 0 … 1. Received: {value:g}.")
