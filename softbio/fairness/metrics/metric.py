"""Metric: one figure that softbio shows, with its meaning and the way it is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from softbio.fairness.counts import GroupCounts
from softbio.fairness.metrics.cells import Cells
from softbio.fairness.scores import GroupScores

__all__ = ["Metric"]


@dataclass(frozen=True, eq=False)
class Metric:
    """One metric, a row of the table `METRICS`.

    A metric of scope ``group`` has a value for each group. One of scope
    ``overall`` judges the groups together: it is either made from the values of
    group metrics (`bases`, joined by `combine`), or computed from the counts of
    all groups at once (`function`).

    Attributes
    ----------
    name : str
        Never changes once released.
    title, description : str
        For a table's head and its tooltip: one sentence.
    best : float or None
        The value to be wished for; None where there is none.
    range : (float, float)
        Lowest and highest value possible.
    reference : str
        Where it is defined.
    scope : {"group", "overall"}
    needs : {"counts", "scores"}
        What it is computed from. Counts change with the threshold, scores do not.
    empty : str
        What is missing where the metric is undefined, to be read after "no":
        ``faces with label 1``.
    unit : {"faces", "share", "number"}
        A count of faces; a share of faces, which may be shown in per cent (and a
        difference of shares in points); or a number of another kind.
    function : callable or None
        `Cells` or `GroupScores` → float64, (..., G) for scope ``group``, (...)
        for ``overall``. None where `bases` are given.
    bases : tuple of Metric
        The group metrics that an overall metric is made from.
    combine : callable or None
        Values of the bases, each (..., G) → the metric, (...).
    parts : callable or None
        Values of the bases, each (..., G) → (..., K): smooth functions whose
        `extreme` over the last axis is the metric. The metric itself has a kink
        where two of them are equal, so bounds are made from the parts' bounds.
        Parts are ordered alike in every call with the same G. None: the metric
        is smooth itself.
    extreme : {"min", "max"} or None
        Which of the parts the metric is; None where there are no parts.
    """

    name: str
    title: str
    description: str
    best: float | None
    range: tuple[float, float]
    reference: str
    scope: Literal["group", "overall"]
    needs: Literal["counts", "scores"]
    empty: str
    unit: Literal["faces", "share", "number"] = "share"
    function: Callable[[Any], np.ndarray] | None = None
    bases: tuple[Metric, ...] = ()
    combine: Callable[..., np.ndarray] | None = None
    parts: Callable[..., np.ndarray] | None = None
    extreme: Literal["min", "max"] | None = None

    @property
    def of(self) -> tuple[str, ...]:
        """Names of the group metrics that it is made from."""
        return tuple(base.name for base in self.bases)

    def __call__(self, judged: GroupCounts | GroupScores) -> np.ndarray:
        """Return the metric of counts, or of scores where it needs these.

        Returns
        -------
        ndarray, float64
            Shape (..., G) for scope ``group``, (...) for ``overall``; NaN where
            undefined.

        Raises
        ------
        ValueError
            If it needs the other of the two.
        """
        if isinstance(judged, GroupScores) != (self.needs == "scores"):
            given = "scores" if isinstance(judged, GroupScores) else "counts"
            raise ValueError(f"{self.name} needs {self.needs}, not {given}")
        source = judged if isinstance(judged, GroupScores) else Cells(judged.values)
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.from_source(source, {})

    def from_source(self, source: Cells | GroupScores, known: dict[str, np.ndarray]) -> np.ndarray:
        """Compute the metric, taking from `known` what is there and leaving there what was needed.

        Division by an empty denominator is meant to happen: whoever calls this
        holds NumPy's warnings off.
        """
        if self.name not in known:
            if self.function is not None:
                value = self.function(source)
            else:
                assert self.combine is not None
                value = self.combine(*(base.from_source(source, known) for base in self.bases))
            known[self.name] = np.asarray(value)
        return known[self.name]
