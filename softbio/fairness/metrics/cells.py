"""Cells: the four counts of every group as float arrays, and the sums that metrics share."""

from __future__ import annotations

from functools import cached_property

import numpy as np

__all__ = ["Cells"]


class Cells:
    """The counts of each group by label and prediction, all of shape (..., G), float64.

    Behind each array the groups stand outermost in memory, so that a group's
    replicates are contiguous: ``array[..., g]`` is read at full speed, and so is
    a quantile along the replicates. Counts up to 2**53 are exact.

    Parameters
    ----------
    values : ndarray, shape (..., G, 2, 2)
        ``values[..., g, label, prediction]``.
    """

    def __init__(self, values: np.ndarray) -> None:
        by_cell = np.moveaxis(values, (-2, -1, -3), (0, 1, 2))
        block = np.array(by_cell, dtype=np.float64, order="C")
        self.tn, self.fp, self.fn, self.tp = (
            np.moveaxis(block[label, prediction], 0, -1)
            for label in (0, 1)
            for prediction in (0, 1)
        )

    @cached_property
    def negatives(self) -> np.ndarray:
        """Faces with label 0."""
        return self.tn + self.fp

    @cached_property
    def positives(self) -> np.ndarray:
        """Faces with label 1."""
        return self.fn + self.tp

    @cached_property
    def rejected(self) -> np.ndarray:
        """Faces predicted 0."""
        return self.tn + self.fn

    @cached_property
    def selected(self) -> np.ndarray:
        """Faces predicted 1."""
        return self.fp + self.tp

    @cached_property
    def n(self) -> np.ndarray:
        """Faces."""
        return self.negatives + self.positives

    @cached_property
    def true_positive_rate(self) -> np.ndarray:
        """Share predicted 1 of the faces with label 1."""
        return self.tp / self.positives

    @cached_property
    def true_negative_rate(self) -> np.ndarray:
        """Share predicted 0 of the faces with label 0."""
        return self.tn / self.negatives
