"""The scores that a run gave to every face, and the part of them that can be judged."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from softbio.errors import RunError
from softbio.fairness import Evaluation, GroupAuc, auc_by_group, evaluate

__all__ = ["SPLITS", "Predictions", "Selection"]

SPLITS = ("train", "val", "test", "unlabelled")


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
    without_label, without_group : int
        Faces of the split that were left out because they have no label, or a
        label but no known group.
    """

    split: str
    groups: tuple[str, ...]
    label: np.ndarray
    score: np.ndarray
    group: np.ndarray
    filename: np.ndarray
    row: np.ndarray
    without_label: int
    without_group: int

    def __len__(self) -> int:
        return len(self.label)

    @property
    def left_out(self) -> int:
        """Faces of the split that cannot be judged."""
        return self.without_label + self.without_group


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
    _selections: dict[str, Selection] = field(default_factory=dict, init=False, repr=False)
    _aucs: dict[str, GroupAuc] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.frame)

    def select(self, split: str) -> Selection:
        """Return the faces of `split` that can be judged; the same object each time.

        Raises
        ------
        RunError
            If there is no split of that name.
        """
        if split not in SPLITS:
            raise RunError(f"There is no split {split!r}. The splits are: {', '.join(SPLITS)}.")
        if split not in self._selections:
            self._selections[split] = self._select(split)
        return self._selections[split]

    def evaluate(self, split: str, threshold: float = 0.5) -> Evaluation:
        """Return what each group gets on `split` when a score above `threshold` means 1.

        The AUC does not depend on the threshold and is computed once.

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
        if split not in self._aucs:
            self._aucs[split] = auc_by_group(
                chosen.label, chosen.score, chosen.group, len(chosen.groups)
            )
        return evaluate(
            chosen.label,
            chosen.score,
            chosen.group,
            chosen.groups,
            threshold,
            auc=self._aucs[split],
        )

    def _select(self, split: str) -> Selection:
        frame = self.frame
        inside = (frame["split"] == split).to_numpy(dtype=bool)
        labelled = frame["label"].notna().to_numpy()
        order = {code: index for index, code in enumerate(self.groups)}
        group = frame[self.group_column].map(order, na_action="ignore").fillna(-1)
        index = group.to_numpy(dtype=np.int64)
        row = np.flatnonzero(inside & labelled & (index >= 0))
        arrays = {
            "label": frame["label"].iloc[row].to_numpy(dtype=np.int8),
            "score": frame["score"].to_numpy(dtype=np.float32)[row],
            "group": index[row],
            "filename": frame["filename"].to_numpy(dtype=object)[row],
            "row": row,
        }
        for array in arrays.values():
            array.flags.writeable = False
        return Selection(
            split=split,
            groups=tuple(self.groups.values()),
            without_label=int((inside & ~labelled).sum()),
            without_group=int((inside & labelled & (index < 0)).sum()),
            **arrays,
        )
