"""Sweeps: what every threshold would do to every group, in one call."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from softbio.errors import ConfigError, DataError
from softbio.fairness.counts import GroupCounts
from softbio.fairness.metrics import METRICS

__all__ = ["Curves", "Sweep", "all_cuts", "sweep"]


class Curves(NamedTuple):
    """A receiver operating characteristic and a precision–recall curve.

    All arrays have shape (P,): one point for each threshold at which this
    group's predictions change, from the highest threshold to the lowest.

    Attributes
    ----------
    thresholds, false_positive_rate, true_positive_rate, precision : ndarray, shape (P,)
        NaN where a rate's denominator is 0: the precision while nobody is
        predicted 1, a rate of a group that has no face of that label.
    """

    thresholds: np.ndarray
    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    precision: np.ndarray


@dataclass(frozen=True, eq=False)
class Sweep:
    """Counts at many thresholds, and every metric of them.

    Attributes
    ----------
    thresholds : ndarray, shape (T,)
        Ascending, in the precision of the scores.
    counts : GroupCounts, shape (T, G, 2, 2)
    """

    thresholds: np.ndarray
    counts: GroupCounts
    _known: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.thresholds)

    def metric(self, name: str) -> np.ndarray:
        """Return a metric at every threshold.

        Parameters
        ----------
        name : str
            Of a count metric in `METRICS`.

        Returns
        -------
        ndarray, float64
            Shape (T, G) for a metric of scope ``group``, (T,) for ``overall``;
            NaN where undefined.

        Raises
        ------
        ConfigError
            If there is no such metric, or no threshold enters it.
        """
        return self._remembered(name, name, self.counts)

    def overall(self, name: str) -> np.ndarray:
        """Return a metric over all faces at every threshold, shape (T,), as `metric` does.

        A metric of scope ``group`` is that of all faces taken as one group.
        """
        if name in METRICS and METRICS[name].scope == "overall":
            return self.metric(name)
        return self._remembered(name, f"all:{name}", self._pooled)[:, 0]

    def index(self, threshold: float) -> int:
        """Return the place of the swept threshold that lies nearest to `threshold`."""
        return int(np.argmin(np.abs(self.thresholds.astype(np.float64) - threshold)))

    def curves(self, group: int | None = None) -> Curves:
        """Return the curves of one group, or of all faces together (None).

        Points that repeat the one before are left out, so the curve of a group
        has no more points than the group has distinct scores, and one.
        """
        values = (self._pooled.values[:, 0] if group is None else self.counts.values[:, group])[
            ::-1
        ]
        moved = np.ones(len(values), dtype=bool)
        moved[1:] = (values[1:] != values[:-1]).any(axis=(-2, -1))
        chosen = GroupCounts(values[moved][:, None], ("one",))
        rates = {
            name: METRICS[name](chosen)[:, 0]
            for name in ("false_positive_rate", "true_positive_rate", "precision")
        }
        return Curves(self.thresholds[::-1][moved], **rates)

    @cached_property
    def _pooled(self) -> GroupCounts:
        return self.counts.pooled()

    def _remembered(self, name: str, key: str, counts: GroupCounts) -> np.ndarray:
        if key not in self._known:
            if name not in METRICS:
                raise ConfigError(f"There is no metric {name!r}. See docs/metrics.md.")
            if METRICS[name].needs != "counts":
                raise ConfigError(
                    f"{METRICS[name].title} ({name}) is computed from the scores themselves: no "
                    "threshold changes it."
                )
            self._known[key] = METRICS[name](counts)
        return self._known[key]


def sweep(
    label: np.ndarray,
    score: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    thresholds: np.ndarray | None = None,
    most: int | None = 1000,
) -> Sweep:
    """Count every group's faces at every threshold that makes a difference.

    Parameters
    ----------
    label : array-like, shape (n,)
        0 or 1.
    score : array-like, shape (n,)
        In 0 … 1.
    group : array-like, shape (n,)
        Index into `groups`.
    groups : tuple of str
    thresholds : array-like, shape (T,), optional
        Only these, in 0 … 1. Default: one between every two neighbouring scores,
        see `all_cuts`.
    most : int or None
        Where there are more cuts than this, `most` of them that have about
        equally many faces between them, the lowest and the highest among them.
        None: all of them.

    Returns
    -------
    Sweep
        Its thresholds are ascending and distinct in the precision of the scores.

    Raises
    ------
    DataError
        If lengths differ, or a label, score or group is not as described.
    ConfigError
        If a threshold lies outside 0 … 1, or `most` is below 2.

    Examples
    --------
    >>> swept = sweep([0, 1, 1], np.array([0.25, 0.25, 0.75]), [0, 0, 0], ("all",))
    >>> swept.thresholds.tolist(), swept.metric("accuracy")[:, 0].round(2).tolist()
    ([0.125, 0.5, 0.875], [0.67, 0.67, 0.33])
    """
    score = np.asarray(score)
    if score.dtype.kind != "f":
        score = score.astype(np.float64)
    if score.size and not (score.min() >= 0.0 and score.max() <= 1.0):
        raise DataError("A score must be a number from 0 to 1.")
    if thresholds is None:
        cuts = _thinned(score, all_cuts(score), most)
    else:
        cuts = np.unique(np.asarray(thresholds, dtype=np.float64).astype(score.dtype))
        if cuts.size and not (cuts[0] >= 0.0 and cuts[-1] <= 1.0):
            raise ConfigError(
                f"A threshold must lie in 0 … 1. Received: {cuts[0]:g} … {cuts[-1]:g}."
            )
    return Sweep(cuts, GroupCounts.at_thresholds(label, score, group, groups, cuts))


def all_cuts(score: np.ndarray) -> np.ndarray:
    """Return one threshold for each set of faces that some threshold in 0 … 1 predicts 1.

    Each lies midway between two neighbouring scores, where a new face that
    scores a little differently is least likely to change sides; 0 and 1 bound
    the outermost. A score of exactly 0 is above no threshold.

    Parameters
    ----------
    score : ndarray, shape (n,), floating
        In 0 … 1.

    Returns
    -------
    ndarray, shape (T,), dtype of `score`
        Ascending.
    """
    kind = score.dtype.type
    distinct = np.unique(score)
    low = distinct if distinct.size and distinct[0] == 0 else np.append(kind(0), distinct)
    high = np.append(distinct if low is not distinct else distinct[1:], kind(1))
    middle = ((low.astype(np.float64) + high) / 2).astype(score.dtype)
    # Neighbouring floats have nothing between them, and "above the lower one" is the same cut.
    return np.asarray(np.where((middle >= high) & (low < high), low, middle))


def _thinned(score: np.ndarray, cuts: np.ndarray, most: int | None) -> np.ndarray:
    if most is None or len(cuts) <= most:
        return cuts
    if most < 2:
        raise ConfigError(f"A sweep needs at least 2 thresholds. Received: most={most}.")
    below = np.searchsorted(np.sort(score), cuts, side="right")
    wanted = np.linspace(below[0], below[-1], most)
    return np.asarray(cuts[np.unique(np.searchsorted(below, wanted))])
