"""Drawing anew: counts as they could have come, by face or by person.

A table of counts that was drawn anew face by face is one multinomial draw, so
its cost does not depend on how many faces there are. Faces of one person come
together: by person, whole people are drawn with all their faces. How often
each was drawn depends on nothing but the seed, so the same weights serve every
threshold, and both runs of a pair.
"""

from __future__ import annotations

import numpy as np

from softbio.errors import DataError
from softbio.fairness.counts import GroupCounts, check_faces
from softbio.fairness.intervals.drawing import BLOCK, in_threads
from softbio.fairness.intervals.plan import IntervalPlan

__all__ = [
    "number_people",
    "person_counts",
    "resample",
    "resample_people",
    "strata_of",
]

_EXACT = 2**24  # below it float32 holds every integer


def number_people(person: np.ndarray) -> tuple[np.ndarray, int]:
    """Return people's numbers from 0 without gaps, and how many people there are.

    Parameters
    ----------
    person : array-like, shape (n,), integers
        Any codes. A negative one means that nobody knows who it is: such a
        face counts as a person of its own.

    Returns
    -------
    (n,) int64, int
    """
    person = np.asarray(person)
    if person.ndim != 1 or (person.size and person.dtype.kind not in "iu"):
        raise DataError("People must be given as whole numbers, one for each face.")
    numbered = np.empty(len(person), dtype=np.int64)
    known = person >= 0
    names, numbered[known] = np.unique(person[known], return_inverse=True)
    strangers = int((~known).sum())
    numbered[~known] = len(names) + np.arange(strangers)
    return numbered, len(names) + strangers


def person_counts(
    label: np.ndarray,
    prediction: np.ndarray,
    group: np.ndarray,
    n_groups: int,
    person: np.ndarray,
) -> np.ndarray:
    """Count each person's faces by group, label and prediction.

    Parameters
    ----------
    label, prediction, group : array-like, shape (n,)
        As `GroupCounts.from_predictions` takes them.
    n_groups : int
    person : array-like, shape (n,)
        Codes; people are numbered as `number_people` does it.

    Returns
    -------
    ndarray, shape (K, G, 2, 2), int64
        ``[person, group, label, prediction]``.

    Raises
    ------
    DataError
        If lengths differ, or a label or group is not as described.
    """
    label, prediction, group = np.asarray(label), np.asarray(prediction), np.asarray(group)
    check_faces(label, prediction, group, ("",) * n_groups)
    numbered, people = number_people(person)
    if numbered.shape != label.shape:
        raise DataError(
            "There must be one person for each face. "
            f"Received: {len(numbered)} people's codes for {len(label)} faces."
        )
    cell = ((numbered * n_groups + group) * 2 + label.astype(np.int64)) * 2
    flat = np.bincount(cell + prediction.astype(np.int64), minlength=people * n_groups * 4)
    return flat.astype(np.int64, copy=False).reshape(people, n_groups, 2, 2)


def strata_of(people: np.ndarray) -> np.ndarray:
    """Return for each person the group that most of their faces are in, shape (K,).

    Parameters
    ----------
    people : ndarray, shape (K, G, 2, 2)
        From `person_counts`.
    """
    return np.asarray(people.sum(axis=(-2, -1)).argmax(axis=-1))


def resample(counts: GroupCounts, plan: IntervalPlan) -> GroupCounts:
    """Draw the faces anew, one by one.

    Parameters
    ----------
    counts : GroupCounts, shape (G, 2, 2)
    plan : IntervalPlan
        Stratified, each group keeps its n; otherwise only their sum is kept.

    Returns
    -------
    GroupCounts, shape (R, G, 2, 2), int64
    """
    random = np.random.default_rng(plan.seed)
    groups = len(counts.groups)
    table = counts.values.reshape((groups, 4) if plan.stratify else (1, groups * 4))
    n = table.sum(axis=-1, keepdims=True)
    shares = np.divide(table, n, out=np.full(table.shape, 1 / table.shape[1]), where=n > 0)
    drawn = random.multinomial(n[:, 0], shares, size=(plan.replicates, len(table)))
    return GroupCounts(drawn.reshape(plan.replicates, groups, 2, 2), counts.groups)


def resample_people(
    people: np.ndarray, weights: np.ndarray, groups: tuple[str, ...]
) -> GroupCounts:
    """Count the faces of people who were drawn anew.

    Parameters
    ----------
    people : ndarray, shape (K, G, 2, 2), integers
        From `person_counts`.
    weights : ndarray, shape (R, K), uint8
        From `draw_people`.
    groups : tuple of str

    Returns
    -------
    GroupCounts, shape (R, G, 2, 2), int64
        Exact: sums that float32 cannot hold are computed in float64.

    Raises
    ------
    DataError
        If the weights are those of another number of people.
    """
    if weights.shape[1] != len(people):
        raise DataError(
            f"The weights are those of {weights.shape[1]} people. Received: {len(people)} people."
        )
    table = people.reshape(len(people), -1)
    sums = np.empty((len(weights), table.shape[1]), dtype=np.int64)

    # All terms are whole and none is negative: a sum below 2**24 was exact all along.
    narrow = table.astype(np.float32)

    def block(start: int) -> None:
        part = weights[start : start + BLOCK].astype(np.float32) @ narrow
        if part.size and part.max() >= _EXACT:
            part = weights[start : start + BLOCK].astype(np.float64) @ table.astype(np.float64)
        sums[start : start + BLOCK] = part

    in_threads(block, range(0, len(weights), BLOCK))
    return GroupCounts(sums.reshape(len(weights), *people.shape[1:]), groups)
