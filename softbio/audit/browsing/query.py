"""What a reader looks for among the faces of a set: filters, and an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from softbio.errors import ConfigError
from softbio.faces.faceset import SPLITS

__all__ = ["ERRORS", "NATURAL", "REVIEW_STATES", "TAGGED", "Query"]

#: What became of a face, by label and prediction.
ERRORS = ("wrong", "right", "false-positive", "false-negative")
#: What may be said of a word: by a person, or nothing.
TAGGED = ("yes", "no", "unsure", "untagged")
#: What reviewers came to: nobody said anything; somebody did; all who are sure say what is given;
#: all who are sure say the other; they disagree; all who looked are unsure.
REVIEW_STATES = ("unreviewed", "reviewed", "confirmed", "corrected", "disputed", "unsure")
#: What faces can be sorted by, and whether the largest stands first unless told otherwise.
NATURAL = {
    "filename": False,
    "score": True,
    "loss": True,
    "uncertainty": True,
    "similarity": True,
    "suspicion": True,
}

_RANGE = ".."
_ANY = ("", "all", "any")


@dataclass(frozen=True)
class Query:
    """Which faces are looked for, and in which order; all filters hold together.

    A face of which a filter's answer is not known never matches.

    Attributes
    ----------
    split : str
        One of `SPLITS`; empty: all faces.
    group : str
        Name of a group; empty: all.
    label, prediction : {0, 1} or None
    error : str
        One of `ERRORS`, or empty.
    score : (float, float) or None
        Lowest and highest score, both included.
    tag : str
        A word, or empty.
    tagged : str
        What was said of `tag`, one of `TAGGED`.
    review : str
        One of `REVIEW_STATES`, or empty.
    formula : str
        In the language of `softbio.formula`, such as ``Male and not Eyeglasses``; or empty.
    text : str
        Stands in the file name, in any case; or empty.
    order : str
        One of `NATURAL`; empty: ``similarity`` if `like` is given, else ``filename``.
    descending : bool or None
        Whether the largest stands first; None: as `NATURAL` has it.
    like : str
        File name of the face that others are sorted by their similarity to.

    Raises
    ------
    ConfigError
        If anything is not one of what it can be.
    """

    split: str = ""
    group: str = ""
    label: int | None = None
    prediction: int | None = None
    error: str = ""
    score: tuple[float, float] | None = None
    tag: str = ""
    tagged: str = "yes"
    review: str = ""
    formula: str = ""
    text: str = ""
    order: str = ""
    descending: bool | None = None
    like: str = ""

    def __post_init__(self) -> None:
        for name in ("split", "group", "error", "tag", "tagged", "review", "formula", "text",
                     "order", "like"):  # fmt: skip
            if not isinstance(getattr(self, name), str):
                raise ConfigError(f"{name} is a text. Received: {getattr(self, name)!r}.")
        _one_of("split", self.split, SPLITS)
        _one_of("error", self.error, ERRORS)
        _one_of("review", self.review, REVIEW_STATES)
        if not self.tag:
            object.__setattr__(self, "tagged", "yes")
        elif self.tagged not in TAGGED:
            raise ConfigError(f"tagged is one of {', '.join(TAGGED)}. Received: {self.tagged!r}.")
        for name in ("label", "prediction"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or value not in (0, 1)):
                raise ConfigError(f"{name} is 0 or 1. Received: {value!r}.")
        if self.score is not None:
            object.__setattr__(self, "score", _bounds(self.score))
        object.__setattr__(self, "formula", self.formula.strip())
        self._check_order()

    def _check_order(self) -> None:
        order = self.order or ("similarity" if self.like else "filename")
        if order not in NATURAL:
            raise ConfigError(f"order is one of {', '.join(NATURAL)}. Received: {order!r}.")
        if (order == "similarity") != bool(self.like):
            raise ConfigError(
                "The order similarity and a face `like` which the others are belong together. "
                f"Received: order={order!r}, like={self.like!r}."
            )
        if self.descending is not None and not isinstance(self.descending, bool):
            raise ConfigError(f"descending is true or false. Received: {self.descending!r}.")
        object.__setattr__(self, "order", order)
        if self.descending == NATURAL[order]:
            object.__setattr__(self, "descending", None)

    @property
    def largest_first(self) -> bool:
        """Whether the largest stands first."""
        return NATURAL[self.order] if self.descending is None else self.descending

    @property
    def filters(self) -> tuple[str, ...]:
        """Names of the attributes that leave faces out."""
        beside = ("tagged", "order", "descending", "like")
        return tuple(name for name in self.as_json() if name not in beside)

    def as_json(self) -> dict[str, Any]:
        """Return everything that is not the default, as plain data."""
        found: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default and (field.name, value) != ("order", "filename"):
                found[field.name] = list(value) if isinstance(value, tuple) else value
        return found

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Return the query that `as_json` told.

        Raises
        ------
        ConfigError
            If there is a name that a query does not have, or a value that it cannot have.
        """
        known = [field.name for field in fields(cls)]
        for name in given:
            if name not in known:
                raise ConfigError(f"A query has no {name!r}. It has: {', '.join(known)}.")
        values = dict(given)
        if isinstance(values.get("score"), list):
            values["score"] = tuple(values["score"])
        return cls(**values)

    def as_address(self) -> dict[str, str]:
        """Return everything that is not the default, as the parameters of an address."""
        found = {}
        for name, value in self.as_json().items():
            if isinstance(value, list):
                value = _RANGE.join(f"{bound!r}" for bound in value)
            found[name] = str(int(value)) if isinstance(value, bool) else str(value)
        return found

    @classmethod
    def from_address(cls, given: Mapping[str, str]) -> Self:
        """Return the query that an address tells; its other parameters are passed over.

        ``all`` and ``any`` stand for no filter.

        Raises
        ------
        ConfigError
            If a value is not one that it can be.
        """
        values: dict[str, Any] = {}
        for field in fields(cls):
            text = given.get(field.name, "")
            if text in _ANY and field.name not in ("tag", "formula", "text", "like"):
                continue
            if not text:
                continue
            values[field.name] = _READ.get(field.name, _as_it_is)(field.name, text)
        return cls(**values)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value and value not in allowed:
        raise ConfigError(f"{name} is one of {', '.join(allowed)}. Received: {value!r}.")


def _bounds(score: Any) -> tuple[float, float]:
    try:
        low, high = (float(bound) for bound in score)
    except (TypeError, ValueError):
        raise ConfigError(f"score is a lowest and a highest score. Received: {score!r}.") from None
    if not 0 <= low <= high <= 1:
        raise ConfigError(f"score needs 0 ≤ lowest ≤ highest ≤ 1. Received: {low:g} and {high:g}.")
    return low, high


def _as_it_is(name: str, text: str) -> str:
    del name
    return text


def _read_bit(name: str, text: str) -> int:
    if text not in ("0", "1"):
        raise ConfigError(f"{name} is 0 or 1. Received: {text!r}.")
    return int(text)


def _read_flag(name: str, text: str) -> bool:
    return bool(_read_bit(name, text))


def _read_range(name: str, text: str) -> tuple[float, float]:
    del name
    return _bounds(text.split(_RANGE))


_READ: dict[str, Any] = {
    "label": _read_bit,
    "prediction": _read_bit,
    "descending": _read_flag,
    "score": _read_range,
}
