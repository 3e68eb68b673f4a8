"""How charts look: no tool bar, room for a legend below, titles that say what the axes are."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

__all__ = ["BEHIND", "CONFIG", "GREY", "chart", "faint", "height", "thin", "threshold_line"]

CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False}
#: Read on the light and on the dark page: 3:1 against both.
GREY = "#7a8594"
#: Place in the legend of what is drawn for comparison: after the rest, though under it in the chart.
BEHIND = 2000

_SHARE = {"tickformat": ".0%", "range": [-0.02, 1.02], "tickvals": [0, 0.25, 0.5, 0.75, 1]}


def chart(title: str, x: str, y: str, *, shares: str = "xy", height: int = 340) -> go.Figure:
    """Return an empty figure.

    Parameters
    ----------
    title, x, y : str
        Of the figure and its axes.
    shares : str
        The axes that go from 0 to 100 %: ``x``, ``y``, both or none.
    """
    axis = {"fixedrange": True, "automargin": True, "zeroline": False}
    return go.Figure(
        layout={
            "title": {"text": title, "font": {"size": 14}, "x": 0, "xanchor": "left", "y": 0.985},
            "height": height,
            "margin": {"l": 8, "r": 12, "t": 34, "b": 8},
            "legend": {
                "orientation": "h", "y": -0.22, "yanchor": "top", "x": 0, "itemclick": False,
                "itemdoubleclick": False,
            },
            "xaxis": {**axis, "title": {"text": x, "standoff": 6}, **(_SHARE if "x" in shares else {})},
            "yaxis": {**axis, "title": {"text": y, "standoff": 6}, **(_SHARE if "y" in shares else {})},
            "hovermode": "closest",
            "uirevision": "keep",
        }
    )  # fmt: skip


def height(compared: bool) -> int:
    """Return the height of a chart, whose legend is twice as long where something is compared."""
    return 400 if compared else 340


def threshold_line(
    figure: go.Figure,
    threshold: float,
    colour: str = GREY,
    text: str = "",
    *,
    dash: str = "solid",
    line: int = 0,
) -> None:
    """Draw an upright line at a threshold, with a word at its upper end.

    `line` 1, 2 … writes the word so many lines lower, where another is near.
    """
    word: dict[str, Any] = {}
    if text:
        word = {
            "annotation": {"text": text, "font": {"size": 11}, "yshift": -14 * line},
            "annotation_position": "top left" if threshold > 0.5 else "top right",
        }
    figure.add_vline(x=float(threshold), line={"color": colour, "width": 1.5, "dash": dash}, **word)


def faint(colour: str, strength: float = 0.16) -> str:
    """Return a colour ``#rrggbb`` made transparent, for areas.

    Examples
    --------
    >>> faint("#ff8000", 0.5)
    'rgba(255, 128, 0, 0.5)'
    """
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {strength})"


def thin(values: np.ndarray) -> list[float | None]:
    """Return numbers as short as a chart can show them; what is undefined or endless as None."""
    rounded = np.round(np.asarray(values, dtype=np.float64), 4)
    return [float(value) if np.isfinite(value) else None for value in rounded]
