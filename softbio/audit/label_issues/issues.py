"""label_issues: which labels of a set look wrong, by confident learning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.audit.label_issues.flagging import flag
from softbio.audit.label_issues.joint import calibrated, confident_counts
from softbio.audit.label_issues.noise import NoiseRate, noise_rates
from softbio.audit.label_issues.sampling import sampled
from softbio.audit.label_issues.suspicion import calibrated_scores, contradicts, suspicion_of
from softbio.audit.label_issues.thresholds import thresholds_of
from softbio.errors import DataError

__all__ = ["EVERYBODY", "LabelIssues", "label_issues"]

#: The one group where groups are not told apart.
EVERYBODY = "all"


@dataclass(frozen=True, eq=False)
class LabelIssues:
    """Which labels look wrong.

    Attributes
    ----------
    groups : tuple of str
        G groups that have thresholds of their own: ``("all",)`` without groups.
    flagged : ndarray, shape (n,), bool
        As many faces of each cell as its noise rate says, the worst ones, none whose score agrees
        with its label.
    suspicion : ndarray, shape (n,), float32
        Chance in 0 … 1 that the label is wrong, see `suspicion_of`.
    order : ndarray, shape (n,), int64
        Row numbers, the most suspect first.
    thresholds : ndarray, shape (G, 2), float64
        Mean probability of their label that the faces of each group and label get.
    joint : ndarray, shape (G, 2, 2), float64
        Share of the group's faces by [given label, true label]; sums to 1. NaN in groups whose
        scores do not tell the labels apart.
    noise : tuple of NoiseRate
        For each group, first of label 1, then of label 0.
    borrowed : tuple of str
        Groups with so few faces of a label that they take the thresholds of all faces.
    silent : tuple of str
        Groups of whose labels nothing can be said: the scores do not tell them apart.
    by : {"person", "face"}
        What the intervals are drawn by.
    level : float
        Of the intervals.
    """

    groups: tuple[str, ...]
    flagged: np.ndarray
    suspicion: np.ndarray
    order: np.ndarray
    thresholds: np.ndarray
    joint: np.ndarray
    noise: tuple[NoiseRate, ...]
    borrowed: tuple[str, ...]
    silent: tuple[str, ...]
    by: str
    level: float

    def __len__(self) -> int:
        return len(self.flagged)


def label_issues(
    label: np.ndarray,
    score: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    *,
    by_group: bool = True,
    person: np.ndarray | None = None,
    level: float = 0.95,
) -> LabelIssues:
    """Find labels that look wrong from scores of faces that the network did not train on.

    Parameters
    ----------
    label : array-like, shape (n,)
        The given labels, 0 or 1.
    score : array-like, shape (n,), float
        Probability of label 1, from a network that did not train on the face.
    group : array-like, shape (n,), integers
        Index into `groups`.
    groups : tuple of str
    by_group : bool
        Whether each group has thresholds of its own. Without, everybody is one group, as
        published: then the rare positives of one group, of which a network is less sure, are
        compared with all positives, and flagged for being rare.
    person : array-like, shape (n,), integers, optional
        Who is on each face, codes from 0: intervals are drawn by person.
    level : float
        Of the intervals, in 0 … 1.

    Raises
    ------
    DataError
        If the arrays differ in length, a label is not 0 or 1, a score is outside 0 … 1, a group
        or a person is unknown, or there is no face.

    References
    ----------
    Northcutt, Jiang & Chuang 2021, Confident Learning: Estimating Uncertainty in Dataset Labels,
    doi:10.1613/jair.1.12125.
    """
    label, score, group = _checked(label, score, group, groups)
    names = groups if by_group else (EVERYBODY,)
    which = group if by_group else np.zeros(len(label), dtype=np.int64)
    thresholds = thresholds_of(label, score, which, len(names))
    counts = confident_counts(label, score, which, thresholds)
    cell = which * 2 + label
    faces = np.bincount(cell, minlength=2 * len(names)).reshape(-1, 2)
    joint = calibrated(counts, faces)
    chance = calibrated_scores(label, score, which, thresholds)
    against = contradicts(label, score, chance, which, thresholds, by_group)
    flagged = flag(label, score, which, joint, faces, against)
    suspicion = suspicion_of(label, chance, which, thresholds, counts, faces)
    people = None
    if person is not None:
        person = np.asarray(person)
        if len(person) != len(label) or person.min() < 0:
            raise DataError("People must be numbers from 0, one for each face.")
        size = (int(person.max()) + 1) * 2 * len(names)
        people = np.bincount(person * 2 * len(names) + cell, minlength=size)
        people = people.reshape(-1, len(names), 2)
    noise = noise_rates(
        counts,
        faces,
        np.bincount(cell[flagged], minlength=2 * len(names)).reshape(-1, 2),
        names,
        sampled(label, score, which, thresholds, person),
        people,
        level,
    )
    return LabelIssues(
        groups=names,
        flagged=flagged,
        suspicion=suspicion,
        order=_ranked(suspicion),
        thresholds=thresholds.confidence,
        joint=joint,
        noise=noise,
        borrowed=tuple(np.array(names)[thresholds.borrowed].tolist()),
        silent=tuple(np.array(names)[~thresholds.tells].tolist()),
        by="face" if person is None else "person",
        level=level,
    )


def _ranked(suspicion: np.ndarray) -> np.ndarray:
    """Return row numbers by falling suspicion, equal ones as they stand, (n,) int64.

    The bits of floats from 0 to 1 rise with them, so that suspicion and row make one integer, and
    plain integers are sorted several times as fast as a stable order of floats is found.
    """
    bits = np.float32(1).view(np.uint32) - suspicion.view(np.uint32)
    rows = np.arange(len(bits), dtype=np.uint64)
    found = np.sort((bits.astype(np.uint64) << np.uint64(32)) | rows)
    return (found & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _checked(
    label: np.ndarray, score: np.ndarray, group: np.ndarray, groups: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return label and group as int64 and scores as float64, or say what is wrong."""
    label, score, group = np.asarray(label), np.asarray(score, dtype=np.float64), np.asarray(group)
    if not len(label) == len(score) == len(group):
        raise DataError(
            "Labels, scores and groups must be equally many. Received: "
            f"{len(label)}, {len(score)} and {len(group)}."
        )
    if not len(label):
        raise DataError("There is no face whose label could be audited.")
    if not np.isin(label, (0, 1)).all():
        raise DataError("A label must be 0 or 1. Leave out the faces without a label.")
    if not ((score >= 0) & (score <= 1)).all():
        raise DataError("A score must lie in 0 … 1. Leave out the faces without a score.")
    if not ((group >= 0) & (group < len(groups))).all():
        raise DataError(
            f"A group must be an index into the {len(groups)} groups. Leave out the faces whose "
            "group is not known."
        )
    return label.astype(np.int64), score, group.astype(np.int64)
