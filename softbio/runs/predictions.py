"""The scores that a run gave to every face, and the part of them that can be judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from softbio.errors import RunError
from softbio.faces.faceset import SPLITS, FaceSet, in_split
from softbio.fairness import Evaluation, evaluate
from softbio.runs.grouping import group_faces

if TYPE_CHECKING:
    from softbio.faces.reviews import Reviews

__all__ = ["REVIEWED", "SPLITS", "Predictions", "Selection"]

#: The test faces that people reviewed blind in a random sample, with the labels that they gave:
#: the honest judge of a training on corrected labels, since given labels have the same faults as
#: those that were corrected, and corrections that a model proposed flatter it.
REVIEWED = "reviewed"


@dataclass(frozen=True, eq=False)
class Selection:
    """The faces of one split that have a label and a known group, in the set's order.

    Attributes
    ----------
    split : str
    groups : tuple of str
        Names of the groups, in the order of their index.
    label : ndarray, shape (n,), int8
        0 or 1.
    score : ndarray, shape (n,), float32
        Probability of label 1.
    group : ndarray, shape (n,), int64
        Index into `groups`.
    filename : ndarray, shape (n,), object
    row : ndarray, shape (n,), int64
        Row of each face in the face set.
    column : ndarray, shape (n,), int64
        Index into `column_groups`: the group in the group column, which a rule with one
        threshold per group asks for; −1 unknown. The same as `group` unless the faces are
        grouped by other columns.
    column_groups : tuple of str
    person : ndarray, shape (n,), int64, or None
        Who is on each photograph, as a number from 0; whoever is not known is
        somebody of their own. None where that is known of nobody.
    without_label, without_group, without_score : int
        Faces of the split that were left out because they have no label (or reviewers disagree), a
        label but no known group, or both but no score (imported predictions).
    """

    split: str
    groups: tuple[str, ...]
    label: np.ndarray
    score: np.ndarray
    group: np.ndarray
    filename: np.ndarray
    row: np.ndarray
    column: np.ndarray
    column_groups: tuple[str, ...]
    person: np.ndarray | None
    without_label: int
    without_group: int
    without_score: int = 0

    def __len__(self) -> int:
        return len(self.label)

    @property
    def left_out(self) -> int:
        """Faces of the split that cannot be judged."""
        return self.without_label + self.without_group + self.without_score


@dataclass(frozen=True, eq=False)
class Predictions:
    """A score for every face of a set.

    Attributes
    ----------
    frame : DataFrame
        One row a face, in the set's order: ``filename`` (str), ``split`` (str),
        ``label`` (Int8, 0, 1 or null), ``label_version`` (Int32), the group
        column (Int8 codes or null), ``score`` (float32 in 0 … 1), ``fold``
        (Int16 or null), ``out_of_sample`` (bool: the network did not train on
        this face).
    group_column : str
    groups : dict of int to str
        Name of each group by its code, in the order in which they are shown.
    """

    frame: pd.DataFrame
    group_column: str
    groups: dict[int, str]
    _selections: dict[tuple[object, ...], Selection] = field(
        default_factory=dict, init=False, repr=False
    )

    def __len__(self) -> int:
        return len(self.frame)

    def select(self, split: str, by: Sequence[str] = (), faces: FaceSet | None = None) -> Selection:
        """Return the faces of `split` that can be judged; the same object each time.

        Parameters
        ----------
        split : str
            One of `SPLITS`, or `REVIEWED`, which needs `faces`.
        by : sequence of str
            Columns of the face set to group by, see `group_faces`; empty: the group column.
        faces : FaceSet, optional
            The set that was scored. It tells who is on each photograph, and what to group by.

        Raises
        ------
        RunError
            If there is no split of that name.
        ConfigError
            If the faces cannot be grouped by the columns.
        """
        if split not in (*SPLITS, REVIEWED):
            raise RunError(
                f"There is no split {split!r}. The splits are: {', '.join((*SPLITS, REVIEWED))}."
            )
        if split == REVIEWED and faces is None:
            raise RunError(
                "What people reviewed stands in the face set, and it is not at hand. Put the set "
                "back where the run was made from."
            )
        if by and tuple(by) != (self.group_column,) and faces is None:
            raise RunError(
                f"The predictions tell the {self.group_column} of a face and nothing else, so the "
                f"face set is needed to group by {', '.join(by)}."
            )
        reviews = None if split != REVIEWED or faces is None else _reviews_of(faces)
        key = (
            split,
            tuple(by),
            None if faces is None else faces.fingerprint,
            None if reviews is None else reviews.version,
        )
        if key not in self._selections:
            self._selections[key] = self._select(split, tuple(by), faces, reviews)
        return self._selections[key]

    def evaluate(self, split: str, threshold: float = 0.5) -> Evaluation:
        """Return what each group gets on `split` when a score above `threshold` means 1.

        Labels, scores and groups are all that it needs; `softbio.runs.judging.judge` also
        knows people, intervals and the rule that is stored with a run.

        Raises
        ------
        RunError
            If no face of the split has a label and a known group.
        """
        chosen = self.select(split)
        if not len(chosen):
            raise RunError(
                f"No face of the split {split!r} has both a label and a known group, so there is "
                "nothing to evaluate."
            )
        return evaluate(chosen.label, chosen.score, chosen.group, chosen.groups, threshold)

    def _select(
        self, split: str, by: tuple[str, ...], faces: FaceSet | None, reviews: Reviews | None
    ) -> Selection:
        frame = self.frame
        place = None if faces is None else self._places(faces)
        column = self._column()
        index, groups = column, tuple(self.groups.values())
        if faces is not None and place is not None and by and by != (self.group_column,):
            grouping = group_faces(faces, by)
            index, groups = grouping.index[place], grouping.names
        label = frame["label"].fillna(-1).to_numpy(dtype=np.int8)
        if reviews is not None and place is not None:
            sampled = reviews.blind_sample()[place]
            inside = in_split(frame["split"], "test") & sampled
            label = np.maximum(reviews.labels(sample=True)[place], np.int8(-1))
        else:
            inside = in_split(frame["split"], split)
        labelled = label >= 0
        scored = frame["score"].notna().to_numpy()
        row = np.flatnonzero(inside & labelled & (index >= 0) & scored)
        arrays = {
            "label": label[row],
            "score": frame["score"].to_numpy(dtype=np.float32)[row],
            "group": index[row],
            "filename": frame["filename"].to_numpy(dtype=object)[row],
            "row": row,
            "column": column[row],
        }
        person = None
        if faces is not None and place is not None and faces.has_identities:
            person = _persons(faces.table["identity"].iloc[place[row]])
            person.flags.writeable = False
        for array in arrays.values():
            array.flags.writeable = False
        return Selection(
            split=split,
            groups=groups,
            column_groups=tuple(self.groups.values()),
            without_label=int((inside & ~labelled).sum()),
            without_group=int((inside & labelled & (index < 0)).sum()),
            without_score=int((inside & labelled & (index >= 0) & ~scored).sum()),
            person=person,
            **arrays,
        )

    def _column(self) -> np.ndarray:
        """Return each line's group in the group column, −1 where unknown."""
        order = {code: index for index, code in enumerate(self.groups)}
        group = self.frame[self.group_column].map(order, na_action="ignore").fillna(-1)
        return group.to_numpy(dtype=np.int64)

    def _places(self, faces: FaceSet) -> np.ndarray:
        """Return the set's row of each line; `RunError` if the set lacks one."""
        names = faces.table["filename"]
        if len(names) == len(self.frame) and (names == self.frame["filename"]).all():
            return np.arange(len(names))
        place = pd.Index(names).get_indexer(self.frame["filename"])
        if (place < 0).any():
            first = self.frame["filename"].iloc[int(np.argmax(place < 0))]
            raise RunError(
                f"The predictions are of another face set than {faces.name}: it has no {first}."
            )
        return place


def _reviews_of(faces: FaceSet) -> Reviews:
    from softbio.faces.reviews import Reviews

    return Reviews.open(faces)


def _persons(identity: pd.Series) -> np.ndarray:
    """Number the people from 0; whoever is not known is somebody of their own."""
    person, known = pd.factorize(identity)
    unknown = person < 0
    person[unknown] = len(known) + np.arange(unknown.sum())
    return person.astype(np.int64)
