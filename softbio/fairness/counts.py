"""GroupCounts: how often each group's faces of each label got each prediction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.errors import DataError

__all__ = ["GroupCounts", "check_faces", "predict_at"]


@dataclass(frozen=True, eq=False)
class GroupCounts:
    """Counts of group × label × prediction, with any leading axes.

    Every count metric is a function of these numbers, so thresholds, bootstrap
    replicates or runs that stand along leading axes are computed in one call.

    Attributes
    ----------
    values : ndarray, shape (..., G, 2, 2), integers
        ``values[..., g, label, prediction]``.
    groups : tuple of str
        The G names, in the order in which they are shown.

    Examples
    --------
    >>> counts = GroupCounts.from_predictions([0, 1, 1], [0, 1, 0], [0, 0, 1], ("women", "men"))
    >>> counts.values.tolist()
    [[[1, 0], [0, 1]], [[0, 0], [1, 0]]]
    """

    values: np.ndarray
    groups: tuple[str, ...]

    def __post_init__(self) -> None:
        shape, kind = self.values.shape, self.values.dtype.kind
        if shape[-3:] != (len(self.groups), 2, 2) or kind not in "iu":
            raise ValueError(
                f"counts must be integers of shape (..., {len(self.groups)}, 2, 2). "
                f"Received: {self.values.dtype} {shape}"
            )

    @classmethod
    def from_predictions(
        cls,
        label: np.ndarray,
        prediction: np.ndarray,
        group: np.ndarray,
        groups: tuple[str, ...],
    ) -> GroupCounts:
        """Count faces.

        Parameters
        ----------
        label, prediction : array-like, shape (n,)
            0 or 1 each.
        group : array-like, shape (n,)
            Index into `groups`.
        groups : tuple of str

        Returns
        -------
        GroupCounts
            Shape (G, 2, 2), int64.

        Raises
        ------
        DataError
            If lengths differ, a label or prediction is neither 0 nor 1, or a
            group is unknown.
        """
        label, prediction, group = np.asarray(label), np.asarray(prediction), np.asarray(group)
        check_faces(label, prediction, group, groups)
        _check_binary("prediction", prediction)
        cell = group.astype(np.int64) * 4 + label.astype(np.int64) * 2 + prediction.astype(np.int64)
        flat = np.bincount(cell, minlength=4 * len(groups))
        return cls(flat.reshape(len(groups), 2, 2).astype(np.int64), groups)

    @classmethod
    def at_thresholds(
        cls,
        label: np.ndarray,
        score: np.ndarray,
        group: np.ndarray,
        groups: tuple[str, ...],
        thresholds: np.ndarray,
    ) -> GroupCounts:
        """Count faces at many thresholds at once; a score above the threshold means 1.

        Each cell's scores are sorted once and every threshold is looked up in
        them, so T thresholds cost O(n log n + T log n).

        Parameters
        ----------
        label : array-like, shape (n,)
        score : array-like, shape (n,), floating
        group : array-like, shape (n,)
        groups : tuple of str
        thresholds : array-like, shape (T,)
            In any order; brought to the precision of `score`, see `predict_at`.

        Returns
        -------
        GroupCounts
            Shape (T, G, 2, 2), int64.

        Raises
        ------
        DataError
            As `from_predictions`.
        """
        label, score, group = np.asarray(label), np.asarray(score), np.asarray(group)
        check_faces(label, score, group, groups)
        thresholds = np.asarray(thresholds).astype(score.dtype)
        values = np.empty((len(thresholds), len(groups), 2, 2), dtype=np.int64)
        for index in range(len(groups)):
            for value in (0, 1):
                scores = np.sort(score[(group == index) & (label == value)])
                not_above = np.searchsorted(scores, thresholds, side="right")
                values[:, index, value, 0] = not_above
                values[:, index, value, 1] = len(scores) - not_above
        return cls(values, groups)

    @property
    def cell_sizes(self) -> np.ndarray:
        """Faces per group and label, shape (..., G, 2)."""
        return self.values.sum(axis=-1)

    @property
    def n(self) -> np.ndarray:
        """Faces per group, shape (..., G)."""
        return self.values.sum(axis=(-2, -1))

    def pooled(self) -> GroupCounts:
        """Return the counts of all groups together, as one group called ``all``."""
        return GroupCounts(self.values.sum(axis=-3, keepdims=True), ("all",))


def predict_at(score: np.ndarray, threshold: float) -> np.ndarray:
    """Return which scores are above the threshold, bool, in the shape of `score`.

    The threshold is brought to the precision of the scores first: a float32
    score that was saved as 0.18 is not above 0.18.
    """
    return np.asarray(score > score.dtype.type(threshold))


def check_faces(
    label: np.ndarray, other: np.ndarray, group: np.ndarray, groups: tuple[str, ...]
) -> None:
    """Raise `DataError` unless every face has a label, a known group and one of `other`."""
    if not label.shape == other.shape == group.shape or label.ndim != 1:
        raise DataError(
            "Labels, predictions and groups must be equally many. "
            f"Received: {label.shape}, {other.shape}, {group.shape}."
        )
    _check_binary("label", label)
    if group.size and not (
        group.dtype.kind in "iu" and group.min() >= 0 and group.max() < len(groups)
    ):
        raise DataError(
            f"A group must be an index from 0 to {len(groups) - 1}; leave out faces whose group "
            "is unknown."
        )


def _check_binary(name: str, values: np.ndarray) -> None:
    if values.dtype.kind == "b" or not values.size:
        return
    wrong = (values != 0) & (values != 1)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise DataError(
            f"A {name} must be 0 or 1; leave out faces that have none. "
            f"Received: {values[first]} at position {first}."
        )
