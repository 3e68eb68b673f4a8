"""The Pareto plot: all runs in two figures, the front drawn, each point a link to its run."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard.widgets.charts import CONFIG, GREY, chart, faint
from dashboard.widgets.judged_runs import Point
from dashboard.widgets.numbers import figure, interval
from softbio.fairness import METRICS
from softbio.fairness.pareto import pareto_front

__all__ = ["AXES", "pareto_figure", "pareto_plot"]

#: Figures that judge a run as a whole, of which more or less is plainly better.
AXES = (
    "accuracy",
    "balanced_accuracy",
    "worst_cell_accuracy",
    "accuracy_worst",
    "fair_metric",
    "balanced_fair_metric",
    "accuracy_equality",
    "equal_opportunity",
    "equalized_odds",
    "demographic_parity",
)
#: Symbol and colour of each kind; the colours hold 3:1 against the light and the dark page.
_KINDS = {
    "trained": ("circle", "#2b83b6"),
    "refit": ("diamond", "#b0671c"),
    "imported": ("square", "#8a67c0"),
}
_NAMED = 6
_CLICKED = "_clicked_run"


def pareto_plot(points: Sequence[Point], x: str, y: str, *, key: str) -> str | None:
    """Show the plot; return the id of the run whose point was clicked just now."""

    def click() -> None:
        chosen: Any = st.session_state[key]
        if found := chosen["selection"]["points"]:
            st.session_state[_CLICKED] = _id_of(found[0])

    st.plotly_chart(
        pareto_figure(points, x, y),
        key=key,
        config=CONFIG,
        on_select=click,
        selection_mode="points",
        alt=f"{METRICS[y].title} against {METRICS[x].title} of {len(points)} runs. "
        "The table of all runs below has the figures.",
    )
    return st.session_state.pop(_CLICKED, None)


def pareto_figure(points: Sequence[Point], x: str, y: str) -> go.Figure:
    """Return the figure: a point for each run, with its interval in both directions.

    Filled points are on the front: no other run is as good in one figure and better in the other.
    """
    drawn = chart(_axis(y), _axis(x), "", shares="", height=470)
    defined = [point for point in points if np.isfinite(point.values).all()]
    if not defined:
        return drawn
    values = np.array([point.values for point in defined])
    higher = (_higher(x), _higher(y))
    front = pareto_front(values, higher)
    _draw_front(drawn, values[front], _worst(defined, higher), higher[0])
    for kind in _KINDS:
        places = [at for at, point in enumerate(defined) if point.run.config.kind == kind]
        if places:
            _draw_kind(drawn, kind, [defined[at] for at in places], front[places], (x, y))
    drawn.update_layout(legend={"y": -0.16}, clickmode="event+select")
    for axis, name, update in ((0, x, drawn.update_xaxes), (1, y, drawn.update_yaxes)):
        low, high = _range(defined, axis)
        update(range=[low, high], nticks=7)
        if METRICS[name].unit == "share":
            update(tickformat=".0%" if high - low > 0.06 else ".1%")
    return drawn


def _range(points: Sequence[Point], axis: int) -> tuple[float, float]:
    """Return what an axis shows: the points with room around them.

    Intervals may reach beyond: those of a small split are so wide that all points would lie in one
    corner otherwise.
    """
    values = np.array([point.values[axis] for point in points])
    ends = np.array([[point.low[axis], point.high[axis]] for point in points])
    room = max(0.6 * float(np.ptp(values)), 0.03)
    low = max(float(values.min()) - room, float(np.nanmin([*ends[:, 0], *values])) - 0.01)
    high = min(float(values.max()) + room, float(np.nanmax([*ends[:, 1], *values])) + 0.01)
    pad = 0.06 * (high - low)  # the symbols are wide, and names stand above
    return low - pad, high + pad


def _worst(points: Sequence[Point], higher: tuple[bool, bool]) -> np.ndarray:
    """Return a place that is no better than any point or interval, in either figure."""
    ends = np.array([[point.values, point.low, point.high] for point in points])
    return np.where(higher, np.nanmin(ends, axis=(0, 1)), np.nanmax(ends, axis=(0, 1)))


def _draw_front(drawn: go.Figure, front: np.ndarray, worst: np.ndarray, higher_x: bool) -> None:
    """Draw the border of what the front dominates, out to the edges of the chart."""
    steps = front[np.lexsort((front[:, 1], front[:, 0]))]
    first, last = steps[0].copy(), steps[-1].copy()
    # Along the ends one figure stays and the other goes to its worst; which one depends on the
    # side to which the first figure gets better, and so does the way in which the steps turn.
    first[0 if higher_x else 1], last[1 if higher_x else 0] = (
        worst[0 if higher_x else 1],
        worst[1 if higher_x else 0],
    )
    steps = np.vstack([first, steps, last])
    drawn.add_scatter(
        x=steps[:, 0],
        y=steps[:, 1],
        mode="lines",
        line={"shape": "vh" if higher_x else "hv", "color": GREY, "width": 1.5, "dash": "dot"},
        name="front",
        hoverinfo="skip",
    )


def _draw_kind(
    drawn: go.Figure,
    kind: str,
    points: Sequence[Point],
    front: np.ndarray,
    names: tuple[str, str],
) -> None:
    symbol, colour = _KINDS[kind]
    few = int(front.sum()) <= _NAMED
    drawn.add_scatter(
        x=[point.values[0] for point in points],
        y=[point.values[1] for point in points],
        error_x=_bars(points, 0, colour),
        error_y=_bars(points, 1, colour),
        mode="markers+text",
        name=kind,
        text=[
            escape(point.run.name[:24]) if few and on_front else ""
            for point, on_front in zip(points, front, strict=True)
        ],
        textposition="top center",
        textfont={"size": 11},
        marker={
            "symbol": [symbol if on_front else f"{symbol}-open" for on_front in front],
            "color": colour,
            "size": 11,
            "line": {"width": 2, "color": colour},
        },
        # A click greys the others out by default, and this one leaves the page.
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        customdata=[[point.run.id, _told(point, names)] for point in points],
        hovertemplate="%{customdata[1]}<extra></extra>",
    )


def _bars(points: Sequence[Point], axis: int, colour: str) -> dict[str, Any]:
    """Return error bars; none where there is no interval."""
    value = np.array([point.values[axis] for point in points])
    low = np.array([point.low[axis] for point in points])
    high = np.array([point.high[axis] for point in points])
    return {
        "type": "data",
        "symmetric": False,
        # An interval that is built from bounds need not hold the figure itself.
        "array": np.maximum(np.nan_to_num(high - value), 0.0),
        "arrayminus": np.maximum(np.nan_to_num(value - low), 0.0),
        "color": faint(colour, 0.45),
        "thickness": 1.2,
        "width": 3,
    }


def _told(point: Point, names: tuple[str, str]) -> str:
    """Return what is told of a point when the pointer is over it, as HTML."""
    run = point.run
    lines = [f"<b>{escape(run.name)}</b>"] if run.name else []
    lines.append(escape(run.id))
    for place, name in enumerate(names):
        metric = METRICS[name]
        bounds = interval(point.low[place], point.high[place], metric.unit)
        lines.append(
            f"{metric.title}: {figure(point.values[place], metric.unit)}"
            + (f" ({bounds})" if bounds else "")
        )
    if point.seeds > 1:
        lines.append(f"mean of {point.seeds} seeds ± standard deviation")
    lines.append("click to open")
    return "<br>".join(lines)


def _axis(name: str) -> str:
    return f"{METRICS[name].title} ({'more' if _higher(name) else 'less'} is better)"


def _higher(name: str) -> bool:
    return METRICS[name].best != 0.0


def _id_of(point: Any) -> str:
    """Return the run's id of a clicked point, as Streamlit gives it."""
    told = point["customdata"]
    return str(told["0"] if isinstance(told, dict) else told[0])
