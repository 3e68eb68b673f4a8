"""What the same search finds in labels that were shuffled within each group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from softbio.errors import ConfigError, DataError
from softbio.fairness.intervals import number_people
from softbio.hypotheses.searching.search import SearchPlan, search

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Chance", "against_chance"]


@dataclass(frozen=True)
class Chance:
    """The best formula's saving beside those of shuffled labels.

    Attributes
    ----------
    saved_bits : float
        By how much the best formula's description of the target is shorter than
        the constant's; negative if it is longer.
    by_chance : tuple of float
        The same for each shuffled target, ascending.
    p_value : float
        Share of all targets, the real one among them, whose best formula saves at
        least as much. Exact if labels are exchangeable within groups; by person, if what
        is labelled of people with as many faces is.
    by : str
        ``person`` or ``face``: what exchanged labels.
    moved : float
        Share of the faces whose label could go elsewhere: by person, those of people
        of whom others of the group have as many faces. Where it is small, so is the power.
    """

    saved_bits: float
    by_chance: tuple[float, ...]
    p_value: float
    by: str
    moved: float


def against_chance(
    columns: Mapping[str, np.ndarray] | pd.DataFrame,
    target: np.ndarray,
    group: np.ndarray | None = None,
    groups: tuple[str, ...] = ("all",),
    *,
    person: np.ndarray | None = None,
    permutations: int = 39,
    plan: SearchPlan | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Chance:
    """Search shuffled labels as the real ones are searched.

    `Hypothesis.explains` needs no shuffling: it rests on a bound that holds for all
    formulas at once, and is strict. This asks the data themselves, finds weaker
    rules in few faces, and costs a search for each permutation.

    Parameters
    ----------
    columns, target, group, groups
        As in `search`.
    person : ndarray, shape (N,), integers, optional
        Who is on each face; negative: not known, a person of its own. Then people exchange
        all their labels, in the order of their faces, with people of the same group and the
        same number of faces: a person's labels go together, and so do their attributes.
        (A person with faces in several groups counts as several.)
    permutations : int
        At least 1; 19 are the fewest that can give p = 0.05.
    plan : SearchPlan, optional
        Only `max_attributes` and `threads` matter: nothing is grown.
    seed : int
    progress : callable, optional
        Called with how many targets have been searched, and of how many.
    stop : callable, optional
        True ends the work.

    Raises
    ------
    ConfigError
        If `permutations` is below 1.
    DataError
        If there is not a person for every face.
    CancelledError
        If `stop` said so.
    """
    if permutations < 1:
        raise ConfigError(f"`permutations` must be at least 1. Received: {permutations}.")
    plan = replace(plan or SearchPlan(), top=1, beam_literals=0)
    target = np.asarray(target)
    inside = np.zeros(len(target), np.int64) if group is None else np.asarray(group)
    blocks = _blocks(target, inside, len(groups), person)
    rng = np.random.default_rng(seed)
    saved = []
    for number in range(permutations + 1):
        shuffled = target.copy()
        for faces in blocks if number else ():
            shuffled[faces] = target[rng.permutation(faces)]
        found = search(columns, shuffled, group, groups, plan=plan, stop=stop)
        saved.append(found.hypotheses[0].saved_bits if found.hypotheses else -np.inf)
        if progress:
            progress(number + 1, permutations + 1)
    real, *others = saved
    reached = 1 + sum(other >= real for other in others)
    return Chance(
        saved_bits=float(real),
        by_chance=tuple(sorted(map(float, others))),
        p_value=reached / len(saved),
        by="face" if person is None else "person",
        moved=sum(faces.size for faces in blocks if len(faces) > 1)
        / max(sum(faces.size for faces in blocks), 1),
    )


def _blocks(
    target: np.ndarray, group: np.ndarray, groups: int, person: np.ndarray | None
) -> list[np.ndarray]:
    """Return faces (people, faces of each), arrays within which rows may exchange labels."""
    if person is None:
        person = np.full(len(target), -1)
    if np.shape(person) != target.shape:
        raise DataError(
            f"The target speaks of {len(target):,} faces, the people of {np.size(person):,}: "
            "give one of each for every face."
        )
    blocks = []
    for code in range(groups):
        mine = np.flatnonzero(np.isin(target, (0, 1)) & (group == code))
        who, people = number_people(np.asarray(person)[mine])
        faces = mine[np.argsort(who, kind="stable")]
        sizes = np.bincount(who, minlength=people)
        ends = np.cumsum(sizes)
        for size in np.unique(sizes):
            starts = (ends - sizes)[sizes == size]
            blocks.append(faces[starts[:, None] + np.arange(size)])
    return blocks
