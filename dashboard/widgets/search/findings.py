"""What a search found: trials in a table, what mattered, and what nothing else beats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.widgets.charts import CONFIG, GREY, chart
from dashboard.widgets.numbers import figure, percent
from softbio.config import settings
from softbio.config.head import HeadConfig
from softbio.fairness import METRICS
from softbio.jobs.search import Search, SearchResults

__all__ = ["found", "table_of"]

_BLUE = "#2b83b6"
_ORANGE = "#b0671c"
_SMALL = 230


def found(search: Search, results: SearchResults) -> int | None:
    """Show what a search found; return the number of the trial that the reader chose."""
    metric = METRICS[results.objective]
    complete = results.trials[results.trials["state"] == "complete"]
    if results.best is None:
        st.info("No trial is complete yet.", icon=":material/hourglass_empty:")
    else:
        _summary(results, metric.title, metric.unit)
        left, right = st.columns(2, gap="large")
        with left:
            _front(results, complete)
        with right:
            _progress(results, complete, metric.title)
        _importance(results)
        _each_setting(results, complete, metric.title)
    chosen = _table(search.id, results)
    st.download_button(
        "Trials as CSV",
        results.as_csv,
        f"{search.id}.csv",
        "text/csv",
        icon=":material/download:",
        key="search_csv",
    )
    return chosen


def _summary(results: SearchResults, title: str, unit: str) -> None:
    best = results.trials.set_index("number").loc[results.best]
    told = ", ".join(f"{_name(path)} {_shown(best[path])}" for path in _taken(results, best))
    st.markdown(
        f"**Best: trial {results.best}**, {title} {figure(float(best['value']), unit)}, mean "
        f"accuracy {percent(float(best['mean_accuracy']))}, worst group "
        f"{percent(float(best['worst_group_accuracy']))}.  \n{told}."
    )
    st.caption(
        "Out of sample, over the training faces' folds. The best of many trials is a little too "
        "good, because luck helped to choose it: train it wholly, and judge that on validation."
    )


def _taken(results: SearchResults, trial: pd.Series) -> list[str]:
    """Return the settings that a trial has; others may hang on them."""
    return [
        path for path in results.paths if trial[path] is not None and trial[path] == trial[path]
    ]


def _front(results: SearchResults, complete: pd.DataFrame) -> None:
    drawn = chart(
        "Mean accuracy against the worst group", "mean accuracy", "worst group", shares=""
    )
    front = results.front[complete.index]
    for mine, name, colour, symbol in (
        (~front, "beaten", GREY, "circle-open"),
        (front, "no other trial beats it", _BLUE, "circle"),
    ):
        part = complete[mine]
        drawn.add_scatter(
            x=part["mean_accuracy"],
            y=part["worst_group_accuracy"],
            mode="markers",
            name=name,
            marker={"color": colour, "symbol": symbol, "size": 9},
            text=[f"trial {number}" for number in part["number"]],
            hovertemplate="%{text}<br>mean %{x:.1%}, worst %{y:.1%}<extra></extra>",
        )
    steps = complete[front].sort_values(["mean_accuracy", "worst_group_accuracy"])
    drawn.add_scatter(
        x=steps["mean_accuracy"], y=steps["worst_group_accuracy"], mode="lines", hoverinfo="skip",
        line={"color": _BLUE, "width": 1, "shape": "vh"}, showlegend=False,
    )  # fmt: skip
    best = complete[complete["number"] == results.best]
    drawn.add_scatter(
        x=best["mean_accuracy"], y=best["worst_group_accuracy"], mode="markers", name="best",
        marker={"color": _ORANGE, "symbol": "star", "size": 14}, hoverinfo="skip",
    )  # fmt: skip
    drawn.update_xaxes(tickformat=".1%", nticks=6)
    drawn.update_yaxes(tickformat=".1%", nticks=6)
    st.plotly_chart(drawn, key="search_front", config=CONFIG,
        alt=f"Mean accuracy against the worst group of {len(complete)} trials; the table below has "
        "the figures.")  # fmt: skip


def _progress(results: SearchResults, complete: pd.DataFrame, title: str) -> None:
    drawn = chart("Trial by trial", "trial", title, shares="")
    best = np.maximum.accumulate if results.direction == "maximise" else np.minimum.accumulate
    drawn.add_scatter(
        x=complete["number"], y=complete["value"], mode="markers", name="trial",
        marker={"color": GREY, "size": 7}, hovertemplate="trial %{x}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    drawn.add_scatter(
        x=complete["number"], y=best(complete["value"].to_numpy()), mode="lines",
        name="best so far", line={"color": _ORANGE, "width": 2, "shape": "hv"}, hoverinfo="skip",
    )  # fmt: skip
    st.plotly_chart(drawn, key="search_progress", config=CONFIG,
        alt=f"{title} of each trial, and the best so far.")  # fmt: skip


def _importance(results: SearchResults) -> None:
    if not results.importance:
        st.caption("Which setting matters most is told from eight complete trials on.")
        return
    shares = dict(reversed(results.importance.items()))
    drawn = chart(
        "What mattered", "share of the differences between trials", "", shares="x",
        height=90 + 30 * len(shares),
    )  # fmt: skip
    drawn.add_bar(
        x=list(shares.values()), y=[_name(path) for path in shares], orientation="h",
        marker={"color": _BLUE}, hovertemplate="%{y}: %{x:.0%}<extra></extra>",
    )  # fmt: skip
    told = ", ".join(
        f"{_name(path)} {percent(share)}" for path, share in results.importance.items()
    )
    st.plotly_chart(drawn, key="search_importance", config=CONFIG, alt=f"What mattered: {told}.")


def _each_setting(results: SearchResults, complete: pd.DataFrame, title: str) -> None:
    order = list(results.importance) or list(results.paths)
    with st.expander("Each setting against the figure", icon=":material/scatter_plot:"):
        columns = st.columns(2, gap="large")
        for place, path in enumerate(order):
            tried = complete[complete[path].notna()]
            drawn = chart("", _name(path), title, shares="", height=_SMALL)
            numbers = all(isinstance(value, int | float) for value in tried[path])
            values = tried[path] if numbers else tried[path].map(str)
            drawn.add_scatter(
                x=values, y=tried["value"], mode="markers", marker={"color": _BLUE, "size": 7},
                text=[f"trial {number}" for number in tried["number"]],
                hovertemplate="%{text}<br>%{x}: %{y:.3f}<extra></extra>", showlegend=False,
            )  # fmt: skip
            drawn.update_layout(margin={"t": 8})
            with columns[place % 2]:
                st.plotly_chart(drawn, key=f"search_of_{path}", config=CONFIG,
                    alt=f"{title} against {_name(path)}.")  # fmt: skip


def table_of(results: SearchResults) -> pd.DataFrame:
    """Return the table of the trials as it is shown, the best first."""
    trials = results.trials
    shown = pd.DataFrame(
        {
            "trial": trials["number"],
            "state": np.where(trials["number"] == results.best, "best", trials["state"]),
            METRICS[results.objective].title: trials["value"],
            "mean accuracy": trials["mean_accuracy"],
            "worst group": trials["worst_group_accuracy"],
            **{f"accuracy, {name}": trials[f"accuracy_{name}"] for name in results.groups},
            **{_name(path): trials[path].map(_shown) for path in results.paths},
            "epochs": trials["epochs_trained"],
            "seconds": trials["seconds"],
            "note": trials["note"],
        }
    )
    sign = 1 if results.direction == "minimise" else -1
    order = (sign * trials["value"]).fillna(np.inf).argsort(kind="stable")
    return shown.iloc[order].reset_index(drop=True)


def _table(search_id: str, results: SearchResults) -> int | None:
    shown = table_of(results)
    shares = {
        name: st.column_config.NumberColumn(format="%.3f")
        for name in shown.columns
        if name in (METRICS[results.objective].title, "mean accuracy", "worst group")
        or name.startswith("accuracy, ")
    }
    st.caption("Every trial, the best first. Mark one to train it or to take its settings over.")
    # Streamlit remembers a mark by its row, where another trial stands when the order has changed.
    order = ".".join(str(number) for number in shown["trial"])
    chosen: Any = st.dataframe(
        shown,
        hide_index=True,
        key=f"search_table_{search_id}_{crc32(order.encode()):08x}",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            **shares,
            "seconds": st.column_config.NumberColumn(format="%.0f"),
            "epochs": st.column_config.NumberColumn(format="%.0f"),
        },
    )
    rows: Sequence[int] = chosen.selection.rows
    if not rows or rows[0] >= len(shown):
        return results.best
    marked = shown.iloc[rows[0]]
    if marked["state"] in ("complete", "best"):
        return int(marked["trial"])
    st.caption(
        f":material/info: Trial {marked['trial']} ({marked['state']}) was not judged to its end, so "
        "there is nothing to take over from it. Mark another one."
    )
    return None


def _name(path: str) -> str:
    head = path.removeprefix("head.")
    known = settings(HeadConfig) if path.startswith("head.") else settings()
    for one in known:
        if head == one.path:
            return f"{one.title} (refit)" if path.startswith("head.") else one.title
        if head.startswith(f"{one.path}."):
            what = "Flip rate" if "rates" in one.path else "Weight"
            of = head.removeprefix(f"{one.path}.")
            if one.kind == "cells":
                group, _, label = of.rpartition(" ")
                of = f"{group}, label {label}"
            return f"{what} of {of}" + (" (refit)" if path.startswith("head.") else "")
    return path


def _shown(value: Any) -> str:
    if value is None or value != value:
        return "–"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
