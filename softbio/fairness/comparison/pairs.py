"""Pairs: what two runs predicted for the same faces, counted, and drawn anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from softbio.fairness.counts import GroupCounts
from softbio.fairness.intervals.drawing import draw_people, kept_people
from softbio.fairness.intervals.plan import IntervalPlan
from softbio.fairness.intervals.resampling import person_counts, resample_people, strata_of

__all__ = ["PairCounts", "PairedFaces"]


@dataclass(frozen=True, eq=False)
class PairCounts:
    """Counts of group × label × baseline's prediction × new prediction, with any leading axes.

    Attributes
    ----------
    values : ndarray, shape (..., G, 2, 2, 2), int64
        ``values[..., g, label, before, after]``.
    groups : tuple of str
    """

    values: np.ndarray
    groups: tuple[str, ...]

    @property
    def before(self) -> GroupCounts:
        """What the baseline predicted, shape (..., G, 2, 2)."""
        return GroupCounts(self.values.sum(axis=-1), self.groups)

    @property
    def after(self) -> GroupCounts:
        """What the new run predicted, shape (..., G, 2, 2)."""
        return GroupCounts(self.values.sum(axis=-2), self.groups)

    @property
    def same(self) -> bool:
        """Whether both runs predicted the same for every face."""
        return not (self.values[..., 0, 1].any() or self.values[..., 1, 0].any())


@dataclass(frozen=True, eq=False)
class PairedFaces:
    """Judged faces with the predictions of two runs; all arrays have shape (n,).

    Attributes
    ----------
    label : ndarray, int64
        0 or 1.
    before, after : ndarray, int64
        The baseline's prediction and the new one, 0 or 1.
    group : ndarray, int64
        Index into `groups`.
    groups : tuple of str
    person : ndarray, int64, or None
        Numbers from 0 without gaps; None where faces are drawn one by one.
    """

    label: np.ndarray
    before: np.ndarray
    after: np.ndarray
    group: np.ndarray
    groups: tuple[str, ...]
    person: np.ndarray | None = None

    @cached_property
    def counts(self) -> PairCounts:
        """Shape (G, 2, 2, 2)."""
        cell = ((self.group * 2 + self.label) * 2 + self.before) * 2 + self.after
        flat = np.bincount(cell, minlength=8 * len(self.groups)).astype(np.int64)
        return PairCounts(flat.reshape(len(self.groups), 2, 2, 2), self.groups)

    @cached_property
    def people(self) -> np.ndarray | None:
        """Each person's counts, shape (K, G, 2, 2, 2); None where faces are drawn."""
        if self.person is None:
            return None
        # A face's "label" is here what the baseline said of it, and its "group" the
        # cell it is in: so one table holds both runs.
        groups = len(self.groups)
        cell = self.group * 2 + self.label
        table = person_counts(self.before, self.after, cell, groups * 2, self.person)
        return table.reshape(len(table), groups, 2, 2, 2)

    def pooled(self) -> PairedFaces:
        """Return the faces of all groups together, as one group called ``all``."""
        return replace(self, group=np.zeros_like(self.group), groups=("all",))

    def redraw(self, plan: IntervalPlan) -> PairCounts:
        """Draw the faces anew with both predictions, values (R, G, 2, 2, 2).

        By person, whole people are drawn. By face, it is one multinomial draw
        over the 8 G cells of the table; stratified, over the 8 cells of each
        group, whose n stays as it is.
        """
        groups = len(self.groups)
        if self.people is not None:
            weights = self.weights(plan)
            cells = self.people.reshape(len(self.people), groups * 2, 2, 2)
            drawn = resample_people(cells, weights, ("",) * (groups * 2)).values
        else:
            random = np.random.default_rng(plan.seed)
            table = self.counts.values.reshape((groups, 8) if plan.stratify else (1, groups * 8))
            n = table.sum(axis=-1, keepdims=True)
            shares = np.divide(table, n, out=np.full(table.shape, 1 / table.shape[1]), where=n > 0)
            drawn = random.multinomial(n[:, 0], shares, size=(plan.replicates, len(table)))
        return PairCounts(drawn.reshape(plan.replicates, groups, 2, 2, 2), self.groups)

    def weights(self, plan: IntervalPlan) -> np.ndarray:
        """Return how often each person is drawn, (R, K) uint8; each face, (R, n), by face."""
        if self.people is None:
            strata = self.group if plan.stratify else None
            return draw_people(len(self.label), plan.replicates, plan.seed, strata)
        cells = self.people.reshape(len(self.people), len(self.groups), -1, 2)
        return kept_people(len(self.people), plan, strata_of(cells))
