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

import itertools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from softbio.config.dimensions import (
    HEAD,
    Choice,
    Dimension,
    Range,
    Value,
    as_text,
    checked,
    head_config,
)
from softbio.config.head import HeadConfig
from softbio.config.schema import TrainConfig
from softbio.config.settings import apply_settings
from softbio.errors import ConfigError

__all__ = ["MOST_SETTINGS", "Choice", "Dimension", "Range", "Space", "Value", "parse_space"]

#: A search cannot tell more settings apart in any number of trials that somebody waits for.
MOST_SETTINGS = 20
_MOST_TEXT = 64 * 1024


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
        dimensions = {path: checked(path, one) for path, one in self.dimensions.items()}
        object.__setattr__(self, "dimensions", dimensions)

    def __getitem__(self, path: str) -> Dimension:
        return self.dimensions[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.dimensions)

    def __len__(self) -> int:
        return len(self.dimensions)

    @property
    def refits(self) -> bool:
        """Whether the last layer is refitted in each trial."""
        return any(path.startswith(HEAD) for path in self)

    @property
    def trains_alike(self) -> bool:
        """Whether all trials train the same networks, and differ in their last layers alone."""
        return all(path.startswith(HEAD) for path in self)

    @property
    def size(self) -> int | None:
        """How many trials differ; None: more than can be counted."""
        counts = [one.count for one in self.values()]
        return math.prod(count for count in counts if count) if all(counts) else None

    def combinations(self) -> Iterator[dict[str, Value]]:
        """Yield the values of all trials that differ; `size` tells how many.

        Raises
        ------
        ValueError
            If there are more than can be counted.
        """
        for values in itertools.product(*(one.members() for one in self.values())):
            yield dict(zip(self, values, strict=True))

    def config(self, base: TrainConfig, values: Mapping[str, Value]) -> TrainConfig:
        """Return `base` with the values of one trial.

        Raises
        ------
        ConfigError
            If the values do not go together.
        """
        return apply_settings(
            base,
            [
                f"{path}={as_text(value)}"
                for path, value in values.items()
                if not path.startswith(HEAD)
            ],
        )

    def head(self, values: Mapping[str, Value]) -> HeadConfig | None:
        """Return the settings of one trial's refit; None where nothing is refitted."""
        if not self.refits:
            return None
        return head_config(
            {
                path.removeprefix(HEAD): value
                for path, value in values.items()
                if path.startswith(HEAD)
            }
        )

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
