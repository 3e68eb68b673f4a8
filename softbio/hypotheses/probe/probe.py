"""Probe: an attribute learned from a person's tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.faces.tags.words import is_judgement
from softbio.fairness.intervals import number_people
from softbio.hypotheses.probe.features import Features
from softbio.hypotheses.probe.judged import ProbeQuality, judge_checked, judge_tagged
from softbio.hypotheses.probe.logistic import Line, cross_validate, fit_logistic, logistic

if TYPE_CHECKING:
    from softbio.faces.tags import Tags

__all__ = ["ENOUGH", "Probe", "learn", "learn_all", "missing_tags"]

#: Tags of each kind, of as many people, without which nothing is learned.
ENOUGH = 5
_FOLDS = 5
#: Ranges of scores within which tagged faces stand for the others.
_BINS = 10
_SLOPE_L2 = 0.1

#: Chances of faces that nobody tagged stay this far from 0 and 1, which mean: a person said so.
_SURE = 1e-6


@dataclass(frozen=True, eq=False)
class Probe:
    """What was learned of one word.

    Attributes
    ----------
    word : str
    chances : ndarray, shape (N,), float32
        The chance that the word holds of each face; exactly 0 or 1 where a person said so.
    tagged : ndarray, shape (n,), int64
        Rows of the faces that taught it, ascending.
    quality : ProbeQuality
    source : str
        What it looked at; see `Features`.
    l2 : float
        The penalty that cross-validation chose.
    """

    word: str
    chances: np.ndarray
    tagged: np.ndarray
    quality: ProbeQuality
    source: str
    l2: float

    @property
    def yes(self) -> int:
        """Faces that were tagged yes."""
        return int((self.chances[self.tagged] == 1).sum())

    @property
    def no(self) -> int:
        """Faces that were tagged no."""
        return len(self.tagged) - self.yes


def learn(
    features: Features,
    word: str,
    tags: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    *,
    person: np.ndarray | None = None,
    check: np.ndarray | None = None,
) -> Probe:
    """Learn a word from its tags: an L2-logistic regression whose scores are made chances.

    The penalty is chosen by five-fold cross-validation that keeps people together; the scores of
    the same fits are calibrated (Platt 1999) and tell the quality.

    Parameters
    ----------
    features : Features
        Of N faces.
    word : str
    tags : ndarray, shape (N,), int8
        1 yes, 0 no, −1 not tagged or unsure.
    group : ndarray, shape (N,), int
        Index into `groups`, −1 unknown.
    groups : tuple of str
    person : ndarray, shape (N,), int, optional
        Who is on each photograph; negative: nobody knows.
    check : ndarray, shape (c,), int, optional
        Rows that were proposed at random; those without a tag are passed over.

    Raises
    ------
    DataError
        If there are too few tags, or lengths differ.
    """
    tags = np.asarray(tags)
    for name, values in (("tags", tags), ("group", group), ("person", person)):
        if values is not None and len(values) != len(features):
            raise DataError(
                f"`{name}` tells of {len(values):,} faces, the features of {len(features):,}."
            )
    rows = np.flatnonzero(tags >= 0)
    label = (tags[rows] == 1).astype(np.int64)
    who = None if person is None else np.asarray(person)[rows]
    owner = np.arange(len(rows)) if who is None else number_people(who)[0]
    if lacking := _lacking(label, owner):
        raise DataError(f"{word} cannot be learned yet: {lacking}.")
    values = features.rows(rows)
    told = cross_validate(values, label, folds_of(label, owner))
    line = fit_logistic(values, label, told.l2)
    scores = features.scores(line.coefficients, line.intercept)
    calibration = _calibrate(told.scores, label, _stands_for(told.scores, scores))
    chances = _chances(calibration, scores)
    chances[rows] = label
    unseen = _chances(calibration, told.scores)

    tagged = judge_tagged(label, unseen, group[rows], groups, who)
    checked = None
    drawn = np.flatnonzero(np.isin(rows, check)) if check is not None else np.empty(0, np.int64)
    if len(drawn):
        sizes = np.bincount(np.where(group < 0, len(groups), group), minlength=len(groups) + 1)
        checked = judge_checked(
            label[drawn],
            unseen[drawn],
            group[rows[drawn]],
            groups,
            sizes,
            None if who is None else who[drawn],
        )
    return Probe(word, chances, rows, ProbeQuality(tagged, checked), features.source, told.l2)


def learn_all(features: Features, tags: Tags, faces: FaceSet) -> list[Probe]:
    """Learn every trait of a set that has enough tags, in the order of `Tags.words`."""
    group, groups = faces.group_index(), tuple(faces.group_names.values())
    person = faces.table["identity"].fillna(-1).to_numpy(np.int64) if faces.has_identities else None
    probes = []
    for word in tags.words():
        values = tags.values(word)
        if not is_judgement(word) and not missing_tags(values, person):
            check = np.flatnonzero(tags.asked(word) == "check")
            probes.append(learn(features, word, values, group, groups, person=person, check=check))
    return probes


def missing_tags(tags: np.ndarray, person: np.ndarray | None = None) -> str:
    """Say what a word's tags lack before it can be learned; empty if nothing.

    Parameters
    ----------
    tags : ndarray, shape (N,), int8
        1 yes, 0 no, −1 neither.
    person : ndarray, shape (N,), int, optional
    """
    rows = np.flatnonzero(np.asarray(tags) >= 0)
    owner = np.arange(len(rows)) if person is None else number_people(person[rows])[0]
    return _lacking((tags[rows] == 1).astype(np.int64), owner)


def folds_of(label: np.ndarray, owner: np.ndarray, folds: int = _FOLDS) -> np.ndarray:
    """Deal rows out to folds: a person to one fold, those with a 1 and those without evenly.

    Parameters
    ----------
    label : ndarray, shape (n,)
        0 or 1.
    owner : ndarray, shape (n,), int
        Person, from 0 without gaps.

    Returns
    -------
    ndarray, shape (n,), int64
        The same for the same rows.
    """
    n = int(owner.max()) + 1
    positive = np.bincount(owner, label, n) > 0
    order = np.lexsort((np.random.default_rng(0).permutation(n), positive))
    dealt = np.empty(n, np.int64)
    dealt[order] = np.arange(n) % folds
    return dealt[owner]


def _lacking(label: np.ndarray, owner: np.ndarray) -> str:
    wanted = []
    for value, word in ((1, "yes"), (0, "no")):
        people = len(np.unique(owner[label == value]))
        if people < ENOUGH:
            wanted.append(f"{ENOUGH - people} more {word}")
    return f"it needs {' and '.join(wanted)}, each of another person" if wanted else ""


def _stands_for(scores: np.ndarray, everyone: np.ndarray) -> np.ndarray:
    """Return how much each tagged face weighs in the calibration, by its score; 1 on average.

    Proposals choose likely and doubtful faces, so among tags the plain ones are few. A face weighs
    the square root of how many of the set it stands for: with their full number all would rest on
    few faces. Bins hold as many tagged faces each.
    """
    bins = min(_BINS, len(scores) // 10) or 1
    edges = np.quantile(scores, np.arange(1, bins) / bins)
    own, all_ = np.searchsorted(edges, scores), np.searchsorted(edges, everyone)
    tagged = np.bincount(own, minlength=bins)
    ratio = (np.bincount(all_, minlength=bins) + 1) / np.maximum(tagged, 1)
    weights = np.sqrt(ratio[own])
    return weights / weights.mean()


def _calibrate(scores: np.ndarray, label: np.ndarray, weights: np.ndarray) -> Line:
    """Fit a line through log odds, after Platt 1999.

    A little penalty takes the place of his softened targets: those would make up a trait for one
    face in a hundred, which is many where a trait is rare.
    """
    unit = max(float(scores.std()), 1e-6)
    line = fit_logistic(scores[:, None] / unit, label, _SLOPE_L2, weights=weights)
    # What ranks worse than by chance tells next to nothing; it is not turned round.
    return Line(np.maximum(line.coefficients, 0.01) / unit, line.intercept)


def _chances(calibration: Line, scores: np.ndarray) -> np.ndarray:
    chances = logistic(calibration.scores(scores[:, None]))
    return np.clip(chances, _SURE, 1 - _SURE).astype(np.float32)
