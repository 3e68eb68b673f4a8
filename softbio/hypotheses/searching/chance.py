"""What the same search finds in labels that were shuffled within each group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from softbio.errors import ConfigError
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
        least as much. Exact if labels are exchangeable within groups.
    """

    saved_bits: float
    by_chance: tuple[float, ...]
    p_value: float


def against_chance(
    columns: Mapping[str, np.ndarray] | pd.DataFrame,
    target: np.ndarray,
    group: np.ndarray | None = None,
    groups: tuple[str, ...] = ("all",),
    *,
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
    CancelledError
        If `stop` said so.
    """
    if permutations < 1:
        raise ConfigError(f"`permutations` must be at least 1. Received: {permutations}.")
    plan = replace(plan or SearchPlan(), top=1, beam_literals=0)
    target = np.asarray(target)
    inside = np.zeros(len(target), np.int64) if group is None else np.asarray(group)
    known = np.isin(target, (0, 1))
    rng = np.random.default_rng(seed)
    saved = []
    for number in range(permutations + 1):
        shuffled = target.copy()
        if number:
            for code in range(len(groups)):
                mine = np.flatnonzero(known & (inside == code))
                shuffled[mine] = target[rng.permutation(mine)]
        found = search(columns, shuffled, group, groups, plan=plan, stop=stop)
        saved.append(found.hypotheses[0].saved_bits if found.hypotheses else -np.inf)
        if progress:
            progress(number + 1, permutations + 1)
    real, *others = saved
    reached = 1 + sum(other >= real for other in others)
    return Chance(float(real), tuple(sorted(map(float, others))), reached / len(saved))
