"""Reliability: whether three in ten of the faces that score 0.3 have label 1."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from dashboard.theme import group_colours
from dashboard.widgets.charts import BEHIND, GREY, chart, height, thin
from dashboard.widgets.group_scores import DrawnScores, Marks
from dashboard.widgets.numbers import count, percent
from dashboard.widgets.score_histogram import mark_thresholds

__all__ = ["reliability_figure"]


def reliability_figure(
    scores: DrawnScores,
    now: Marks | None,
    baseline: DrawnScores | None = None,
    *,
    title: str = "Reliability",
) -> go.Figure:
    """Return the share of label 1 against the mean score of each bin, for each group.

    Upright bars are Wilson's intervals; the legend gives the expected
    calibration error. The baseline is dashed and has no bars.
    """
    axis = "calibrated score" if scores.calibrated else "score"
    drawn = chart(title, f"mean {axis}", "share of label 1", height=height(baseline is not None))
    drawn.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": GREY, "width": 1, "dash": "dot"},
        showlegend=False, hoverinfo="skip",
    )  # fmt: skip
    for which, dashed in ((baseline, True), (scores, False)):
        if which is None:
            continue
        for index, name in enumerate(which.groups):
            if name in scores.groups:
                _curve(drawn, which, index, group_colours(scores.groups)[name], dashed)
    if now is not None:
        mark_thresholds(drawn, scores, now, named=False)  # the words would hide the upper bins
    return drawn


def _curve(drawn: go.Figure, scores: DrawnScores, index: int, colour: str, dashed: bool) -> None:
    found, name = scores.reliability, scores.groups[index]
    filled = found.n[index] > 0
    if not filled.any():
        return
    observed = found.observed[index][filled]
    n = found.n[index][filled]
    error = percent(float(found.calibration_error[index]))
    drawn.add_scatter(
        x=thin(found.mean_score[index][filled]),
        y=thin(observed),
        customdata=[count(int(one)) for one in n],
        name=f"{name}, baseline · error {error}" if dashed else f"{name} · error {error}",
        legendrank=BEHIND if dashed else None,
        mode="lines" if dashed else "lines+markers",
        line={"color": colour, "width": 1.3 if dashed else 2, "dash": "dash" if dashed else "solid"},
        marker={"size": 6},
        error_y=None
        if dashed
        else {
            "type": "data", "symmetric": False, "thickness": 1, "width": 2, "color": colour,
            "array": thin(np.maximum(0, found.high[index][filled] - observed)),
            "arrayminus": thin(np.maximum(0, observed - found.low[index][filled])),
        },
        hovertemplate="mean score %{x:.3f}<br>label 1: %{y:.1%} of %{customdata} faces",
    )  # fmt: skip
