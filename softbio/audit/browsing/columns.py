"""What is known of every face of a set, as arrays that are made once, when first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from softbio.errors import ConfigError, RunError
from softbio.faces.faceset import FaceSet
from softbio.fairness import DecisionRule
from softbio.runs import Run
from softbio.runs.judging import rule_of

__all__ = ["FaceColumns", "needed", "order_of"]

#: Scores are no nearer to 0 and 1 than that when a loss is told of them, as in training.
_EPSILON = 1e-7


class FaceColumns:
    """The columns of a set and of what a run says of it, in the set's order.

    Parameters
    ----------
    faces : FaceSet
    run : Run, optional
    rule : DecisionRule, optional
        What makes predictions of scores; None: the run's own, else above one half.
    """

    def __init__(
        self, faces: FaceSet, run: Run | None = None, rule: DecisionRule | None = None
    ) -> None:
        self.faces = faces
        self.run = run
        self._rule = rule
        self.groups = tuple(faces.group_names.values())

    def __len__(self) -> int:
        return len(self.faces)

    @cached_property
    def filename(self) -> pd.Series:
        """File names, str."""
        return self.faces.table["filename"]

    @cached_property
    def label(self) -> np.ndarray:
        """Given labels, shape (N,), int8: 0, 1, −1 none."""
        return self.faces.labels()

    @cached_property
    def group(self) -> np.ndarray:
        """Index into `groups`, shape (N,), int8; −1 unknown."""
        return self.faces.group_index().astype(np.int8)

    @cached_property
    def split(self) -> tuple[np.ndarray, tuple[str, ...]]:
        """Index of each face's split, shape (N,), int8, and the names of the splits."""
        codes, names = pd.factorize(self.faces.table["split"])
        return codes.astype(np.int8), tuple(map(str, names))

    @cached_property
    def score(self) -> np.ndarray | None:
        """The run's scores, shape (N,), float32; NaN where there is none. None without a run.

        Raises
        ------
        RunError
            If the run has not scored these faces.
        """
        if self.run is None:
            return None
        frame = self.run.predictions().frame
        place = pd.Index(frame["filename"]).get_indexer(self.filename)
        if len(place) and (place < 0).all():
            raise RunError(
                f"The run {self.run.id} has scored other faces than those of {self.faces.name}. "
                "Choose a run of this set, or none."
            )
        score = frame["score"].to_numpy(dtype=np.float32, na_value=np.nan)[place]
        score[place < 0] = np.nan
        return score

    @cached_property
    def prediction(self) -> np.ndarray | None:
        """What the rule makes of the scores, shape (N,), int8: 0, 1, −1 none. None without a run."""
        score = self.score
        if score is None or self.run is None:
            return None
        rule = self._rule or rule_of(self.run)
        known = ~np.isnan(score)
        if rule.needs_group:
            known &= self.group >= 0
        prediction: np.ndarray = np.full(len(score), -1, np.int8)
        prediction[known] = rule.predict(score[known], self.group[known], self.groups)
        return prediction

    @cached_property
    def loss(self) -> np.ndarray | None:
        """Cross-entropy of score and given label, shape (N,), float32; NaN where one is missing."""
        if self.score is None:
            return None
        score = np.clip(self.score.astype(np.float64), _EPSILON, 1 - _EPSILON)
        loss = -np.log(np.where(self.label == 1, score, 1 - score))
        loss[self.label < 0] = np.nan
        return loss.astype(np.float32)

    @cached_property
    def uncertainty(self) -> np.ndarray | None:
        """1 at a score of one half, 0 at scores of 0 and 1, shape (N,), float32."""
        return None if self.score is None else 1 - np.abs(2 * self.score - 1)

    @cached_property
    def by_filename(self) -> np.ndarray:
        """Rows in the order of their file names, shape (N,), int32."""
        import pyarrow.compute as pc

        found: np.ndarray = pc.sort_indices(self.names).to_numpy().astype(np.int32)
        return found

    @cached_property
    def names(self) -> Any:
        """File names as Arrow has them, which searches and sorts text fast."""
        import pyarrow as pa

        return pa.array(self.filename.to_numpy(dtype=object), pa.large_string())


def order_of(values: np.ndarray, largest_first: bool) -> np.ndarray:
    """Return the rows sorted by `values`, shape (N,), int32.

    Of equal values the lower row stands first, and what is not known (NaN) last, either way.
    """
    order = np.argsort(-values if largest_first else values, kind="stable")
    return order.astype(np.int32)


def needed(column: np.ndarray | None, what: str) -> np.ndarray:
    """Return a column that only a run has; `ConfigError` without one."""
    if column is None:
        raise ConfigError(f"Without a run no face has a {what}. Choose a run.")
    return column
