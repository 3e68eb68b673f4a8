"""The faces of a set that a query looks for, in its order."""

from __future__ import annotations

import difflib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from softbio.audit.browsing.columns import FaceColumns, needed, order_of
from softbio.audit.browsing.filters import Filters
from softbio.audit.browsing.query import Query
from softbio.audit.browsing.similarity import Likeness
from softbio.errors import ConfigError, RunError
from softbio.fairness import DecisionRule
from softbio.runs import Run

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.faces.reviews import Reviews
    from softbio.faces.tags import Tags

__all__ = ["Browser"]

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
        self.tags = tags
        self.reviews = reviews
        self._filters = Filters(self.known, tags, reviews, traits)
        self._given_suspicion = suspicion
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
        return self._filters.names

    @property
    def words(self) -> tuple[str, ...]:
        """What any face is tagged with."""
        return () if self.tags is None else tuple(self.tags.words())

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
        mask = self._filters.mask(query)
        order = self._order(query)
        return (order if mask is None else order[mask[order]]).astype(np.int64)

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
        return needed(getattr(self.known, query.order), query.order)

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
