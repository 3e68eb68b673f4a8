"""Evaluations at any threshold, fast: what does not depend on it is computed once."""

from __future__ import annotations

import streamlit as st

from dashboard.widgets.loading import load_predictions
from softbio.errors import RunError
from softbio.fairness import Evaluation, ScoreFigures, evaluate, score_figures
from softbio.runs import Predictions, Run, Selection

__all__ = ["evaluate_run", "select_run", "split_sizes"]


def split_sizes(predictions: Predictions) -> dict[str, int]:
    """Return how many faces of each split can be judged."""
    return {split: len(predictions.select(split)) for split in ("val", "test", "train")}


def select_run(run: Run, split: str) -> Selection:
    """Return the faces of `split` that can be judged; `RunError` if there are none."""
    chosen = load_predictions(run).select(split)
    if not len(chosen):
        raise RunError(
            f"No face of the split {split!r} of {run.id} has both a label and a known group, so "
            "there is nothing to show. Train on a set whose faces have labels."
        )
    return chosen


def evaluate_run(run: Run, split: str, threshold: float) -> Evaluation:
    """Return the evaluation of a run's predictions; as `Predictions.evaluate`, but faster."""
    chosen = select_run(run, split)
    changed = (run.path / "predictions.parquet").stat().st_mtime_ns
    figures = _figures(chosen, str(run.path), changed, split)
    return evaluate(
        chosen.label,
        chosen.score,
        chosen.group,
        chosen.groups,
        threshold,
        score_figures=figures,
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def _figures(_chosen: Selection, path: str, changed: int, split: str) -> ScoreFigures:
    del path, changed, split  # the key
    return score_figures(_chosen.label, _chosen.score, _chosen.group, _chosen.groups)
