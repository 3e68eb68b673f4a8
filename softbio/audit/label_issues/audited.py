"""The labels of a face set, audited with the scores of a run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from softbio.audit.label_issues.issues import LabelIssues, label_issues
from softbio.audit.label_issues.telling import coverage
from softbio.errors import RunError
from softbio.faces.faceset import SPLITS, FaceSet, in_split
from softbio.fairness import GroupScores, compute_scores
from softbio.fairness.intervals import number_people
from softbio.runs import Run
from softbio.runs.judging import has_scores

__all__ = ["AuditedLabels", "audit_labels"]


@dataclass(frozen=True, eq=False)
class AuditedLabels:
    """The faces whose labels could be audited, and what was found.

    Attributes
    ----------
    issues : LabelIssues
        Its rows are those of the arrays below.
    rows : ndarray, shape (n,), int64
        Row of each face in the set, ascending.
    filename : ndarray, shape (n,), object
    label : ndarray, shape (n,), int8
        The given label, 0 or 1.
    score : ndarray, shape (n,), float32
    group : ndarray, shape (n,), int64
        Index into `groups`.
    groups : tuple of str
    split : ndarray, shape (n,), object
    person : ndarray, shape (n,), int64, or None
        None where nobody knows who is on the photographs.
    seen : int
        Faces that could not be audited because the network was trained on them.
    left_out : int
        Faces that could not be audited for want of a label, a known group or a score.
    folds : int
        How many networks scored the training faces that they had not seen; 0: none.
    gamma : float or None
        Of the run's focal loss, whose scores are unsure by design; None: another loss.
    """

    issues: LabelIssues
    rows: np.ndarray
    filename: np.ndarray
    label: np.ndarray
    score: np.ndarray
    group: np.ndarray
    groups: tuple[str, ...]
    split: np.ndarray
    person: np.ndarray | None
    seen: int
    left_out: int
    folds: int
    gamma: float | None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def sentence(self) -> str:
        """Which faces were audited, why not the others, and what to do."""
        return coverage(len(self), self.seen, self.left_out, self.folds)

    @cached_property
    def auc(self) -> np.ndarray:
        """Area under the ROC curve of each group, shape (G,); NaN where a label is missing."""
        scores = GroupScores(self.label, self.score, self.group, self.groups)
        return compute_scores(scores, ["auc"])["auc"]

    @property
    def ranked(self) -> np.ndarray:
        """Rows of the set, the most suspect labels first, shape (n,), int64."""
        return self.rows[self.issues.order]

    def table(self, places: np.ndarray | None = None) -> pd.DataFrame:
        """Return a line a face, the most suspect first.

        Parameters
        ----------
        places : ndarray, integers, optional
            Which faces, in which order: places in `rows`. None: all, as in ``issues.order``.

        Returns
        -------
        DataFrame
            ``filename`` (str), ``split`` (str), ``group`` (str), ``label`` (int8), ``score``
            (float32), ``suspicion`` (float32), ``flagged`` (bool), ``row`` (int64).
        """
        order = self.issues.order if places is None else places
        names = np.array(self.groups, dtype=object)
        return pd.DataFrame(
            {
                "filename": pd.array(self.filename[order], dtype="str"),
                "split": pd.array(self.split[order], dtype="str"),
                "group": pd.array(names[self.group[order]], dtype="str"),
                "label": self.label[order],
                "score": self.score[order],
                "suspicion": self.issues.suspicion[order],
                "flagged": self.issues.flagged[order],
                "row": self.rows[order],
            }
        )

    def suspicion_of_all(self, n: int) -> np.ndarray:
        """Return the suspicion of every face of a set of `n`, float32; NaN where not audited."""
        every = np.full(n, np.nan, dtype=np.float32)
        every[self.rows] = self.issues.suspicion
        return every


def audit_labels(
    run: Run,
    faces: FaceSet,
    *,
    by_group: bool = True,
    split: str | None = None,
    level: float = 0.95,
) -> AuditedLabels:
    """Find labels of a face set that look wrong by the scores of a run.

    Only faces that the scoring network did not train on are audited: of others it knows the label
    by heart, right or wrong. `softbio train --folds` gives such a score to every training face.

    Parameters
    ----------
    run : Run
    faces : FaceSet
        The set that was scored.
    by_group : bool
        See `label_issues`.
    split : str, optional
        One of `SPLITS`; None: all faces.
    level : float
        Of the intervals.

    Raises
    ------
    RunError
        If there are no predictions, they are of another set or hold no scores, there is no such
        split, or no face can be audited.
    """
    if split is not None and split not in SPLITS:
        raise RunError(f"There is no split {split!r}. The splits are: {', '.join(SPLITS)}.")
    if not has_scores(run):
        raise RunError(
            f"{run.id} holds predicted labels and no scores, and a label says nothing of how sure "
            "the network is. Choose a run with scores."
        )
    frame = run.predictions().frame
    place = pd.Index(frame["filename"]).get_indexer(faces.table["filename"])
    if (place < 0).any():
        first = faces.table["filename"].iloc[int(np.argmax(place < 0))]
        raise RunError(
            f"{run.id} is of another face set than {faces.name}: it has no score of {first}."
        )
    score = frame["score"].to_numpy(dtype=np.float32, na_value=np.nan)[place]
    unseen = frame["out_of_sample"].to_numpy(dtype=bool, na_value=False)[place]
    fold = frame["fold"].fillna(0).to_numpy(dtype=np.int64)[place]
    if run.config.kind == "refit":
        # It scores all faces by one network, which its parent trained on those of the folds.
        unseen &= fold == 0
    label, group = faces.labels(), faces.group_index()
    inside = np.ones(len(faces), dtype=bool)
    if split is not None:
        inside = in_split(faces.table["split"], split)
    labelled = inside & (faces.table["split"] != "unlabelled").to_numpy(dtype=bool)
    able = labelled & (label >= 0) & (group >= 0) & ~np.isnan(score)
    rows = np.flatnonzero(able & unseen)
    if not len(rows):
        where = "" if split is None else f" of the split {split!r}"
        raise RunError(
            f"No face{where} with a label and a known group has a score of a network that did not "
            "train on it. Train with `softbio train --folds 5` to get such scores."
        )
    person = None
    if faces.has_identities:
        identity = faces.table["identity"].iloc[rows].fillna(-1).to_numpy(dtype=np.int64)
        person, _ = number_people(identity)
    groups = tuple(faces.group_names.values())
    train = run.config.train
    return AuditedLabels(
        issues=label_issues(
            label[rows],
            score[rows],
            group[rows],
            groups,
            by_group=by_group,
            person=person,
            level=level,
        ),
        rows=rows,
        filename=faces.table["filename"].to_numpy(dtype=object)[rows],
        label=label[rows],
        score=score[rows],
        group=group[rows],
        groups=groups,
        split=faces.table["split"].to_numpy(dtype=object)[rows],
        person=person,
        seen=int((able & ~unseen).sum()),
        left_out=int((labelled & ~able).sum()),
        folds=len(np.unique(fold[rows][fold[rows] > 0])),
        gamma=train.loss.gamma if train is not None and train.loss.name == "focal" else None,
    )
