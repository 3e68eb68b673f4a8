"""What a word's tags are good for by now, said in one plain sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dashboard.widgets.numbers import count, joined
from softbio.hypotheses.probe import Judged, Probe

__all__ = ["Standing", "group_counts", "standing"]

#: Average precision on tagged faces from which a word is called learned, and usable at all.
LEARNED, USABLE = 0.8, 0.5
#: With fewer yes of a group, what is said of the group rests on next to nothing.
FEW = 5


@dataclass(frozen=True)
class Standing:
    """How far a word is learned.

    Attributes
    ----------
    level : {"success", "info", "warning"}
    short : str
        In two or three words, for tables.
    sentence : str
    """

    level: Literal["success", "info", "warning"]
    short: str
    sentence: str


def standing(word: str, probe: Probe | None, lacking: str) -> Standing:
    """Say whether a word can be used in a search, on what that rests, and where it is weak.

    Parameters
    ----------
    word : str
    probe : Probe or None
        What was learned; None if that was not possible yet.
    lacking : str
        What the tags lack then, as `missing_tags` says it.
    """
    if probe is None:
        return Standing(
            "info",
            "too few tags",
            f"“{word}” cannot be learned yet: {lacking}. Until then a search cannot name it as a "
            "trait of all faces.",
        )
    rests = f"It rests on {count(probe.yes)} yes and {count(probe.no)} no."
    tagged = probe.quality.tagged
    few = [one.name for one in tagged.groups if one.n and one.positives < FEW]
    weak = [one.name for one in tagged.groups if one.name not in few and _precision(one) < LEARNED]
    overall = _precision(tagged.overall)
    if overall < USABLE:
        return Standing(
            "warning",
            "weak",
            f"“{word}” is not good enough for a search yet: much of what the lab finds is something "
            f"else. {rests} Tag another round.",
        )
    trouble = []
    if weak:
        trouble.append(f"it is still weak among {joined(weak)}")
    if few:
        found = {one.name: one.positives for one in tagged.groups}
        told = joined(
            f"{'no' if not found[name] else found[name]} yes among {name}" for name in few
        )
        trouble.append(
            f"there {'is' if _single(found, few) else 'are'} only {told}"
            if any(found[name] for name in few)
            else f"there is {told}"
        )
    if overall >= LEARNED and not trouble:
        return Standing(
            "success", "learned", f"“{word}” is good enough to be used in a search. {rests}"
        )
    if trouble:
        return Standing(
            "info",
            "usable",
            f"“{word}” can be used in a search, but {' and '.join(trouble)}: there its chances "
            f"are little more than guesses. {rests}",
        )
    return Standing(
        "info", "usable", f"“{word}” can be used in a search; another round makes it surer. {rests}"
    )


def group_counts(
    values: np.ndarray, unsure: np.ndarray, group: np.ndarray, groups: Sequence[str]
) -> dict[str, tuple[int, int, int]]:
    """Return how many faces of each group are tagged yes, no and unsure.

    Parameters
    ----------
    values : ndarray, shape (N,), int8
        1 yes, 0 no, −1 neither.
    unsure : ndarray, int
        Rows.
    group : ndarray, shape (N,), int
        Index into `groups`; −1 unknown.
    """
    open_to = np.zeros(len(values), bool)
    open_to[unsure] = True
    return {
        name: tuple(  # type: ignore[misc]
            int((mask & (group == number)).sum()) for mask in (values == 1, values == 0, open_to)
        )
        for number, name in enumerate(groups)
    }


def _precision(judged: Judged) -> float:
    value = judged.average_precision.value
    return 0.0 if np.isnan(value) else value


def _single(found: dict[str, int], few: Sequence[str]) -> bool:
    return found[few[0]] <= 1
