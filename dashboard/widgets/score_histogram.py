"""Where the scores lie: label 1 above the line, label 0 below it, for each group."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from dashboard.theme import group_colours
from dashboard.widgets.charts import BEHIND, GREY, chart, faint, height, threshold_line
from dashboard.widgets.group_scores import BINS, DrawnScores, Marks
from dashboard.widgets.numbers import count, percent

__all__ = ["histogram_figure"]

_TICKS = (0.01, 0.05, 0.2, 0.5, 1.0)


def histogram_figure(
    scores: DrawnScores, now: Marks | None, baseline: DrawnScores | None = None
) -> go.Figure:
    """Return the histogram of each group's scores by label, as shares of that group and label.

    Heights are square roots, so that the few faces near the threshold are seen
    beside the many at the ends.
    """
    axis = "calibrated score" if scores.calibrated else "score"
    drawn = chart(
        "Scores by label",
        axis,
        "← label 0 · share · label 1 →",
        shares="",
        height=height(baseline is not None),
    )
    tallest = 0.0
    for which, dashed in ((baseline, True), (scores, False)):
        if which is None:
            continue
        for index, name in enumerate(which.groups):
            if name in scores.groups:
                colour = group_colours(scores.groups)[name]
                for label in (1, 0):
                    top = _outline(
                        drawn, which.histogram[index, label], name, colour, label, dashed
                    )
                    tallest = max(tallest, top)
    edge = max(0.12, 1.08 * tallest)
    ticks = [value for value in _TICKS if value**0.5 <= edge]
    drawn.update_yaxes(
        range=[-edge, edge],
        tickvals=[-(value**0.5) for value in ticks[::-1]] + [0] + [value**0.5 for value in ticks],
        ticktext=[f"{value:.0%}" for value in ticks[::-1]] + ["0"] + [f"{v:.0%}" for v in ticks],
    )
    drawn.update_xaxes(range=[-0.02, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1])
    drawn.add_hline(y=0, line={"color": GREY, "width": 1})
    if now is not None:
        mark_thresholds(drawn, scores, now)
    return drawn


def mark_thresholds(
    drawn: go.Figure, scores: DrawnScores, now: Marks, *, named: bool = True
) -> None:
    """Draw the thresholds as upright lines, each group's own in its colour."""
    colours = group_colours(scores.groups)
    for line, (name, threshold) in enumerate(now.thresholds.items()):
        told = f"{name} {threshold:.3f}".strip() if named else ""
        threshold_line(drawn, threshold, colours.get(name, GREY), told, line=line)


def _outline(
    drawn: go.Figure, faces: np.ndarray, name: str, colour: str, label: int, dashed: bool
) -> float:
    total = int(faces.sum())
    if not total:
        return 0.0
    share = faces / total
    height = np.sqrt(share) * (1 if label else -1)
    edges = np.linspace(0, 1, BINS + 1)
    whose = f"{name}, baseline" if dashed else name
    told = [
        f"{whose}, label {label}<br>score {low:.3f} – {high:.3f}<br>"
        f"{percent(float(part))} ({count(int(n))} faces)"
        for low, high, part, n in zip(edges, edges[1:], share, faces, strict=False)
    ]
    drawn.add_scatter(
        x=np.round(edges, 4).tolist(),
        y=[*np.round(height, 4).tolist(), float(height[-1])],
        text=[*told, told[-1]],
        name=whose,
        legendgroup=whose,
        showlegend=bool(label),
        legendrank=BEHIND if dashed else None,
        mode="lines",
        line={
            "color": colour, "width": 1 if dashed else 1.5, "shape": "hv",
            "dash": "dash" if dashed else "solid",
        },
        fill=None if dashed else "tozeroy",
        fillcolor=faint(colour),
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    return float(np.abs(height).max())
