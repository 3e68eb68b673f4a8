"""Numbers by the name of a group or a cell, as weights and flip rates are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from softbio.errors import ConfigError

__all__ = ["cell_values", "check_cell_weights", "check_rates", "check_some_weight", "check_weights"]


def cell_values(
    values: Mapping[str, float], groups: Sequence[str], setting: str, *, otherwise: float
) -> list[list[float]]:
    """Return numbers that are given by the name of a cell as a table [group][label].

    Parameters
    ----------
    values : mapping
        From names such as 'women 1'.
    groups : sequence of str
        Names of the groups, in the order of the table.
    setting : str
        The path of the setting, for the sentence of an error.
    otherwise : float
        The value of cells that are not named.

    Raises
    ------
    ConfigError
        If a name is of no group in `groups`.
    """
    for name in values:
        if name.rpartition(" ")[0] not in groups:
            raise ConfigError(
                f"`{setting}.{name}`: the face set has no group {name.rpartition(' ')[0]!r}. "
                f"Its groups are: {', '.join(groups)}."
            )
    return [
        [float(values.get(f"{group} {label}", otherwise)) for label in (0, 1)] for group in groups
    ]


def check_weights(weights: dict[str, float]) -> dict[str, float]:
    """Return weights of groups by name; refuse empty names and weights out of bounds."""
    for name, weight in weights.items():
        if not name.strip():
            raise ValueError("a weight belongs to a group or a cell by its name, as in women=1")
        if not 0.0 <= weight <= 100.0:
            raise ValueError(f"the weight of {name} must lie in 0 … 100. Received: {weight:g}")
    return weights


def check_cell_weights(weights: dict[str, float]) -> dict[str, float]:
    """Return weights of cells by name, such as 'women 1'."""
    _check_cells(weights)
    return check_weights(weights)


def _check_cells(values: dict[str, float]) -> None:
    for name in values:
        group, _, label = name.rpartition(" ")
        if not group.strip() or label not in ("0", "1"):
            raise ValueError(
                f"a cell is named by its group and its label, as in 'women 1'. Received: {name!r}"
            )


def check_some_weight(weights: dict[str, float]) -> dict[str, float]:
    """Return weights of groups, of which at least one is above 0.

    Where one group alone is named, the others have 1.
    """
    if len(weights) > 1 and not any(weights.values()):
        raise ValueError("at least one group needs a weight above 0")
    return check_weights(weights)


def check_rates(rates: dict[str, float]) -> dict[str, float]:
    """Return flip rates of cells by name; both of a group must leave the labels a meaning."""
    _check_cells(rates)
    for name, rate in rates.items():
        if not 0.0 <= rate < 1.0:
            raise ValueError(f"the flip rate of {name} must lie in 0 … 1. Received: {rate:g}")
    for group in {name.rpartition(" ")[0] for name in rates}:
        both = rates.get(f"{group} 0", 0.0) + rates.get(f"{group} 1", 0.0)
        if both >= 1.0:
            raise ValueError(
                f"the two flip rates of {group} must add up to less than 1, or the labels say "
                f"nothing, or the opposite. Received: {both:g} together"
            )
    return rates
