"""Which faces a query leaves: one mask for each of its filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from softbio.audit.browsing.columns import FaceColumns, needed
from softbio.audit.browsing.query import Query
from softbio.errors import ConfigError
from softbio.formula import parse

if TYPE_CHECKING:
    from softbio.faces.reviews import Reviews
    from softbio.faces.tags import Tags

__all__ = ["Filters"]

_HALVES = ("val_select", "val_fit", "val")


class Filters:
    """Masks over the faces of a set; what people say is looked at anew by each query.

    Parameters
    ----------
    known : FaceColumns
    tags, reviews, traits
        See `Browser`.
    """

    def __init__(
        self,
        known: FaceColumns,
        tags: Tags | None,
        reviews: Reviews | None,
        traits: Mapping[str, np.ndarray] | None,
    ) -> None:
        self.known = known
        self._tags = tags
        self._reviews = reviews
        self._traits = traits
        self._annotated: dict[str, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self.known)

    @property
    def names(self) -> tuple[str, ...]:
        """What a formula can name."""
        if self._traits is not None:
            return tuple(self._traits)
        words = () if self._tags is None else tuple(self._tags.words())
        return tuple(dict.fromkeys((*self.known.faces.attributes, *words)))

    def mask(self, query: Query) -> np.ndarray | None:
        """Return which faces all filters leave, shape (N,), bool; None: there is no filter."""
        masks = [_FILTERS[name](self, getattr(query, name), query) for name in query.filters]
        if not masks:
            return None
        mask = masks[0].copy()
        for one in masks[1:]:
            mask &= one
        return mask

    def _in_split(self, split: str, query: Query) -> np.ndarray:
        del query
        codes, names = self.known.split
        # A set that was packed before validation was cut in two holds `val`, all of it to select on.
        wanted = {"val": _HALVES, "val_select": ("val_select", "val")}.get(split, (split,))
        return np.isin(codes, [index for index, name in enumerate(names) if name in wanted])

    def _of_group(self, group: str, query: Query) -> np.ndarray:
        del query
        if group not in self.known.groups:
            raise ConfigError(
                f"There is no group {group!r}. The groups are: {', '.join(self.known.groups)}."
            )
        return self.known.group == self.known.groups.index(group)

    def _with_label(self, label: int, query: Query) -> np.ndarray:
        del query
        return self.known.label == label

    def _predicted(self, prediction: int, query: Query) -> np.ndarray:
        del query
        return needed(self.known.prediction, "prediction") == prediction

    def _with_error(self, error: str, query: Query) -> np.ndarray:
        del query
        prediction = needed(self.known.prediction, "right or wrong prediction")
        label = self.known.label
        if error == "false-positive":
            return (label == 0) & (prediction == 1)
        if error == "false-negative":
            return (label == 1) & (prediction == 0)
        known = (label >= 0) & (prediction >= 0)
        return known & ((label == prediction) == (error == "right"))

    def _scored(self, bounds: tuple[float, float], query: Query) -> np.ndarray:
        del query
        score = needed(self.known.score, "score")
        # In the score's precision, so that a bound that was read off a score holds it.
        return (score >= np.float32(bounds[0])) & (score <= np.float32(bounds[1]))

    def _tagged(self, word: str, query: Query) -> np.ndarray:
        words = {} if self._tags is None else self._tags.words()
        values = np.full(len(self), -1, np.int8) if self._tags is None else self._tags.values(word)
        if query.tagged in ("yes", "no"):
            if word.casefold() not in {one.casefold() for one in words}:
                return np.zeros(len(self), dtype=bool)
            return values == (query.tagged == "yes")
        unsure = np.zeros(len(self), bool) if self._tags is None else self._tags.unsure(word)
        return unsure if query.tagged == "unsure" else (values < 0) & ~unsure

    def _reviewed(self, state: str, query: Query) -> np.ndarray:
        del query
        if self._reviews is None:
            return np.full(len(self), state == "unreviewed")
        agreed = self._reviews.labels()
        if state == "disputed":
            return agreed == -2
        if state in ("confirmed", "corrected"):
            given = self.known.label
            return (agreed >= 0) & ((agreed == given) == (state == "confirmed"))
        unsure = np.zeros(len(self), bool)
        for who in self._reviews.reviewers():
            unsure |= self._reviews.said_by(who) == -2
        if state == "unsure":
            return unsure & (agreed == -1)
        reviewed = unsure | (agreed != -1)
        return reviewed if state == "reviewed" else ~reviewed

    def _holding(self, formula: str, query: Query) -> np.ndarray:
        del query
        resolved = parse(formula).resolve(self.names)
        columns = {name: self._trait(name) for name in resolved.names}
        if not columns:  # a constant speaks of no column
            columns = {"any": np.zeros(len(self), np.int8)}
        return resolved.evaluate(columns) == 1

    def _trait(self, name: str) -> np.ndarray:
        if self._traits is not None:
            return np.asarray(self._traits[name])
        if name not in self.known.faces.attributes:
            assert self._tags is not None
            return self._tags.values(name)
        if name not in self._annotated:
            values = self.known.faces.table[name].to_numpy(dtype=np.int8, na_value=-1)
            self._annotated[name] = values
        return self._annotated[name]

    def _named(self, text: str, query: Query) -> np.ndarray:
        del query
        import pyarrow.compute as pc

        # Names in small letters, searched plainly: ignoring case on the way takes far longer.
        wanted = pc.utf8_lower(text).as_py()
        found: np.ndarray = pc.match_substring(self._small_names, wanted).to_numpy(
            zero_copy_only=False
        )
        return found

    @cached_property
    def _small_names(self) -> Any:
        import pyarrow.compute as pc

        return pc.utf8_lower(self.known.names)


_FILTERS: dict[str, Callable[[Filters, Any, Query], np.ndarray]] = {
    "split": Filters._in_split,
    "group": Filters._of_group,
    "label": Filters._with_label,
    "prediction": Filters._predicted,
    "error": Filters._with_error,
    "score": Filters._scored,
    "tag": Filters._tagged,
    "review": Filters._reviewed,
    "formula": Filters._holding,
    "text": Filters._named,
}
