"""`Space`: which settings a search varies, and within what; from TOML, or a preset.

A setting takes one of some values, or a number of a range::

    ["loss.name"]
    values = ["cross_entropy", "focal"]

    ["loss.gamma"]
    low = 0.0
    high = 5.0
    step = 0.5

    ["optimizer.learning_rate"]
    low = 1e-4
    high = 1e-2
    log = true

    ["weights.men"]
    low = 0.1
    high = 10.0
    log = true

Settings are named as ``--set`` takes them. ``head.`` in front names one of a refit of the last
layer (`HeadConfig`), with which each trial is then refitted before it is judged.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from softbio.config.head import HeadConfig, parse_head
from softbio.config.schema import TrainConfig
from softbio.config.settings import Setting, apply_settings, settings
from softbio.errors import ConfigError

__all__ = [
    "MOST_SETTINGS",
    "MOST_VALUES",
    "Choice",
    "Dimension",
    "Range",
    "Space",
    "Value",
    "as_text",
    "parse_space",
]

#: A search cannot tell more settings apart in any number of trials that somebody waits for.
MOST_SETTINGS = 20
MOST_VALUES = 100
_MOST_TEXT = 64 * 1024
_HEAD = "head."
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


Dimension = Choice | Range


@dataclass(frozen=True)
class Space(Mapping[str, Dimension]):
    """The settings that a search varies, by their paths.

    Parameters
    ----------
    dimensions : mapping of str to Choice or Range
        Numbers are brought to the kind of their setting.

    Raises
    ------
    ConfigError
        If there is nothing to vary or too much, a path is not a setting, or an end of a range or a
        value is not allowed; a sentence that names the path.

    Examples
    --------
    >>> space = Space({"loss.gamma": Range(0, 5, step=0.5)})
    >>> space.config(TrainConfig(), {"loss.gamma": 2.5}).loss.gamma
    2.5
    """

    dimensions: Mapping[str, Dimension]

    def __post_init__(self) -> None:
        if not self.dimensions:
            raise ConfigError("The space is empty: name at least one setting to vary.")
        if len(self.dimensions) > MOST_SETTINGS:
            raise ConfigError(
                f"A search varies at most {MOST_SETTINGS} settings. Received: "
                f"{len(self.dimensions)}."
            )
        checked = {path: _checked(path, one) for path, one in self.dimensions.items()}
        object.__setattr__(self, "dimensions", checked)

    def __getitem__(self, path: str) -> Dimension:
        return self.dimensions[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.dimensions)

    def __len__(self) -> int:
        return len(self.dimensions)

    @property
    def refits(self) -> bool:
        """Whether the last layer is refitted in each trial."""
        return any(path.startswith(_HEAD) for path in self)

    @property
    def trains_alike(self) -> bool:
        """Whether all trials train the same networks, and differ in their last layers alone."""
        return all(path.startswith(_HEAD) for path in self)

    @property
    def size(self) -> int | None:
        """How many trials differ; None: more than can be counted."""
        count = 1
        for one in self.values():
            if isinstance(one, Choice):
                count *= len(one.values)
            elif one.step is not None or one.whole:
                count *= math.floor((one.high - one.low) / (one.step or 1) + 1e-9) + 1
            else:
                return None
        return count

    def config(self, base: TrainConfig, values: Mapping[str, Value]) -> TrainConfig:
        """Return `base` with the values of one trial.

        Raises
        ------
        ConfigError
            If the values do not go together.
        """
        return apply_settings(
            base,
            [f"{path}={as_text(value)}" for path, value in values.items() if path[:5] != _HEAD],
        )

    def head(self, values: Mapping[str, Value]) -> HeadConfig | None:
        """Return the settings of one trial's refit; None where nothing is refitted."""
        if not self.refits:
            return None
        return _head({path[5:]: value for path, value in values.items() if path[:5] == _HEAD})

    @classmethod
    def preset(cls, name: str, groups: tuple[str, ...]) -> Space:
        """Return a space that is worth searching; see `softbio.config.presets.PRESETS`.

        Parameters
        ----------
        name : {"weights", "noise", "network", "head"}
        groups : tuple of str
            The face set's, whose weights are varied.

        Raises
        ------
        ConfigError
            If there is no such preset.
        """
        from softbio.config.presets import preset

        return preset(name, groups)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Space:
        """Return the space that plain data describe, as TOML and `as_dict` give them."""
        return cls({path: _dimension(path, told) for path, told in _flat(data, "")})

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Return plain data that `of` reads."""
        return {path: _plain(one) for path, one in self.items()}

    def as_toml(self) -> str:
        """Return the text that `parse_space` reads."""
        tables = (
            "\n".join([f"[{_quoted(path)}]", *(f"{key} = {_toml(v)}" for key, v in told.items())])
            for path, told in self.as_dict().items()
        )
        return "\n\n".join(tables) + "\n"


def parse_space(text: str) -> Space:
    r"""Return the space that a TOML text describes; see this module for an example.

    Raises
    ------
    ConfigError
        If it is too long or no TOML, or `Space` refuses it.

    Examples
    --------
    >>> parse_space("['loss.gamma']\nlow = 0\nhigh = 5")["loss.gamma"]
    Range(low=0.0, high=5.0, log=False, step=None)
    """
    import tomllib

    if len(text) > _MOST_TEXT:
        raise ConfigError(f"A space has at most {_MOST_TEXT // 1024} KiB of text.")
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"The space is not TOML: {str(error).rstrip('.')}.") from None
    return Space.of(data)


def as_text(value: Value) -> str:
    """Return a value as ``--set`` takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def _flat(data: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    """Yield paths and what is said of them; ``[loss.gamma]`` means the same as ``["loss.gamma"]``."""
    for key, told in data.items():
        path = f"{before}{key}"
        if isinstance(told, dict) and any(isinstance(one, dict) for one in told.values()):
            yield from _flat(told, f"{path}.")
        else:
            yield path, told


def _dimension(path: str, told: Any) -> Dimension:
    if not isinstance(told, dict) or not told:
        raise ConfigError(
            f"`{path}` needs a table with `low` and `high`, or with `values`. Received: {told!r}."
        )
    keys = set(told)
    if unknown := sorted(keys - {"low", "high", "log", "step", "values"}):
        raise ConfigError(
            f"`{path}`: there is no `{unknown[0]}`; it takes low, high, log and step, or values."
        )
    if "values" in keys:
        if keys != {"values"}:
            raise ConfigError(f"`{path}` has either `values` or a range from `low` to `high`.")
        if not isinstance(told["values"], list | tuple):
            raise ConfigError(
                f"`{path}`: `values` is a list, as in [1, 2]. Received: {told['values']!r}."
            )
        return Choice(tuple(told["values"]))
    if missing := [key for key in ("low", "high") if key not in keys]:
        raise ConfigError(f"`{path}`: `{missing[0]}` is missing.")
    return Range(told["low"], told["high"], told.get("log", False), told.get("step"))


def _checked(path: str, one: Dimension) -> Dimension:
    if why := _FIXED.get(path):
        raise ConfigError(f"`{path}` cannot be searched: {why}.")
    setting = _setting(path)
    return _checked_choice(path, one) if isinstance(one, Choice) else _ranged(path, one, setting)


def _setting(path: str) -> Setting | None:
    """Return the setting that a path names; None for a number of one by name; ConfigError."""
    schema, name = (HeadConfig, path[5:]) if path[:5] == _HEAD else (TrainConfig, path)
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
    if path[:5] == _HEAD:
        try:
            _head({path[5:]: value})
        except ConfigError as error:
            raise ConfigError(str(error).replace("`", f"`{_HEAD}", 1)) from None
    else:
        apply_settings(TrainConfig(), [f"{path}={as_text(value)}"])


def _head(values: Mapping[str, Value]) -> HeadConfig:
    data = HeadConfig().model_dump()
    for path, value in values.items():
        parent, _, name = path.partition(".")
        if name:
            data[parent][name] = value
        else:
            data[path] = None if value in ("", "none") else value
    return parse_head(data)


def _plain(one: Dimension) -> dict[str, Any]:
    if isinstance(one, Choice):
        return {"values": list(one.values)}
    told: dict[str, Any] = {"low": one.low, "high": one.high}
    return told | ({"log": True} if one.log else {}) | ({"step": one.step} if one.step else {})


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in value)}]"
    return _quoted(value) if isinstance(value, str) else as_text(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
