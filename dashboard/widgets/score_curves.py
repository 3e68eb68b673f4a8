"""What scores tell beside any threshold: ROC, precision and recall, histogram, reliability."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.widgets.charts import CONFIG
from dashboard.widgets.group_scores import as_rule, drawn_scores, marks
from dashboard.widgets.ranking_curves import precision_recall_figure, roc_figure
from dashboard.widgets.reliability_curve import reliability_figure
from dashboard.widgets.score_histogram import histogram_figure
from softbio.fairness import DecisionRule
from softbio.runs import Selection

__all__ = ["score_curves"]

_CAPTIONS = {
    "roc": "Each point is a threshold: how many faces with label 1 are found, against how many "
    "with label 0 are taken for it. The nearer a line comes to the upper left corner, the better "
    "the scores tell the labels apart; the dotted line is guessing. Diamonds: the present "
    "threshold.",
    "precision": "Of the faces predicted 1, the share that has label 1, against the share of them "
    "that is found. It falls where label 1 is rare (dotted: its share in each group), so lines of "
    "groups with different shares do not compare; the ROC's do.",
    "histogram": "Above the line faces with label 1, below it label 0, as shares of their group "
    "and label; heights are square roots, so that few are seen beside many. Right of the "
    "threshold a face is predicted 1: what lies right and below, or left and above, is wrong.",
    "reliability": "Of the faces that score about 0.3, do three in ten have label 1? On the dotted "
    "line scores are probabilities; under it they promise too much. Upright bars: 95 % intervals. "
    "Error: the mean distance from the line, a face weighing as a face.",
}


def score_curves(
    selection: Selection,
    threshold: float | Mapping[str, float] | DecisionRule,
    baseline: Selection | None = None,
    *,
    key: str,
) -> None:
    """Show four charts with a line for each group; on a narrow window one below the other.

    Parameters
    ----------
    selection : Selection
        The judged faces, with scores.
    threshold : float, mapping of str to float, or DecisionRule
        What decides now: everybody's threshold, each group's, or a rule, whose
        calibration is applied to the scores first.
    baseline : Selection, optional
        Another run's faces, shown dashed.
    key : str
        Begins the keys of the four charts.
    """
    rule = as_rule(threshold)
    scores, now = drawn_scores(selection, rule.calibration), marks(selection, rule)
    other = None if baseline is None else drawn_scores(baseline)
    charts = {
        "roc": (roc_figure, "ROC curve of each group"),
        "precision": (precision_recall_figure, "Precision against recall of each group"),
        "histogram": (histogram_figure, "Histogram of the scores of each group by label"),
        "reliability": (reliability_figure, "Share of label 1 against score, for each group"),
    }
    if baseline is not None:
        st.caption("Dashed: the run compared with, its scores as they are.")
    with st.grid(2, min_column_width=320, gap=("medium", "medium")) as grid:
        for name, (draw, alt) in charts.items():
            with grid.cell():
                st.plotly_chart(
                    draw(scores, now, other), key=f"{key}_{name}", config=CONFIG, alt=alt
                )
                st.caption(_CAPTIONS[name])
