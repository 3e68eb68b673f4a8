"""All runs as lines of a table, read anew only where a file changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.widgets.judged_runs import JudgedRun
from dashboard.widgets.loading import job_queue
from softbio.errors import RunError
from softbio.fairness import METRICS
from softbio.runs import Run
from softbio.runs.listing import RunLine, run_line

__all__ = ["FIGURES_SHOWN", "all_lines", "figures_on", "matching", "table_of"]

#: The figures of a run that the table tells, on the faces that the plot is about.
FIGURES_SHOWN = ("accuracy", "fair_metric", "balanced_fair_metric", "worst_cell_accuracy")
_FILES = ("state.json", "history.csv")


def all_lines() -> dict[str, tuple[Run, RunLine]]:
    """Return every run with its line by its id, newest first; the page Search has its trials."""
    found = {}
    for run in job_queue().list():
        try:
            if run.config.search is not None:
                continue
            times = tuple(_changed(run.path / name) for name in _FILES)
            found[run.id] = (run, _line(run, str(run.path), times))
        except RunError:
            continue  # removed meanwhile
    return found


def figures_on(judged: Sequence[JudgedRun]) -> dict[str, dict[str, float]]:
    """Return the figures of each run that was judged, by its id; NaN where undefined."""
    return {
        one.run.id: {name: float(one.evaluation.overall[name]) for name in FIGURES_SHOWN}
        for one in judged
    }


def matching(
    lines: Sequence[RunLine], text: str, kind: str, data: str, status: str = "all"
) -> list[RunLine]:
    """Return the lines of a kind, a face set and a status whose texts hold every word of `text`.

    Parameters
    ----------
    text : str
        Words, in any case; empty: all.
    kind, data, status : str
        ``all``, or a kind, the name of a face set, a status.
    """
    words = text.lower().split()
    return [
        line
        for line in lines
        if kind in ("all", line.kind)
        and status in ("all", line.status)
        and data in ("all", Path(line.data).name)
        and all(word in _text(line) for word in words)
    ]


def table_of(lines: Sequence[RunLine], figures: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Return the lines as a table for a reader, with the `figures` of those that were judged."""
    frame = pd.DataFrame(
        {
            "Name": [line.name for line in lines],
            "Run": [line.id for line in lines],
            "Kind": [line.kind for line in lines],
            "Status": [line.status for line in lines],
            **{
                METRICS[name].title: [
                    figures.get(line.id, {}).get(name, math.nan) for line in lines
                ]
                for name in FIGURES_SHOWN
            },
            "Made by": [line.recipe for line in lines],
            "Face set": [Path(line.data).name for line in lines],
            "Seed": pd.array([line.seed for line in lines], dtype="Int64"),
            "Epochs": [
                "" if line.epochs is None else f"{line.epochs_done}/{line.epochs}" for line in lines
            ],
            "Looks at test": [line.test_looks for line in lines],
            # In local time, as the ids tell it.
            "Created": pd.to_datetime(
                [
                    None if line.created is None else datetime.fromtimestamp(line.created)
                    for line in lines
                ]
            ),
            "Note": [line.note for line in lines],
            "Refit of": [line.parent or "" for line in lines],
        }
    )
    return frame


def _text(line: RunLine) -> str:
    parts = (line.id, line.name, line.note, line.recipe, line.status, line.parent or "")
    return " ".join((*parts, Path(line.data).name)).lower()


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@st.cache_resource(show_spinner=False, max_entries=4000)
def _line(_run: Run, path: str, times: tuple[int, ...]) -> RunLine:
    del path, times  # the key
    return run_line(_run)
