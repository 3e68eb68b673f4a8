"""What a network makes of the four cells of a formula and a target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from softbio.errors import RunError
from softbio.faces.faceset import SPLITS, in_split

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.hypotheses.examination.examine import Examination
    from softbio.runs.run import Run

__all__ = ["CellScores", "network_scores"]


@dataclass(frozen=True, eq=False)
class CellScores:
    """The mean score of a network on each cell.

    Attributes
    ----------
    groups : tuple of str
        Those of the examination, and ``all`` at the end.
    mean : ndarray, shape (G + 1, 2, 2), float64
        ``[group, formula, target]``; NaN where no face was scored.
    n : ndarray, shape (G + 1, 2, 2), int64
        Faces behind each mean.
    split : str
    flatters : bool
        Whether the network was trained on any of these faces.
    """

    groups: tuple[str, ...]
    mean: np.ndarray
    n: np.ndarray
    split: str
    flatters: bool


def network_scores(
    examination: Examination, run: Run, faces: FaceSet, *, split: str = "val_select"
) -> CellScores:
    """Return the mean score of a run on each cell of an examination.

    Parameters
    ----------
    examination : Examination
        Of `faces`.
    run : Run
    faces : FaceSet
    split : str
        The faces to look at.

    Raises
    ------
    RunError
        If there is no such split, or the run was scored on other faces.
    """
    if split not in SPLITS:
        raise RunError(f"There is no split {split!r}. The splits are: {', '.join(SPLITS)}.")
    frame = run.predictions().frame
    names = faces.table["filename"]
    place = np.arange(len(names))
    if len(frame) != len(names) or not (names == frame["filename"]).all():
        place = pd.Index(names).get_indexer(frame["filename"])
        if (place < 0).any():
            raise RunError(
                f"The predictions of {run.id} are of another face set than {faces.name}. "
                "Choose a run of this set."
            )
    scores = np.full(len(faces), np.nan)
    scores[place] = frame["score"].to_numpy(dtype=np.float64, na_value=np.nan)
    inside: np.ndarray = np.zeros(len(faces), dtype=bool)
    inside[place] = in_split(frame["split"], split)
    scores[~inside] = np.nan

    parts = (*examination.groups, examination.overall)
    mean: np.ndarray = np.full((len(parts), 2, 2), np.nan)
    n: np.ndarray = np.zeros((len(parts), 2, 2), dtype=np.int64)
    for index, part in enumerate(parts):
        for formula in (0, 1):
            for target in (0, 1):
                found = scores[part.rows[formula][target]]
                found = found[~np.isnan(found)]
                n[index, formula, target] = len(found)
                if len(found):
                    mean[index, formula, target] = found.mean()
    trained: np.ndarray = np.zeros(len(faces), dtype=bool)
    trained[place] = ~frame["out_of_sample"].to_numpy(dtype=bool, na_value=False)
    examined = np.concatenate([rows for pair in examination.overall.rows for rows in pair])
    flatters = bool((trained & ~np.isnan(scores))[examined].any())
    return CellScores(tuple(part.name for part in parts), mean, n, split, flatters)
