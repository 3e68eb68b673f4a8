"""What a network is expected to say of a face of each label, learned from the faces themselves.

Confident learning counts a face for a class when its score is at least what the network says of
the faces of that class *on average*. A network that is unsure of men with the trait, because
there are few of them, is then compared with how sure it is of such men, not with how sure it is of
everybody: thresholds are kept for each cell (group × label).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["FEWEST", "Thresholds", "thresholds_of"]

#: A group with fewer faces of a label than this takes the thresholds of all faces.
FEWEST = 10


@dataclass(frozen=True, eq=False)
class Thresholds:
    """The mean score of each cell, and what follows from it.

    Attributes
    ----------
    mean : ndarray, shape (G, 2), float64
        Mean score of the faces of each group with label 0 and with label 1; of all groups
        where a group has too few faces of a label. NaN where nobody has the label.
    borrowed : ndarray, shape (G,), bool
        Groups that have too few faces of a label, and take the thresholds of all faces.
    """

    mean: np.ndarray
    borrowed: np.ndarray

    @property
    def confidence(self) -> np.ndarray:
        """Mean probability of their own label that faces of each cell get, shape (G, 2).

        The thresholds ``t_j`` of the paper.
        """
        return np.stack([1 - self.mean[:, 0], self.mean[:, 1]], axis=1)

    @property
    def tells(self) -> np.ndarray:
        """Whether the scores of a group tell its labels apart at all, shape (G,), bool.

        False where faces with label 1 do not have the higher scores on average, or a label is
        missing: then nothing can be said of the labels.
        """
        with np.errstate(invalid="ignore"):
            return np.asarray(self.mean[:, 1] > self.mean[:, 0])


def thresholds_of(label: np.ndarray, score: np.ndarray, group: np.ndarray, n: int) -> Thresholds:
    """Return the thresholds of `n` groups.

    Parameters
    ----------
    label, group : ndarray, shape (faces,), integers
    score : ndarray, shape (faces,), float64
    """
    cell = group * 2 + label
    faces = np.bincount(cell, minlength=2 * n).reshape(n, 2)
    sums = np.bincount(cell, score, minlength=2 * n).reshape(n, 2)
    borrowed = np.asarray((faces < FEWEST).any(axis=1))
    with np.errstate(invalid="ignore"):
        mean = np.where(borrowed[:, None], sums.sum(axis=0) / faces.sum(axis=0), sums / faces)
    return Thresholds(mean, borrowed)
