"""Two-by-two tables of the groups, side by side: how formula and label go together.

They are real tables: a screen reader reads them, and they are drawn in no time.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.numbers import count, percent
from softbio.hypotheses import GroupAgreement

__all__ = ["agreement_tables", "tables_html"]

_STYLE = """<style>
.sb-matrices { display: flex; flex-wrap: wrap; gap: 1.25rem 1.5rem; }
.sb-matrix { border-collapse: separate; border-spacing: 3px; font-size: 0.93rem; }
.sb-matrix caption { text-align: left; font-weight: 600; padding-bottom: 0.35rem; }
.sb-matrix caption .n { font-weight: 400; opacity: 0.85; }
.sb-matrix caption i {
  display: inline-block; width: 0.7em; height: 0.7em; border-radius: 2px; margin-right: 0.45em;
}
.sb-matrix th { font-weight: 500; padding: 0.25rem 0.4rem; text-align: center; }
.sb-matrix th[scope=row] { text-align: left; white-space: nowrap; padding-left: 0; }
.sb-matrix td {
  min-width: 4.9rem; padding: 0.5rem 0.4rem; text-align: center; border-radius: 5px;
  border: 1px solid rgba(128, 140, 155, 0.35);
}
.sb-matrix thead td { border: none; }
.sb-matrix td b { display: block; font-size: 1.2rem; font-weight: 620; }
.sb-matrix td span { display: block; font-size: 0.85rem; }
</style>"""

_AGREE, _DISAGREE = "21, 155, 119", "213, 94, 0"


def agreement_tables(
    parts: Sequence[GroupAgreement], heads: tuple[str, str] = ("label 0", "label 1")
) -> None:
    """Show how a formula and a target go together, a table per group.

    Parameters
    ----------
    parts : sequence of GroupAgreement
    heads : tuple of str
        What the target's 0 and 1 mean.
    """
    values = np.stack([part.table for part in parts])
    names = [part.name for part in parts]
    st.html(tables_html(values, names, rows="formula", columns=heads, shares=False))


def tables_html(
    values: np.ndarray,
    groups: Sequence[str],
    *,
    rows: str,
    columns: str | tuple[str, str],
    shares: bool,
) -> str:
    """Return the tables as HTML; names are escaped.

    Parameters
    ----------
    values : ndarray, shape (G, 2, 2), int
    groups : sequence of str
    rows, columns : str
        What the two axes stand for; of the columns, also the names of both.
    """
    named = (f"{columns} 0", f"{columns} 1") if isinstance(columns, str) else columns
    colours = group_colours(tuple(groups))
    tables = []
    for group, counts in zip(groups, np.asarray(values), strict=True):
        body = "".join(_row(counts, index, rows, named, shares) for index in (0, 1))
        heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in named)
        tables.append(
            f'<table class="sb-matrix"><caption><i style="background:{colours[group]}"></i>'
            f'{escape(group.capitalize())} <span class="n">· {count(int(counts.sum()))} faces'
            f"</span></caption><thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table>"
        )
    return f'{_STYLE}<div class="sb-matrices">{"".join(tables)}</div>'


def _row(counts: np.ndarray, row: int, rows: str, columns: tuple[str, str], shares: bool) -> str:
    total = int(counts[row].sum())
    cells = ""
    for column in (0, 1):
        number = int(counts[row, column])
        share = number / total if total else float("nan")
        strength = 0.06 + 0.3 * share if total else 0.0
        hue = _AGREE if row == column else _DISAGREE
        first, second = percent(share), count(number)
        if not shares:
            first, second = second, first
        cells += (
            f'<td style="background:rgba({hue}, {strength:.3f})" title="{rows} {row}, '
            f'{escape(columns[column])}: {count(number)} faces, {percent(share)} of the row">'
            f"<b>{first}</b><span>{second}</span></td>"
        )
    return f'<tr><th scope="row">{rows} {row}</th>{cells}</tr>'
