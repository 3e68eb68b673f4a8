"""ROC and precision-recall: what every threshold would do, for each group."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from dashboard.theme import group_colours
from dashboard.widgets.charts import BEHIND, GREY, chart, height, thin
from dashboard.widgets.group_scores import DrawnScores, Marks
from dashboard.widgets.numbers import figure

__all__ = ["precision_recall_figure", "roc_figure"]


def roc_figure(
    scores: DrawnScores, now: Marks | None, baseline: DrawnScores | None = None
) -> go.Figure:
    """Return the ROC of each group, with the rule's place on it and the baseline's dashed.

    Parameters
    ----------
    scores : DrawnScores
    now : Marks, optional
        Where the present rule stands.
    baseline : DrawnScores, optional
        Another run's; groups that it does not have are left out.
    """
    drawn = chart(
        "ROC", "false positive rate", "true positive rate", height=height(baseline is not None)
    )
    drawn.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": GREY, "width": 1, "dash": "dot"},
        showlegend=False, hoverinfo="skip",
    )  # fmt: skip
    for which, dashed in ((baseline, True), (scores, False)):
        if which is None:
            continue
        for index, name in _shared(scores, which):
            curve = which.sweep.curves(index)
            # Scores of exactly 0 are above no threshold, and the line ends in the corner all the same.
            x = np.append(curve.false_positive_rate, 1.0)
            y = np.append(curve.true_positive_rate, 1.0)
            _line(
                drawn, x, y, np.append(curve.thresholds, 0.0), name, _colour(scores, name),
                f"AUC {figure(float(which.auc[index]), 'number')}", dashed,
                "false positive rate %{x:.1%}<br>true positive rate %{y:.1%}",
            )  # fmt: skip
    if now is not None:
        _points(drawn, scores, now.false_positive_rate, now.true_positive_rate, now)
    return drawn


def precision_recall_figure(
    scores: DrawnScores, now: Marks | None, baseline: DrawnScores | None = None
) -> go.Figure:
    """Return the precision-recall curve of each group, see `roc_figure`.

    Steps, as average precision counts them; a dotted line is the group's share
    of label 1, which guessing reaches.
    """
    drawn = chart(
        "Precision and recall",
        "recall (true positive rate)",
        "precision",
        height=height(baseline is not None),
    )
    prevalence = scores.sweep.metric("prevalence")[0] if len(scores.sweep) else np.array([])
    for index, share in enumerate(prevalence):
        if np.isfinite(share):
            drawn.add_scatter(
                x=[0, 1], y=[float(share)] * 2, mode="lines", showlegend=False, hoverinfo="skip",
                line={"color": _colour(scores, scores.groups[index]), "width": 1, "dash": "dot"},
            )  # fmt: skip
    for which, dashed in ((baseline, True), (scores, False)):
        if which is None:
            continue
        for index, name in _shared(scores, which):
            curve = which.sweep.curves(index)
            some = ~np.isnan(curve.precision)
            # From the first face that is predicted 1 to all of them, see `roc_figure`.
            every = which.sweep.metric("prevalence")[0, index]
            x = np.concatenate([[0.0], curve.true_positive_rate[some], [1.0]])
            y = np.append(curve.precision[some], every)
            y = np.append(y[0], y)
            thresholds = np.append(curve.thresholds[some], 0.0)
            thresholds = np.append(thresholds[0], thresholds)
            _line(
                drawn, x, y, thresholds, name, _colour(scores, name),
                f"AP {figure(float(which.average_precision[index]), 'number')}", dashed,
                "recall %{x:.1%}<br>precision %{y:.1%}", shape="vh",
            )  # fmt: skip
    if now is not None:
        _points(drawn, scores, now.true_positive_rate, now.precision, now)
    return drawn


def _shared(scores: DrawnScores, which: DrawnScores) -> list[tuple[int, str]]:
    return [(index, name) for index, name in enumerate(which.groups) if name in scores.groups]


def _colour(scores: DrawnScores, name: str) -> str:
    return group_colours(scores.groups)[name]


def _line(
    drawn: go.Figure,
    x: np.ndarray,
    y: np.ndarray,
    thresholds: np.ndarray,
    name: str,
    colour: str,
    summary: str,
    dashed: bool,
    told: str,
    shape: str = "linear",
) -> None:
    drawn.add_scatter(
        x=thin(x),
        y=thin(y),
        customdata=thin(thresholds),
        name=f"{name}, baseline · {summary}" if dashed else f"{name} · {summary}",
        legendrank=BEHIND if dashed else None,
        mode="lines",
        line={
            "color": colour, "width": 1.3 if dashed else 2.2, "shape": shape,
            "dash": "dash" if dashed else "solid",
        },
        hovertemplate=f"{told}<br>at threshold %{{customdata:.3f}}",
    )  # fmt: skip


def _points(
    drawn: go.Figure, scores: DrawnScores, x: np.ndarray, y: np.ndarray, now: Marks
) -> None:
    """Mark where the rule stands on each group's curve."""
    for index, name in enumerate(scores.groups):
        if not (np.isfinite(x[index]) and np.isfinite(y[index])):
            continue
        threshold = now.thresholds.get(name, now.thresholds.get(""))
        at = "the rule" if threshold is None else f"threshold {threshold:.3f}"
        drawn.add_scatter(
            x=[float(x[index])],
            y=[float(y[index])],
            name=f"{name}, {at}",
            mode="markers",
            showlegend=False,
            cliponaxis=False,
            marker={
                "size": 13, "symbol": "diamond", "color": _colour(scores, name),
                "line": {"color": "white", "width": 2},
            },
            hovertemplate=f"{at}<br>%{{x:.1%}}, %{{y:.1%}}",
        )  # fmt: skip
