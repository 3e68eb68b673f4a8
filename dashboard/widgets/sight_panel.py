"""What the judged faces could show at all: the smallest gaps, and the faces that a gap needs."""

from __future__ import annotations

import streamlit as st

from dashboard.widgets.number_choice import choose_number
from dashboard.widgets.numbers import count, points
from dashboard.widgets.plain_table import plain_table
from softbio.fairness import METRICS, Evaluation
from softbio.fairness.sight import POWER, sights

__all__ = ["sight_panel"]


def sight_panel(evaluation: Evaluation) -> None:
    """Show which gaps between groups these faces could show, and how many a wanted one needs."""
    if len(evaluation.groups) < 2:
        return
    st.header("What these faces can show", anchor=False)
    wanted = choose_number(
        "Gap to see, in points",
        "gap",
        default=2.0,
        low=0.1,
        high=50.0,
        step=0.5,
        help="The last column tells how many faces would show a gap of this size.",
    )
    rows = []
    for sight in sights(evaluation, wanted / 100):
        needed = sight.needed
        rows.append(
            (
                f"{METRICS[sight.metric].title}, {sight.first} and {sight.second}",
                " + ".join(count(n) for n in sight.n),
                f"{points(sight.gap).lstrip('+')} points" if sight.gap == sight.gap else "–",
                "–" if needed is None else f"{count(needed.first)} + {count(needed.second)}",
            )
        )
    plain_table(
        ["", "faces", "smallest gap seen", f"faces that show {wanted:g} points"],
        rows,
        label="Gaps that would be seen",
        key="sight",
    )
    st.caption(
        f"A gap of the smallest size shows in {POWER:.0%} of such samples; smaller ones mostly stay "
        "unseen, so finding none says little about them. With more than two groups, the pair in "
        "which a gap is hardest to see."
    )
