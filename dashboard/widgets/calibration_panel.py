"""Calibration: reliability before and after, fitted on other faces than it is shown on."""

from __future__ import annotations

import streamlit as st

from dashboard.widgets.charts import CONFIG
from dashboard.widgets.group_scores import drawn_scores
from dashboard.widgets.numbers import count, percent
from dashboard.widgets.plain_table import plain_table
from dashboard.widgets.reliability_curve import reliability_figure
from softbio.fairness import Calibration
from softbio.runs import Selection

__all__ = ["calibration_panel"]


def calibration_panel(
    selection: Selection,
    calibration: Calibration,
    fitted_on: str,
    n_fitted: int,
    *,
    seen: bool,
    key: str,
) -> None:
    """Show reliability and expected calibration error of each group, as scored and calibrated.

    Parameters
    ----------
    selection : Selection
        The faces that it is judged on.
    calibration : Calibration
    fitted_on : str
        The split that it was fitted on.
    n_fitted : int
        Faces of that split.
    seen : bool
        Whether the run itself learned from them, as a refit's last layer does.
    """
    before, after = drawn_scores(selection), drawn_scores(selection, calibration)
    st.markdown(_told(calibration, fitted_on, n_fitted, selection))
    if fitted_on == selection.split:
        st.warning(
            "There are no scored faces in val_fit, so the calibration was fitted on the very faces "
            "that it is shown on, and looks better than it is. A set that was packed before "
            "validation was cut in two gets a val_fit when it is packed anew.",
            icon=":material/warning:",
        )
    elif seen:
        st.warning(
            f"This run's last layer was fitted on {fitted_on} too, so its scores there are better "
            "than elsewhere, and the calibration may be too bold.",
            icon=":material/warning:",
        )
    with st.grid(2, min_column_width=320, gap=("medium", "medium")):
        for name, scores, title in (
            ("before", before, "Reliability as scored"),
            ("after", after, "Reliability, calibrated"),
        ):
            st.plotly_chart(
                reliability_figure(scores, None, title=title),
                key=f"{key}_{name}",
                config=CONFIG,
                alt=f"{title}: share of label 1 against score, for each group",
            )
    old, new = before.reliability.calibration_error, after.reliability.calibration_error
    plain_table(
        ["Expected calibration error", "as scored", "calibrated"],
        [
            [name, percent(float(old[index])), percent(float(new[index]))]
            for index, name in enumerate(selection.groups)
        ],
        label="Expected calibration error before and after",
        key=f"{key}_errors",
    )
    st.caption(
        "The dotted line is where scores are probabilities: of the faces that score 0.3, three in "
        "ten have label 1. A calibration keeps the order of scores within a group; one for all "
        "keeps it altogether, so it changes what a threshold means and not who can be told apart. "
        "Few faces give a large error by chance alone."
    )


def _told(calibration: Calibration, fitted_on: str, n_fitted: int, selection: Selection) -> str:
    lines = calibration.groups or ("Everybody",)
    if calibration.method == "temperature":
        parts = [
            f"{name}: temperature {1 / slope:.3g}"
            for name, slope in zip(lines, calibration.slopes, strict=True)
        ]
    else:
        parts = [
            f"{name}: slope {slope:.3g}, intercept {intercept:.3g}"
            for name, slope, intercept in zip(
                lines, calibration.slopes, calibration.intercepts, strict=True
            )
        ]
    return (
        f"Fitted on {fitted_on} ({count(n_fitted)} faces), shown on {selection.split} "
        f"({count(len(selection))} faces). " + "; ".join(parts).replace("-", "−") + "."
    )
