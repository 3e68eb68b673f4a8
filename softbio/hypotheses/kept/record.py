"""One kept hypothesis: a formula with its name, its note and its evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from softbio.errors import ConfigError
from softbio.formula import parse

__all__ = ["Kept", "checked_name", "checked_note", "jsonable"]

_LONGEST_NAME = 200
_LONGEST_NOTE = 4_000
_DEEPEST = 12


@dataclass(frozen=True)
class Kept:
    """A hypothesis that somebody keeps.

    Attributes
    ----------
    formula : str
    name, note : str
        What a person calls it and writes about it; may be empty.
    target, target_title : str
        What it explains: the spec (``label``, ``error:men``, ``tag:blond``) and its words.
    run, split : str
        Where the target is about a run's predictions, or the formula rests on a probe of its
        embeddings: the run's id. Of predictions, also the faces on which they are looked at.
    figures : dict
        The evidence, as JSON knows it: by `figures_of` an examination, or a line of a search.
    probed : tuple of str
        The names in the formula that rest on a probe.
    who : str
        Who keeps it; may be empty.
    id, when, fingerprint, faces, softbio_version
        Written when it is kept: eight hexadecimal digits; seconds since the epoch; the face set's
        fingerprint and number of faces; softbio's version.
    """

    formula: str
    name: str = ""
    note: str = ""
    target: str = "label"
    target_title: str = "the label"
    run: str = ""
    split: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    probed: tuple[str, ...] = ()
    who: str = ""
    id: str = ""
    when: float = 0.0
    fingerprint: str = ""
    faces: int = 0
    softbio_version: str = ""

    @property
    def title(self) -> str:
        """Its name, or else the formula in words."""
        return self.name or self.words

    @property
    def words(self) -> str:
        """The formula in words."""
        return parse(self.formula).words()

    def checked(self) -> Kept:
        """Return it with plain values.

        Raises
        ------
        FormulaError
            If the formula cannot be read.
        ConfigError
            If the name or the note is too long.
        ValueError
            If `figures` holds what JSON cannot.
        """
        parse(self.formula)
        figures = jsonable(self.figures)
        return replace(
            self,
            name=checked_name(self.name),
            note=checked_note(self.note),
            figures=figures,
            probed=tuple(self.probed),
        )

    def as_json(self) -> dict[str, Any]:
        """Return all attributes as JSON knows them."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return values | {"figures": jsonable(self.figures), "probed": list(self.probed)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Kept:
        """Return what `as_json` wrote; keys of a later version are passed over."""
        known = {one.name: values[one.name] for one in fields(cls) if one.name in values}
        return cls(**known | {"probed": tuple(known.get("probed", ()))})


def checked_name(name: str) -> str:
    """Return a name with single blanks; `ConfigError` if it is too long."""
    name = " ".join(name.split())
    if len(name) > _LONGEST_NAME:
        raise ConfigError(f"A name has at most {_LONGEST_NAME} characters. Received: {len(name)}.")
    return name


def checked_note(note: str) -> str:
    """Return a note without blanks around it; `ConfigError` if it is too long."""
    note = note.strip()
    if len(note) > _LONGEST_NOTE:
        raise ConfigError(f"A note has at most {_LONGEST_NOTE} characters. Received: {len(note)}.")
    return note


def jsonable(value: Any, depth: int = 0) -> Any:
    """Return a value in JSON's types; what is not a number is null."""
    if depth > _DEEPEST:
        raise ValueError(f"figures are nested at most {_DEEPEST} deep")
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): jsonable(one, depth + 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(one, depth + 1) for one in value]
    if isinstance(value, np.ndarray):
        return jsonable(value.tolist(), depth + 1)
    raise ValueError(f"figures cannot hold a {type(value).__name__}")
