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

from dataclasses import dataclass
from typing import Literal

import numpy as np

from softbio.fairness.comparison.change import Change
from softbio.fairness.comparison.headline import Cell, Facts, Kind, headline
from softbio.fairness.comparison.wording import in_points, points, told_cell, told_group

__all__ = ["Verdict", "decide"]

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


def decide(
    groups: tuple[str, ...],
    accuracy: Change,
    cells: Change,
    gap: Change,
    fair: Change,
    lowest: tuple[int, ...],
    tolerance: float,
    level: float,
    same: bool = False,
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
    same : bool
        Whether both runs predict the same for every face.
    """
    facts = _facts(groups, accuracy, cells, lowest, tolerance)
    kind = _kind(facts, gap)
    if kind in _GAINS and facts.sunk:
        kind = "trade between labels"
    elif kind == "no evidence" and facts.losses:
        kind = "trade between labels" if facts.gains else "loss"
    elif kind == "no evidence" and facts.gains:
        kind = "price unclear" if facts.unsure else "gain"
    if same:
        sentences = ["No evidence: both runs predict the same for every face."]
    else:
        limit = f"{points(tolerance, signed=False)} points"
        sentences = [
            headline(kind, facts, limit),
            *_details(facts, accuracy, cells, gap, fair),
        ]
        told = facts.losses or facts.told_gains
        labels = ", and for all labels of all groups together" if told else ""
        sentences.append(f"Intervals: {level * 100:g} % for all groups together{labels}.")
    return Verdict(
        kind,
        " ".join(sentences),
        _level(kind, facts),
        tuple(groups[k] for k in facts.rose),
        tuple(groups[k] for k in facts.fell),
    )


def _facts(
    groups: tuple[str, ...],
    accuracy: Change,
    cells: Change,
    lowest: tuple[int, ...],
    tolerance: float,
) -> Facts:
    present = [k for k in range(len(groups)) if not np.isnan(accuracy.low[k])]
    # A change that is certain but smaller than anybody minds is not put into words.
    gained = np.argwhere((cells.low > 0) & (cells.high > tolerance))
    lost = [Cell(*at) for at in np.argwhere((cells.high < 0) & (cells.low < -tolerance)).tolist()]
    return Facts(
        groups,
        present,
        rose=[k for k in present if accuracy.low[k] > 0],
        fell=[k for k in present if accuracy.high[k] < 0],
        unsure=[k for k in present if accuracy.low[k] < -tolerance],
        lowest=lowest,
        gains=[Cell(*at) for at in gained.tolist()],
        losses=lost,
        sunk=[at for at in lost if cells.after[at] < np.nanmin(cells.before[at.group])],
    )


def _kind(facts: Facts, gap: Change) -> Kind:
    if facts.rose:
        opened = len(facts.lowest) > 1 and gap.low > 0
        worst_rose = bool(set(facts.rose) & set(facts.lowest)) and len(facts.present) > 1
        if worst_rose and not facts.unsure and not opened:
            return "levelling up"
        if facts.fell:
            return "trade"
        return "price unclear" if facts.unsure else "gain"
    if facts.fell:
        if len(facts.fell) == len(facts.present) > 1:
            return "everybody lost"
        return "levelling down" if gap.high < 0 else "loss"
    return "no evidence"


def _details(facts: Facts, accuracy: Change, cells: Change, gap: Change, fair: Change) -> list[str]:
    told = [told_group(facts.groups[k], accuracy[k]) for k in facts.present]
    sentences = [f"Change in accuracy: {'; '.join(told)}."]
    for often, chosen in (("less", facts.losses), ("more", facts.told_gains)):
        if chosen:
            told = [told_cell(facts.groups[at.group], at.label, cells[at]) for at in chosen]
            sentences.append(f"Recognised {often} often: {'; '.join(told)}.")
    if gap.high < 0 or gap.low > 0:
        moved = "shrank" if gap.high < 0 else "widened"
        sentences.append(f"The gap between groups {moved}: {in_points(gap)}.")
    if (facts.fell or facts.losses) and round(fair.change * 100, 1) > 0:
        sentences.append(
            f"The Fair Metric rose all the same, by {points(fair.change, signed=False)} points."
        )
    missing = [k for k in range(len(facts.groups)) if k not in facts.present]
    if missing:
        sentences.append(f"There are no faces of {facts.names(missing)}.")
    return sentences


def _level(kind: Kind, facts: Facts) -> Literal["success", "warning", "info"]:
    if kind == "no evidence":
        return "info"
    if facts.losses or kind not in ("levelling up", "gain"):
        return "warning"
    alone = len(facts.present) == 1
    return "success" if kind == "levelling up" or alone else "info"
