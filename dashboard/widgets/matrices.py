"""The groups' confusion matrices, side by side, as tables that a screen reader can read."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.numbers import count, percent

__all__ = ["confusion_matrices", "matrix_html"]

_STYLE = """<style>
.sb-matrices { display: flex; flex-wrap: wrap; gap: 1.25rem 2.5rem; }
.sb-matrix { border-collapse: separate; border-spacing: 3px; font-size: 0.93rem; }
.sb-matrix caption { text-align: left; font-weight: 600; padding-bottom: 0.35rem; }
.sb-matrix caption .n { font-weight: 400; opacity: 0.85; }
.sb-matrix caption i {
  display: inline-block; width: 0.7em; height: 0.7em; border-radius: 2px; margin-right: 0.45em;
}
.sb-matrix th { font-weight: 500; padding: 0.25rem 0.6rem; text-align: center; }
.sb-matrix th[scope=row] { text-align: left; white-space: nowrap; padding-left: 0; }
.sb-matrix td {
  min-width: 6.2rem; padding: 0.55rem 0.7rem; text-align: center; border-radius: 5px;
  border: 1px solid rgba(128, 140, 155, 0.35);
}
.sb-matrix td b { display: block; font-size: 1.2rem; font-weight: 620; }
.sb-matrix td span { display: block; font-size: 0.85rem; }
</style>"""

_CELLS = (("true negatives", "false positives"), ("false negatives", "true positives"))


def confusion_matrices(values: np.ndarray, groups: Sequence[str], *, shares: bool) -> None:
    """Show a matrix per group.

    Parameters
    ----------
    values : ndarray, shape (G, 2, 2), int
        Counts by group, label and prediction.
    groups : sequence of str
    shares : bool
        Whether the share of the row is the large figure and the count the small one.
    """
    st.html(matrix_html(values, groups, shares=shares))


def matrix_html(values: np.ndarray, groups: Sequence[str], *, shares: bool) -> str:
    """Return the matrices as HTML; names are escaped."""
    colours = group_colours(tuple(groups))
    tables = []
    for group, counts in zip(groups, np.asarray(values), strict=True):
        rows = "".join(_row(counts, label, shares) for label in (0, 1))
        tables.append(
            f'<table class="sb-matrix"><caption><i style="background:{colours[group]}"></i>'
            f'{escape(group.capitalize())} <span class="n">· {count(int(counts.sum()))} faces'
            "</span></caption><thead><tr><td style='visibility:hidden'></td>"
            '<th scope="col">predicted 0</th><th scope="col">predicted 1</th></tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )
    return f'{_STYLE}<div class="sb-matrices">{"".join(tables)}</div>'


def _row(counts: np.ndarray, label: int, shares: bool) -> str:
    total = int(counts[label].sum())
    cells = ""
    for predicted in (0, 1):
        number = int(counts[label, predicted])
        share = number / total if total else float("nan")
        right = label == predicted
        strength = 0.0 if total == 0 else 0.06 + 0.3 * share
        colour = (
            f"rgba(21, 155, 119, {strength:.3f})" if right else f"rgba(213, 94, 0, {strength:.3f})"
        )
        first, second = (
            (percent(share), count(number)) if shares else (count(number), percent(share))
        )
        cells += (
            f'<td style="background:{colour}" title="{_CELLS[label][predicted]}: {count(number)}, '
            f'{percent(share)} of label {label}"><b>{first}</b><span>{second}</span></td>'
        )
    return f'<tr><th scope="row">label {label}</th>{cells}</tr>'
