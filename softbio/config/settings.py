"""Settings as text and as widgets see them: listed, described, assigned, parsed."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from softbio.config.schema import TrainConfig
from softbio.config.section import Section
from softbio.errors import ConfigError

__all__ = ["Setting", "apply_settings", "parse_config", "parse_section", "settings"]

_Section = TypeVar("_Section", bound=Section)


def _plain(section: str, model: type[Section]) -> Iterator[tuple[str, Any, str]]:
    for name, field in model.model_fields.items():
        path = f"{section}{name}"
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Section):
            yield from _plain(path + ".", kind)
        else:
            yield path, field, section.rstrip(".")


@dataclass(frozen=True)
class Setting:
    """One setting as the command line, a page or the docs show it.

    Attributes
    ----------
    path : str
        Dotted name, as ``--set`` takes it: ``loss.gamma``.
    title, description : str
    kind : {"bool", "int", "float", "choice", "text", "groups", "cells"}
        ``groups`` and ``cells`` hold a number for each, by name.
    optional : bool
        Whether it may be empty (``None``).
    choices : tuple of str
        The allowed values of a ``choice``.
    low, high, step : float or None
        Inclusive bounds (``low`` is exclusive where ``low_is_open``) and a sensible step.
    common : bool
        Whether it belongs to the few that a page shows before the folded rest.
    section : str
        Dotted name of the section it stands in, ``""`` at the top.
    """

    path: str
    title: str
    description: str
    kind: str
    optional: bool
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    low_is_open: bool
    step: float | None
    common: bool
    section: str


def settings(schema: type[Section] = TrainConfig) -> tuple[Setting, ...]:
    """Return every setting of `TrainConfig` or another schema, in order, sections flattened."""
    return tuple(_describe(path, field, section) for path, field, section in _plain("", schema))


def _describe(path: str, field: Any, section: str) -> Setting:
    kind = field.annotation
    arguments = typing.get_args(kind)
    optional = isinstance(kind, types.UnionType) and type(None) in arguments
    if optional:
        kind = next(argument for argument in arguments if argument is not type(None))
    choices: tuple[str, ...] = ()
    if typing.get_origin(kind) is Literal:
        name, choices = "choice", tuple(typing.get_args(kind))
    elif typing.get_origin(kind) is dict:
        name = (field.json_schema_extra or {})["each"]
    else:
        name = {bool: "bool", int: "int", float: "float", str: "text"}[kind]
    low = high = None
    low_is_open = False
    for constraint in field.metadata:
        if getattr(constraint, "ge", None) is not None:
            low = constraint.ge
        if getattr(constraint, "gt", None) is not None:
            low, low_is_open = constraint.gt, True
        if getattr(constraint, "le", None) is not None:
            high = constraint.le
    extra = field.json_schema_extra or {}
    if name in ("groups", "cells"):
        low, high = 0.0, extra["most"]
    return Setting(
        path=path,
        title=field.title,
        description=field.description,
        kind=name,
        optional=optional,
        choices=choices,
        low=low,
        high=high,
        low_is_open=low_is_open,
        step=extra.get("step"),
        common=extra.get("common", False),
        section=section,
    )


def parse_config(data: dict[str, Any] | str | bytes) -> TrainConfig:
    """Return the config that a mapping or JSON text describes.

    Raises
    ------
    ConfigError
        Naming the first setting that is unknown, of the wrong type or out of bounds.
    """
    return parse_section(TrainConfig, data)


def parse_section(schema: type[_Section], data: dict[str, Any] | str | bytes) -> _Section:
    """Return the settings of `schema` that a mapping or JSON text describes.

    Raises
    ------
    ConfigError
        As `parse_config` does.
    """
    try:
        if isinstance(data, dict):
            return schema.model_validate(data)
        return schema.model_validate_json(data)
    except ValidationError as error:
        raise ConfigError(_sentence(error, schema)) from None


def _sentence(error: ValidationError, schema: type[Section]) -> str:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return f"The settings are not valid JSON: {first['ctx']['error']}."
    path = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = ", ".join(setting.path for setting in settings(schema))
        return f"`{path}` is not a setting. The settings are: {known}."
    message = first["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    received = first.get("input")
    if not path:
        return f"The settings must be a JSON object. Received: {received!r}."
    if "Received" in message or isinstance(received, dict):
        return f"`{path}`: {message}."
    return f"`{path}`: {message}. Received: {received!r}."


def apply_settings(config: TrainConfig, assignments: list[str]) -> TrainConfig:
    """Return `config` changed by assignments such as ``"loss.gamma=2"``.

    Parameters
    ----------
    config : TrainConfig
    assignments : list of str
        ``path=value`` each; ``weights.women=1`` sets a group's weight,
        ``cell_weights.women 1=2`` a cell's, and an empty value or ``none`` empties a setting that may be empty.

    Raises
    ------
    ConfigError
        If an assignment has no ``=``, or names or sets what the config refuses.

    Examples
    --------
    >>> apply_settings(TrainConfig(), ["weights.men=0.1"]).weights
    {'men': 0.1}
    """
    known = {setting.path: setting for setting in settings()}
    by_name = [path for path, setting in known.items() if setting.kind in ("groups", "cells")]
    data = config.model_dump()
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        path, text = path.strip(), text.strip()
        if not equals or not path:
            raise ConfigError(
                f"--set takes path=value, such as loss.gamma=2. Received: {assignment!r}."
            )
        named = next((one for one in by_name if path.startswith(one + ".")), None)
        if path not in known and named is None:
            raise ConfigError(
                f"`{path}` is not a setting. The settings are: {', '.join(known)} "
                "(a group's weight is weights.NAME, a cell's cell_weights.'NAME LABEL')."
            )
        if named is None:
            *parents, leaf = path.split(".")
        else:
            parents, leaf = named.split("."), path.removeprefix(named + ".")
        place = data
        for parent in parents:
            place = place[parent]
        empties = path in known and known[path].optional and text.lower() in ("", "none")
        place[leaf] = None if empties else text
    return parse_config(data)
