"""Who gained and who lost between two runs: the Fair Metric alone does not tell.

It rewards levelling down: a point taken from the better group raises it by half
a point. And a group's accuracy can rise while nearly all its faces of the rarer
label are lost. So each group's and each cell's own change stands in words.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.widgets.numbers import joined, percent, points
from softbio.fairness import Evaluation

__all__ = ["Change", "changes", "verdict", "who_paid"]

#: Changes below this are taken for none: less than a tenth of a point is not worth a word.
_NOTHING = 5e-4
#: A cell is small, so only a loss of a whole point is put into words.
_CELL_LOSS = 0.01


@dataclass(frozen=True)
class Change:
    """A group's accuracy before and after: over all its faces, and for each label."""

    group: str
    accuracy: tuple[float, float]
    label_0: tuple[float, float]
    label_1: tuple[float, float]

    @property
    def sign(self) -> int:
        """1 if its accuracy rose, −1 if it fell, 0 if neither."""
        change = self.accuracy[1] - self.accuracy[0]
        return 0 if change != change or abs(change) < _NOTHING else (1 if change > 0 else -1)


def changes(before: Evaluation, after: Evaluation) -> list[Change]:
    """Return the change of each group that both evaluations know."""
    found = []
    for name in after.groups:
        if name not in before.groups:
            continue
        old, new = before.groups.index(name), after.groups.index(name)
        pairs = [
            (float(before.by_group[metric][old]), float(after.by_group[metric][new]))
            for metric in ("accuracy", "true_negative_rate", "true_positive_rate")
        ]
        found.append(Change(name, *pairs))
    return found


def verdict(before: Evaluation, after: Evaluation) -> tuple[str, str]:
    """Return ("success" | "warning" | "info", sentences) on who gained and who lost."""
    moved = changes(before, after)
    kind, sentence = _of_groups(before, after, moved)
    if losses := _cell_losses(moved):
        return "warning", f"{sentence} {losses}"
    return kind, sentence


def _of_groups(before: Evaluation, after: Evaluation, moved: list[Change]) -> tuple[str, str]:
    gained = [change.group for change in moved if change.sign > 0]
    lost = [change.group for change in moved if change.sign < 0]
    fair = after.overall["fair_metric"] - before.overall["fair_metric"]
    if not gained and not lost:
        return "info", "No group's accuracy changed by a tenth of a point."
    if lost and fair > _NOTHING:
        others = f", while {joined(gained)} gained" if gained else ""
        return (
            "warning",
            f"Levelling down: the Fair Metric rose by {points(fair).lstrip('+')} points although "
            f"{joined(lost)} got worse{others}.",
        )
    if lost and gained:
        return "warning", f"{joined(gained).capitalize()} gained, {joined(lost)} lost."
    if lost:
        return "warning", f"Nobody gained; {joined(lost)} got worse."
    return "success", f"{joined(gained).capitalize()} gained in accuracy, and no group lost."


def _cell_losses(moved: list[Change]) -> str:
    """Say which cells (group × label) lost a point or more, or nothing."""
    told = []
    for label in (0, 1):
        losses = []
        for change in moved:
            old, new = change.label_1 if label else change.label_0
            if new - old <= -_CELL_LOSS:
                losses.append(f"{change.group} {points(new - old)}")
        if losses:
            told.append(f"label {label} ({joined(losses)} points)")
    return f"At the same time, fewer faces are recognised of {joined(told)}." if told else ""


def who_paid(before: Evaluation, after: Evaluation, name: str) -> None:
    """Show each group's change against the run `name`, and the verdict."""
    kind, sentence = verdict(before, after)
    {"success": st.success, "warning": st.warning, "info": st.info}[kind](
        sentence, title=f"Compared with {name}"
    )
    with st.grid(len(after.groups), min_column_width=220):
        for change in changes(before, after):
            old, new = change.accuracy
            negative, positive = change.label_0, change.label_1
            st.metric(
                f"Accuracy, {change.group}",
                percent(new),
                f"{points(new - old).replace('−', '-')} points" if change.sign else "no change",
                delta_color="normal" if change.sign else "off",
                delta_arrow="auto" if change.sign else "off",
                border=True,
                help=f"{percent(old)} before. Of the faces with label 1: {percent(positive[0])} "
                f"before, {percent(positive[1])} now. With label 0: {percent(negative[0])} before, "
                f"{percent(negative[1])} now.",
            )
