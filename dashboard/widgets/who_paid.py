"""Who gained and who lost between two runs: the Fair Metric alone does not tell.

It rewards levelling down: a point taken from the better group raises it by half
a point. So each group's own change stands in words.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.widgets.numbers import joined, percent, points
from softbio.fairness import Evaluation

__all__ = ["Change", "changes", "verdict", "who_paid"]

#: Changes below this are taken for none: less than a tenth of a point is not worth a word.
_NOTHING = 5e-4


@dataclass(frozen=True)
class Change:
    """A group's accuracy and balanced accuracy before and after."""

    group: str
    accuracy: tuple[float, float]
    balanced_accuracy: tuple[float, float]

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
            for metric in ("accuracy", "balanced_accuracy")
        ]
        found.append(Change(name, pairs[0], pairs[1]))
    return found


def verdict(before: Evaluation, after: Evaluation) -> tuple[str, str]:
    """Return ("success" | "warning" | "info", a sentence) on who gained and who lost."""
    moved = changes(before, after)
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
    rest = "no group lost" if len(gained) < len(moved) else "nobody lost"
    return "success", f"{joined(gained).capitalize()} gained, and {rest}."


def who_paid(before: Evaluation, after: Evaluation, name: str) -> None:
    """Show each group's change against the run `name`, and the verdict."""
    kind, sentence = verdict(before, after)
    {"success": st.success, "warning": st.warning, "info": st.info}[kind](
        sentence, title=f"Compared with {name}"
    )
    with st.grid(len(after.groups), min_column_width=220):
        for change in changes(before, after):
            old, new = change.accuracy
            balanced_old, balanced_new = change.balanced_accuracy
            st.metric(
                f"Accuracy, {change.group}",
                percent(new),
                f"{points(new - old).replace('−', '-')} points" if change.sign else "no change",
                delta_color="normal" if change.sign else "off",
                delta_arrow="auto" if change.sign else "off",
                border=True,
                help=f"{percent(old)} before. Balanced accuracy: {percent(balanced_old)} before, "
                f"{percent(balanced_new)} now.",
            )
