"""What a threshold does: a metric of every group over all thresholds, the rules marked."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from dashboard.theme import group_colours
from dashboard.widgets.charts import GREY, chart, thin, threshold_line
from dashboard.widgets.group_scores import DrawnScores
from softbio.fairness import METRICS, DecisionRule, Metric, Sweep

__all__ = ["CHARTED", "threshold_figure"]

#: Metrics that a threshold moves.
CHARTED = tuple(
    metric.name
    for metric in METRICS.values()
    if metric.needs == "counts" and not {"n", "prevalence"} & {metric.name, *metric.of}
)
_APART = ("_difference", "_range", "_ratio")


def threshold_figure(
    scores: DrawnScores, name: str, rule: DecisionRule, before: DecisionRule | None = None
) -> go.Figure:
    """Return a metric at every threshold, for each group and for all.

    A metric between groups is drawn thick, with the group figures that it is
    made from where they are of the same kind.

    Parameters
    ----------
    scores : DrawnScores
        Calibrated as `rule` wants it.
    name : str
        One of `CHARTED`.
    rule, before : DecisionRule
        Marked by upright lines, solid and dotted.
    """
    metric = METRICS[name]
    axis = "threshold on the calibrated score" if scores.calibrated else "threshold"
    drawn = chart(f"{metric.title} at every threshold", axis, "", shares="", height=410)
    swept, colours = scores.sweep, group_colours(scores.groups)
    for base in _group_metrics(metric):
        values = swept.metric(base.name)
        for index, group in enumerate(scores.groups):
            told = group if base is metric else f"{group}, {base.title.lower()}"
            thick = 2.2 if base is metric else 1.3
            _line(drawn, swept, values[:, index], told, colours[group], thick, metric.unit)
    together = metric.title if metric.scope == "overall" else "all"
    _line(drawn, swept, swept.overall(name), together, GREY, 3.0, metric.unit)
    if metric.unit == "share":
        drawn.update_yaxes(tickformat=".0%")
    drawn.update_xaxes(range=[-0.02, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1])
    drawn.update_layout(hovermode="x unified")
    line = _mark(drawn, rule, colours, "solid", 0)
    if before is not None and before.calibration == rule.calibration and before != rule:
        _mark(drawn, before, colours, "dot", line)
    return drawn


def _group_metrics(metric: Metric) -> list[Metric]:
    if metric.scope == "group":
        return [metric]
    if len(metric.of) != 1 or metric.name.endswith(_APART):
        return []
    return [METRICS[metric.of[0]]]


def _line(
    drawn: go.Figure,
    swept: Sweep,
    values: np.ndarray,
    name: str,
    colour: str,
    width: float,
    unit: str,
) -> None:
    drawn.add_scatter(
        x=thin(swept.thresholds),
        y=thin(values),
        name=name,
        mode="lines",
        line={"color": colour, "width": width},
        hovertemplate="%{y:.1%}" if unit == "share" else "%{y:.3f}",
    )


def _mark(
    drawn: go.Figure, rule: DecisionRule, colours: dict[str, str], dash: str, line: int
) -> int:
    """Mark a rule's thresholds, their words from `line` on; return the next free line."""
    everybody = {} if rule.threshold is None else {"": rule.threshold}
    for name, threshold in (everybody | rule.thresholds).items():
        word = " ".join(part for part in ("now" if dash == "dot" else "", name) if part)
        text = f"{word} {threshold:.3f}".strip()
        threshold_line(drawn, threshold, colours.get(name, GREY), text, dash=dash, line=line)
        line += 1
    return line
