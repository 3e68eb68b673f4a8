"""Choice and Range: what one setting is varied within, and whether the setting takes it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from softbio.config.head import HeadConfig, parse_head
from softbio.config.schema import TrainConfig
from softbio.config.settings import Setting, apply_settings, settings
from softbio.errors import ConfigError

__all__ = [
    "HEAD",
    "MOST_VALUES",
    "Choice",
    "Dimension",
    "Range",
    "Value",
    "as_text",
    "checked",
    "head_config",
]

#: What the paths of a refit's settings begin with.
HEAD = "head."
MOST_VALUES = 100
#: What must be the same in all trials, so that they are judged alike.
_FIXED = {
    "seed": "all trials share one seed, so that they differ in their settings alone",
    "folds": "the search has its own --folds, the same for all trials",
    "recipe": "it is a name and changes nothing; --recipe says what the search starts from",
    "labels.use": "all trials must be trained and judged on the same faces",
    "labels.correction": "all trials must be trained and judged on the same faces",
}

Value = bool | int | float | str


@dataclass(frozen=True)
class Choice:
    """One of some values.

    Attributes
    ----------
    values : tuple of bool, int, float or str
        At least two, each once; ``"none"`` empties a setting that may be empty.
    """

    values: tuple[Value, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.values)

    def members(self) -> tuple[Value, ...]:
        """Return all values."""
        return self.values


@dataclass(frozen=True)
class Range:
    """A number from `low` to `high`, both included.

    Attributes
    ----------
    low, high : int or float
        Integers for a setting that counts.
    log : bool
        Whether factors rather than differences are alike: for rates and weights.
    step : int, float or None
        Only ``low``, ``low + step`` … are tried; not with `log`.
    """

    low: float
    high: float
    log: bool = False
    step: float | None = None

    @property
    def whole(self) -> bool:
        """Whether its numbers are integers."""
        return isinstance(self.low, int)

    @property
    def count(self) -> int | None:
        """How many numbers it holds; None: more than can be counted."""
        if self.step is None and not self.whole:
            return None
        return math.floor((self.high - self.low) / (self.step or 1) + 1e-9) + 1

    def members(self) -> tuple[Value, ...]:
        """Return all numbers; `ValueError` where they cannot be counted."""
        if self.count is None:
            raise ValueError("a range without a step has no list of members")
        numbers = (self.low + place * (self.step or 1) for place in range(self.count))
        return tuple(int(one) if self.whole else round(one, 12) for one in numbers)


Dimension = Choice | Range


def checked(path: str, one: Dimension) -> Dimension:
    """Return `one` with its numbers of the setting's kind; `ConfigError` if the setting refuses it."""
    if why := _FIXED.get(path):
        raise ConfigError(f"`{path}` cannot be searched: {why}.")
    setting = _setting(path)
    return _checked_choice(path, one) if isinstance(one, Choice) else _ranged(path, one, setting)


def _setting(path: str) -> Setting | None:
    """Return the setting that a path names; None for a number of one by name; ConfigError."""
    schema, name = (
        (HeadConfig, path.removeprefix(HEAD)) if path.startswith(HEAD) else (TrainConfig, path)
    )
    for setting in settings(schema):
        by_name = setting.kind in ("groups", "cells")
        if by_name and name == setting.path:
            what = "men" if setting.kind == "groups" else "men 1"
            raise ConfigError(
                f"`{path}` holds a number for each name: name one, as in `{path}.{what}`."
            )
        if name == setting.path:
            return setting
        if by_name and name.startswith(setting.path + "."):
            return None
    raise ConfigError(f"`{path}` is not a setting. docs/settings.md lists them.")


def _checked_choice(path: str, one: Choice) -> Choice:
    values = one.values
    if not 2 <= len(values) <= MOST_VALUES:
        raise ConfigError(
            f"`{path}`: `values` needs 2 to {MOST_VALUES} values. Received: {len(values)}."
        )
    for value in values:
        if not isinstance(value, Value) or (isinstance(value, float) and not math.isfinite(value)):
            raise ConfigError(f"`{path}`: a value is text, a number, true or false, not {value!r}.")
        _try(path, value)
    if len({as_text(value) for value in values}) < len(values):
        raise ConfigError(f"`{path}`: a value stands there twice.")
    return one


def _ranged(path: str, one: Range, setting: Setting | None) -> Range:
    if setting is not None and setting.kind not in ("int", "float"):
        raise ConfigError(f"`{path}` is not a number: give its `values`.")
    if not isinstance(one.log, bool):
        raise ConfigError(f"`{path}`: `log` is true or false. Received: {one.log!r}.")
    whole = setting is not None and setting.kind == "int"
    low, high = (_number(path, key, getattr(one, key), whole) for key in ("low", "high"))
    step = None if one.step is None else _number(path, "step", one.step, whole)
    if not low < high:
        raise ConfigError(f"`{path}`: low ({low:g}) must be below high ({high:g}).")
    if one.log and low <= 0:
        raise ConfigError(f"`{path}`: a range with log = true begins above 0. Received: {low:g}.")
    if one.log and step is not None:
        raise ConfigError(f"`{path}`: a range has a step or log = true, not both.")
    if step is not None and not 0 < step <= high - low:
        raise ConfigError(
            f"`{path}`: step must lie above 0 and within the range. Received: {step:g}."
        )
    if step is not None:  # Optuna would shorten the range itself, and say so in a warning
        high = type(low)(round(low + math.floor((high - low) / step + 1e-9) * step, 12))
    for end in (low, high):
        _try(path, end)
    return Range(low, high, one.log, step)


def _number(path: str, key: str, given: Any, whole: bool) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise ConfigError(f"`{path}`: `{key}` is a number. Received: {given!r}.")
    if not whole:
        return float(given)
    if given != int(given):
        raise ConfigError(f"`{path}` takes whole numbers: `{key}` is {given:g}.")
    return int(given)


def _try(path: str, value: Value) -> None:
    if path.startswith(HEAD):
        try:
            head_config({path.removeprefix(HEAD): value})
        except ConfigError as error:
            raise ConfigError(str(error).replace("`", f"`{HEAD}", 1)) from None
    else:
        apply_settings(TrainConfig(), [f"{path}={as_text(value)}"])


def head_config(values: Mapping[str, Value]) -> HeadConfig:
    """Return the settings of a refit, by their paths without ``head.``; `ConfigError` as it says."""
    data = HeadConfig().model_dump()
    for path, value in values.items():
        parent, _, name = path.partition(".")
        if name:
            data[parent][name] = value
        else:
            data[path] = None if value in ("", "none") else value
    return parse_head(data)


def as_text(value: Value) -> str:
    """Return a value as ``--set`` takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return repr(float(value)) if isinstance(value, float) else str(value)
