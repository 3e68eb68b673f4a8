"""Curves of a training, by epoch."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.theme import group_colours

__all__ = ["accuracy_figure", "loss_figure", "training_curves"]

_CONFIG = {"displayModeBar": False, "scrollZoom": False}
_GREY = "#7a8594"
_DARKER = "#2b83b6"


def training_curves(history: pd.DataFrame, groups: Sequence[str], *, key: str) -> None:
    """Show loss and per-group accuracy side by side; on a narrow window one below the other.

    Parameters
    ----------
    history : DataFrame
        A row an epoch, with the columns of ``history.csv``.
    """
    with st.grid(2, min_column_width=320):
        st.plotly_chart(
            loss_figure(history),
            key=f"{key}_loss",
            config=_CONFIG,
            alt="Loss on training and validation faces by epoch",
        )
        st.plotly_chart(
            accuracy_figure(history, groups),
            key=f"{key}_accuracy",
            config=_CONFIG,
            alt="Validation accuracy of each group and Fair Metric by epoch",
        )


def loss_figure(history: pd.DataFrame) -> go.Figure:
    """Return the loss on training and validation faces by epoch."""
    figure = _figure("Loss by epoch", history)
    _line(figure, history, "loss", "training", _GREY)
    _line(figure, history, "val_loss", "validation", _DARKER)
    return figure


def accuracy_figure(history: pd.DataFrame, groups: Sequence[str]) -> go.Figure:
    """Return each group's validation accuracy and the two Fair Metrics by epoch."""
    figure = _figure("Accuracy on validation, by epoch", history)
    for name, colour in group_colours(tuple(groups)).items():
        _line(figure, history, f"val_accuracy_{name}", name, colour)
    _line(figure, history, "val_fair_metric", "Fair Metric", _GREY, dash="dot")
    _line(figure, history, "val_balanced_fair_metric", "balanced", _GREY, dash="dash")
    figure.update_yaxes(tickformat=".0%")
    return figure


def _line(
    figure: go.Figure,
    history: pd.DataFrame,
    column: str,
    name: str,
    colour: str,
    dash: str = "solid",
) -> None:
    if column not in history:
        return
    figure.add_scatter(
        x=history["epoch"],
        y=history[column],
        name=name,
        mode="lines+markers" if len(history) < 40 else "lines",
        line={"color": colour, "width": 2, "dash": dash},
        marker={"size": 5},
    )


def _figure(title: str, history: pd.DataFrame) -> go.Figure:
    return go.Figure(
        layout={
            "title": {"text": title, "font": {"size": 14}, "x": 0, "xanchor": "left", "y": 0.98},
            "height": 300,
            "margin": {"l": 8, "r": 8, "t": 34, "b": 8},
            "legend": {"orientation": "h", "y": -0.14, "yanchor": "top", "x": 0},
            "xaxis": {"dtick": max(1, -(-len(history) // 10)), "fixedrange": True},
            "yaxis": {"fixedrange": True, "automargin": True},
            "hovermode": "x unified",
            "uirevision": "keep",
        }
    )
