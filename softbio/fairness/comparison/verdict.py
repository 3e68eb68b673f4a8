"""The verdict on a change, in words: who gained, who lost, and whether the gap shrank fairly.

A group *gained* if its accuracy's interval lies above zero, *lost* if it lies
below, and *may have lost* if its lower bound is under −tolerance. These intervals
hold together for all groups. The first line that applies gives the kind:

==================== ============================================================
levelling up         a worst group gained, and no group may have lost
trade                a group gained and another lost
price unclear        a group gained, none lost, but one may have lost
gain                 a group gained, no group may have lost, but the worst did not
                     gain; or nobody was worst before, and the gap opened
everybody lost       every group lost (two groups or more)
levelling down       groups lost, none gained, and the gap shrank
loss                 groups lost and none gained
no evidence          no group gained or lost
==================== ============================================================

A group's accuracy is mostly that of its commoner label. So the cells (group ×
label) are looked at too, with intervals that hold together for all cells. They
change the kind in two cases. Where a cell lost that now stands lower than both
labels of its group did before, a gain is called *trade between labels*: it was
paid by the faces of one label. And where no group's accuracy changed but cells
did, the kind is *trade between labels*, *loss* or *gain*, as the cells tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from softbio.fairness.comparison.change import Change
from softbio.fairness.comparison.wording import (
    in_points,
    joined,
    points,
    told_cell,
    told_group,
)

__all__ = ["Kind", "Verdict", "decide"]

Kind = Literal[
    "levelling up", "trade", "levelling down", "no evidence", "gain", "price unclear", "loss",
    "everybody lost", "trade between labels",
]  # fmt: skip

_GAINS = ("levelling up", "gain", "price unclear")


@dataclass(frozen=True)
class Verdict:
    """Who paid.

    Attributes
    ----------
    kind : str
        See the table in `softbio.fairness.comparison.verdict`.
    sentence : str
        What happened to whom, in a few sentences, with intervals.
    level : {"success", "warning", "info"}
        How it should be shown: a warning wherever somebody lost, or may have.
    gained, lost : tuple of str
        The groups whose accuracy rose, and fell, beyond doubt.
    """

    kind: Kind
    sentence: str
    level: Literal["success", "warning", "info"]
    gained: tuple[str, ...]
    lost: tuple[str, ...]


class _Cell(NamedTuple):
    group: int
    label: int


def decide(
    groups: tuple[str, ...],
    accuracy: Change,
    cells: Change,
    gap: Change,
    fair: Change,
    lowest: tuple[int, ...],
    tolerance: float,
    level: float,
) -> Verdict:
    """Put a comparison into words.

    Parameters
    ----------
    groups : tuple of str
    accuracy : Change, arrays of shape (G,)
        Intervals simultaneous over groups; NaN for a group without faces.
    cells : Change, arrays of shape (G, 2)
        Of each cell's accuracy; intervals simultaneous over cells.
    gap, fair : Change
        Of largest minus smallest accuracy, and of the Fair Metric.
    lowest : tuple of int
        The groups that could have been worst off before.
    tolerance : float
        What a group may lose and still not be called worse off.
    level : float
        Of the intervals, for the text.
    """
    present = [k for k in range(len(groups)) if not np.isnan(accuracy.low[k])]
    rose = [k for k in present if accuracy.low[k] > 0]
    fell = [k for k in present if accuracy.high[k] < 0]
    open_ = [k for k in present if accuracy.low[k] < -tolerance]
    # A change that is certain but smaller than anybody minds is not put into words.
    gains = [_Cell(*at) for at in np.argwhere((cells.low > 0) & (cells.high > tolerance)).tolist()]
    losses = [
        _Cell(*at) for at in np.argwhere((cells.high < 0) & (cells.low < -tolerance)).tolist()
    ]

    kind = _kind(present, rose, fell, open_, lowest, gap)
    sunk = [at for at in losses if cells.after[at] < np.nanmin(cells.before[at.group])]
    if kind in _GAINS and sunk:
        kind = "trade between labels"
    elif kind == "no evidence" and losses:
        kind = "trade between labels" if gains else "loss"
    elif kind == "no evidence" and gains:
        kind = "price unclear" if open_ else "gain"

    def names(chosen: Sequence[int]) -> str:
        return joined([groups[k] for k in chosen])

    limit = f"{points(tolerance, signed=False)} points"
    sentences = [_headline(kind, names, present, rose, fell, open_, lowest, limit)]
    if present:
        told = [told_group(groups[k], accuracy[k]) for k in present]
        sentences.append(f"Change in accuracy: {'; '.join(told)}.")
    listed = [("less", losses), ("more", gains if losses or not rose else [])]
    for often, chosen in listed:
        if chosen:
            told = [told_cell(groups[at.group], at.label, cells[at]) for at in chosen]
            sentences.append(f"Recognised {often} often: {'; '.join(told)}.")
    if gap.high < 0 or gap.low > 0:
        moved = "shrank" if gap.high < 0 else "widened"
        sentences.append(f"The gap between groups {moved}: {in_points(gap)}.")
    if (fell or losses) and round(fair.change * 100, 1) > 0:
        sentences.append(
            f"The Fair Metric rose all the same, by {points(fair.change, signed=False)} points."
        )
    if missing := [name for k, name in enumerate(groups) if k not in present]:
        sentences.append(f"There are no faces of {joined(missing)}.")
    if present:
        labels = ", and for all labels of all groups together" if losses or gains else ""
        sentences.append(f"Intervals: {level * 100:g} % for all groups together{labels}.")
    return Verdict(
        kind,
        " ".join(sentences),
        _level(kind, bool(losses), len(present)),
        tuple(groups[k] for k in rose),
        tuple(groups[k] for k in fell),
    )


def _kind(
    present: list[int],
    rose: list[int],
    fell: list[int],
    open_: list[int],
    lowest: tuple[int, ...],
    gap: Change,
) -> Kind:
    if rose:
        apart = len(lowest) > 1 and gap.low > 0
        if not open_ and len(present) > 1 and set(rose) & set(lowest) and not apart:
            return "levelling up"
        if fell:
            return "trade"
        return "price unclear" if open_ else "gain"
    if fell:
        if len(fell) == len(present) > 1:
            return "everybody lost"
        return "levelling down" if gap.high < 0 else "loss"
    return "no evidence"


def _headline(
    kind: Kind,
    names: Callable[[Sequence[int]], str],
    present: list[int],
    rose: list[int],
    fell: list[int],
    open_: list[int],
    lowest: tuple[int, ...],
    limit: str,
) -> str:
    gained = f"{names(rose)} gained" if rose else "no group's accuracy is known to have changed"
    if kind == "levelling up":
        return f"Levelling up: {gained}, and no group lost more than {limit}."
    if kind == "trade":
        return f"Trade: {gained}, and {names(fell)} lost."
    if kind == "trade between labels":
        paid = (
            "it was paid by faces of one label" if rose else "one label's faces paid for another's"
        )
        return f"Trade between labels: {gained}, but {paid}."
    if kind == "price unclear":
        start = gained if rose else "more faces of some labels are recognised"
        return (
            f"Gain, price unclear: {start}, but for {names(open_)} a loss of more than {limit} is "
            "not ruled out."
        )
    if kind == "gain":
        if not rose:
            return f"Gain: {gained}, but more faces of some labels are recognised."
        start = f"Gain: {gained}, and no group lost more than {limit}"
        if len(present) < 2:
            return f"Gain: {gained}."
        if set(rose) & set(lowest):
            return f"{start}; but groups that could not be told apart before are apart now."
        return f"{start}; but {names(lowest)}, worst off before, did not gain for certain."
    if kind == "everybody lost":
        return f"Everybody lost: {names(fell)}."
    if kind == "levelling down":
        return f"Levelling down: the gap shrank only because {names(fell)} lost; no group gained."
    if kind == "loss":
        if not fell:
            return f"Loss: {gained}, but fewer faces of some labels are recognised."
        return f"Loss: {names(fell)} lost, and no group gained."
    if not present:
        return "No evidence: there are no faces to compare."
    if open_:
        return (
            "No evidence of a change in any group's accuracy; a loss of more than "
            f"{limit} is not ruled out for {names(open_)}."
        )
    return f"No evidence of a change in any group's accuracy; no group lost more than {limit}."


def _level(kind: Kind, losses: bool, n_groups: int) -> Literal["success", "warning", "info"]:
    if kind == "no evidence":
        return "info"
    if losses or kind not in ("levelling up", "gain"):
        return "warning"
    return "success" if kind == "levelling up" or n_groups == 1 else "info"
