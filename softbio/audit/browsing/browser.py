"""The faces of a set that a query looks for, in its order."""

from __future__ import annotations

import difflib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from softbio.audit.browsing.columns import FaceColumns, order_of
from softbio.audit.browsing.query import Query
from softbio.audit.browsing.similarity import Likeness
from softbio.errors import ConfigError, RunError
from softbio.fairness import DecisionRule
from softbio.formula import Formula, parse
from softbio.runs import Run

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.faces.reviews import Reviews
    from softbio.faces.tags import Tags

__all__ = ["Browser"]

_HALVES = ("val_select", "val_fit", "val")
_ORDERS = 12


class Browser:
    """Finds the faces of a set by what is known of them.

    Each column is made when a query first needs it, and kept; what people say is looked at anew
    by each query. Safe to share between sessions: nothing that is kept is ever changed.

    Parameters
    ----------
    faces : FaceSet
    run : Run, optional
        Made from these faces. Without it there are no scores, predictions and similarities.
    rule : DecisionRule, optional
        What makes predictions of scores; None: the run's own, else above one half.
    tags : Tags, optional
    reviews : Reviews, optional
    traits : mapping of str to ndarray, shape (N,), int8, optional
        What formulas can name: 0, 1, −1 not known. None: the set's annotated attributes, and
        every word of `tags`.
    suspicion : ndarray, shape (N,), float32, or a function that returns it, optional
        How likely each label is wrong, NaN where not known, as
        `softbio.audit.label_issues` tells.
    """

    def __init__(
        self,
        faces: FaceSet,
        run: Run | None = None,
        *,
        rule: DecisionRule | None = None,
        tags: Tags | None = None,
        reviews: Reviews | None = None,
        traits: Mapping[str, np.ndarray] | None = None,
        suspicion: np.ndarray | Callable[[], np.ndarray] | None = None,
    ) -> None:
        self.faces = faces
        self.run = run
        self.known = FaceColumns(faces, run, rule)
        self._tags = tags
        self._reviews = reviews
        self._traits = traits
        self._given_suspicion = suspicion
        self._annotated: dict[str, np.ndarray] = {}
        self._orders: OrderedDict[tuple[Any, ...], np.ndarray] = OrderedDict()

    def __len__(self) -> int:
        return len(self.faces)

    def columns(self) -> tuple[str, ...]:
        """Return what the faces can be sorted by: some need a run, similarity its embeddings."""
        found = ["filename"]
        if self.run is not None:
            found += ["score", "loss", "uncertainty"]
            if (self.run.path / "embeddings.npy").is_file():
                found.append("similarity")
        if self._given_suspicion is not None:
            found.append("suspicion")
        return tuple(found)

    @property
    def names(self) -> tuple[str, ...]:
        """What a formula can name."""
        if self._traits is not None:
            return tuple(self._traits)
        words = () if self._tags is None else tuple(self._tags.words())
        return tuple(dict.fromkeys((*self.faces.attributes, *words)))

    def select(self, query: Query) -> np.ndarray:
        """Return the faces of a query, in its order, shape (n,), int64 rows of the set.

        Of equal faces the lower row stands first; of what the order does not know, last.

        Raises
        ------
        ConfigError
            If there is no such group, or the order or a filter needs what is not there.
        DataError
            If `query.like` is no face of the set.
        FormulaError
            If the formula is none, or names what is not there.
        RunError
            If the run has not scored these faces, or has no embeddings.
        """
        mask = self._mask(query)
        order = self._order(query)
        return (order if mask is None else order[mask[order]]).astype(np.int64)

    def _mask(self, query: Query) -> np.ndarray | None:
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
        return self._needed(self.known.prediction, "prediction") == prediction

    def _with_error(self, error: str, query: Query) -> np.ndarray:
        del query
        prediction = self._needed(self.known.prediction, "right or wrong prediction")
        label = self.known.label
        if error == "false-positive":
            return (label == 0) & (prediction == 1)
        if error == "false-negative":
            return (label == 1) & (prediction == 0)
        known = (label >= 0) & (prediction >= 0)
        return known & ((label == prediction) == (error == "right"))

    def _scored(self, bounds: tuple[float, float], query: Query) -> np.ndarray:
        del query
        score = self._needed(self.known.score, "score")
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
        return _evaluated(resolved, columns) == 1

    def _trait(self, name: str) -> np.ndarray:
        if self._traits is not None:
            return np.asarray(self._traits[name])
        if name not in self.faces.attributes:
            assert self._tags is not None
            return self._tags.values(name)
        if name not in self._annotated:
            values = self.faces.table[name].to_numpy(dtype=np.int8, na_value=-1)
            self._annotated[name] = values
        return self._annotated[name]

    def _named(self, text: str, query: Query) -> np.ndarray:
        del query
        import pyarrow.compute as pc

        # Names in small letters are searched plainly: ignoring case as it goes is ten times slower.
        found: np.ndarray = pc.match_substring(self._small_names, text.casefold()).to_numpy(
            zero_copy_only=False
        )
        return found

    @cached_property
    def _small_names(self) -> Any:
        import pyarrow as pa

        return pa.array([name.casefold() for name in self.known.filename], pa.string())

    def _order(self, query: Query) -> np.ndarray:
        order, down = query.order, query.largest_first
        if order == "filename":
            rows = self.known.by_filename
            return rows[::-1] if down else rows
        key = (order, down, query.like)
        if key in self._orders:
            return self._orders[key]
        found = order_of(self._sorted_by(query), down)
        self._orders[key] = found
        while len(self._orders) > _ORDERS:
            self._orders.popitem(last=False)
        return found

    def _sorted_by(self, query: Query) -> np.ndarray:
        if query.order == "similarity":
            return self._likeness.to(self._row_of(query.like))
        if query.order == "suspicion":
            return self._suspicion
        return self._needed(getattr(self.known, query.order), query.order)

    @cached_property
    def _suspicion(self) -> np.ndarray:
        given = self._given_suspicion
        if given is None:
            raise ConfigError(
                "Faces can be sorted by suspicion where a run tells which labels are suspect. "
                "Choose a run."
            )
        return np.asarray(given() if callable(given) else given, np.float32)

    @cached_property
    def _likeness(self) -> Likeness:
        run = self.run
        if run is None:
            raise ConfigError("Similarity is that of a run's embeddings. Choose a run.")
        if run.config.data_fingerprint != self.faces.fingerprint:
            raise RunError(
                f"The run {run.id} was not made from {self.faces.name} as it is now, so its "
                "embeddings are of other faces. Choose a run of this set."
            )
        values, ranges = run.embeddings()
        if len(values) != len(self):
            raise RunError(
                f"The embeddings of {run.id} are of {len(values):,} faces, but {self.faces.name} "
                f"holds {len(self):,}. Train anew."
            )
        return Likeness.of_last_block(values, ranges)

    def row_of(self, filename: str) -> int:
        """Return the row of a face by its file name; `ConfigError` if there is none."""
        return self._row_of(filename)

    def _row_of(self, filename: str) -> int:
        found = np.flatnonzero((self.known.filename == filename).to_numpy(dtype=bool))
        if not len(found):
            close = difflib.get_close_matches(filename[:100], self.known.filename[:5000], n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise ConfigError(f"The face set {self.faces.name} has no face {filename!r}.{hint}")
        return int(found[0])

    def _needed(self, column: np.ndarray | None, what: str) -> np.ndarray:
        if column is None:
            raise ConfigError(f"Without a run no face has a {what}. Choose a run.")
        return column


def _evaluated(formula: Formula, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    return formula.evaluate(columns)


_FILTERS: dict[str, Callable[[Browser, Any, Query], np.ndarray]] = {
    "split": Browser._in_split,
    "group": Browser._of_group,
    "label": Browser._with_label,
    "prediction": Browser._predicted,
    "error": Browser._with_error,
    "score": Browser._scored,
    "tag": Browser._tagged,
    "review": Browser._reviewed,
    "formula": Browser._holding,
    "text": Browser._named,
}
