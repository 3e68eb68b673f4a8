"""Small tables of numbers: right-aligned, read by screen readers, wide ones scroll by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

__all__ = ["TABLE_STYLE", "plain_table"]

TABLE_STYLE = """<style>
.sb-scroll { overflow-x: auto; }
.sb-table { border-collapse: collapse; width: 100%; font-size: 0.93rem; }
.sb-table th, .sb-table td {
  padding: 0.36rem 0.7rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid rgba(128, 140, 155, 0.3); font-variant-numeric: tabular-nums;
}
.sb-table th:first-child { text-align: left; padding-left: 0; }
.sb-table thead th { font-weight: 600; vertical-align: bottom; white-space: normal; }
.sb-table tbody th { font-weight: 450; }
.sb-table tbody th[title] { cursor: help; }
.sb-table i {
  display: inline-block; width: 0.65em; height: 0.65em; border-radius: 2px; margin-right: 0.4em;
}
@media (max-width: 600px) {
  .sb-table { font-size: 0.86rem; }
  .sb-table th, .sb-table td { padding: 0.32rem 0.3rem; }
}
.sb-change { display: block; font-size: 0.82rem; }
</style>"""


def plain_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, label: str, key: str
) -> None:
    """Show a table whose first column names the lines.

    Parameters
    ----------
    head : sequence of str
    rows : sequence of sequences of str
        Each as long as `head`; text, never markup.
    label : str
        What the table is, for screen readers.
    """
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    with st.container(key=key):
        st.html(
            f'{TABLE_STYLE}<div class="sb-scroll" tabindex="0" role="region" '
            f'aria-label="{escape(label)}"><table class="sb-table"><thead><tr>{heads}</tr></thead>'
            f"<tbody>{lines}</tbody></table></div>"
        )
