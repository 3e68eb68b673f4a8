"""Which faces of a split are looked at, and what the run says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from softbio.audit.looking.looking import Looks, Method, look
from softbio.audit.looking.summary import Evidence, LooksBy, looks_by
from softbio.errors import ConfigError
from softbio.faces.faceset import FaceSet
from softbio.fairness import DecisionRule, IntervalPlan
from softbio.runs import Run
from softbio.runs.judging import rule_of, selection_of

__all__ = ["FACES", "SampledLooks", "look_at_split", "sample_cells"]

#: Faces of a cell that are looked at, unless told otherwise.
FACES = 50


@dataclass(frozen=True, eq=False)
class SampledLooks:
    """Where a run's network looks on a sample of a split's faces, and what it says of them.

    Attributes
    ----------
    looks : Looks
        Of n faces.
    label, prediction, group, score, filename : ndarray, shape (n,)
    groups : tuple of str
    person : ndarray, shape (n,), or None
    split : str
    rule : DecisionRule
        What made the predictions.
    most, seed : int
        At most so many faces of a cell, and what they were drawn with.
    of : dict of (group, label, right) to int
        How many faces of the split each cell has.
    """

    looks: Looks
    label: np.ndarray
    prediction: np.ndarray
    group: np.ndarray
    score: np.ndarray
    filename: np.ndarray
    groups: tuple[str, ...]
    person: np.ndarray | None
    split: str
    rule: DecisionRule
    most: int
    seed: int
    of: dict[tuple[str, int, bool], int]

    def by(self, evidence: Evidence = "for", plan: IntervalPlan | None = None) -> LooksBy:
        """Return mean maps and shares of bands of each cell, see `looks_by`."""
        return looks_by(
            self.looks, self.label, self.prediction, self.group, self.groups, self.person,
            evidence=evidence, plan=plan,
        )  # fmt: skip

    @property
    def sentence(self) -> str:
        """Which faces were looked at."""
        return (
            f"{len(self.label):,} of the {sum(self.of.values()):,} faces of {self.split}: of each "
            f"cell at most {self.most:,}, drawn at random with seed {self.seed}."
        )


def sample_cells(cell: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Return which faces are looked at: of each cell all, or `most` drawn at random.

    Parameters
    ----------
    cell : array-like, shape (n,), integers
        The cell of each face.
    most : int
    seed : int
        A cell's draw depends on it and on the cell alone, not on the other cells.

    Returns
    -------
    ndarray, int64
        Ascending.
    """
    cell = np.asarray(cell)
    chosen = [np.zeros(0, np.int64)]
    for code in np.unique(cell):
        inside = np.flatnonzero(cell == code)
        if len(inside) > most:
            draw = np.random.default_rng((seed, int(code)))
            inside = draw.choice(inside, most, replace=False)
        chosen.append(inside)
    return np.sort(np.concatenate(chosen))


def look_at_split(
    run: Run,
    faces: FaceSet,
    split: str = "val_select",
    rule: DecisionRule | None = None,
    *,
    method: Method = "occlusion",
    most: int = FACES,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> SampledLooks:
    """Return where the network of `run` looks on a sample of a split, the same of each cell.

    A cell is a group, a label and whether the run is right. Few are wrong; a plain sample would
    hold hardly any of them.

    Parameters
    ----------
    run : Run
    faces : FaceSet
        That the run was made from.
    split : str
    rule : DecisionRule, optional
        By default the run's own.
    method : {"occlusion", "grad-cam"}
    most : int
        Faces of each cell at most; at least 1.
    seed : int
    progress, stop : optional
        As of `look`.

    Raises
    ------
    RunError
        If the run has no network here, or no face of the split can be judged.
    ConfigError
        If `most` or the method is none.
    DataError, CancelledError
        As of `look`.
    """
    if most < 1:
        raise ConfigError(f"At least one face of a cell must be looked at. Received: {most}.")
    chosen = selection_of(run, split, faces=faces)
    rule = rule_of(run, rule=rule)
    prediction = rule.predict(chosen.score, chosen.column, chosen.column_groups)
    right = prediction == (chosen.label == 1)
    cell = (chosen.group * 2 + chosen.label) * 2 + right
    index = sample_cells(cell, most, seed)
    counts = np.bincount(cell, minlength=4 * len(chosen.groups))
    of = {
        (group, label, bool(was)): int(counts[(code * 2 + label) * 2 + was])
        for code, group in enumerate(chosen.groups)
        for label in (0, 1)
        for was in (0, 1)
    }
    looks = look(run, faces, chosen.row[index], method, progress=progress, stop=stop)
    return SampledLooks(
        looks,
        chosen.label[index],
        prediction[index],
        chosen.group[index],
        chosen.score[index],
        chosen.filename[index],
        chosen.groups,
        None if chosen.person is None else chosen.person[index],
        split,
        rule,
        most,
        seed,
        of,
    )
