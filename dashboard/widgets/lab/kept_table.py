"""Kept hypotheses as a table: the formula in words, its agreement for each group, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.widgets.numbers import count, interval, percent
from dashboard.widgets.plain_table import TABLE_STYLE
from softbio.hypotheses.kept import Compared
from softbio.hypotheses.kept.export import day_of, probed_sentence

__all__ = ["kept_table"]

_STYLE = """<style>
.sb-kept tbody th { white-space: normal; min-width: 15rem; font-weight: 400; }
.sb-kept tbody th b { font-weight: 600; }
.sb-kept td, .sb-kept tbody th { vertical-align: top; }
.sb-kept small { display: block; font-size: 0.82rem; line-height: 1.45; color: inherit; }
@media (max-width: 600px) { .sb-kept tbody th { min-width: 11rem; } }
</style>"""


def kept_table(compared: Sequence[Compared], *, key: str) -> None:
    """Show kept hypotheses, a line each.

    Parameters
    ----------
    compared : sequence of Compared
        At least one.
    """
    groups = list(dict.fromkeys(name for one in compared for name in one.groups))
    head = ["Hypothesis", "All", *(name.capitalize() for name in groups)]
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "".join(_line(one, groups) for one in compared)
    with st.container(key=key):
        st.html(
            f'{TABLE_STYLE}{_STYLE}<div class="sb-scroll" tabindex="0" role="region" '
            'aria-label="Kept hypotheses"><table class="sb-table sb-kept"><thead><tr>'
            f"{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
        )


def _line(one: Compared, groups: Sequence[str]) -> str:
    kept = one.kept
    words = kept.words
    told = [words] if kept.name else []
    by = f" by {kept.who}" if kept.who else ""
    told += [f"Explains {kept.target_title}. Kept on {day_of(kept.when)}{by}.", kept.note]
    told.append(probed_sentence(kept.probed))
    lines = [f"<b>{escape(kept.name or words)}</b>"]
    lines += [f"<small>{escape(sentence)}</small>" for sentence in told if sentence]
    marked = [("Changed since.", change) for change in one.changes]
    if one.missing:
        marked.append(("No figures now.", one.missing))
    lines += [f"<small><b>{mark}</b> {escape(sentence)}</small>" for mark, sentence in marked]
    cells = [_figures(one, name) for name in (None, *groups)]
    return (
        f'<tr><th scope="row">{"".join(lines)}</th>'
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + "</tr>"
    )


def _figures(one: Compared, group: str | None) -> str:
    value, low, high = one.rate("agreement", group)
    before = one.rate("agreement", group, kept=True)[0]
    n = one.n(group)
    if not n:
        return f"–<small>{percent(before)} when kept</small>" if before is not None else "–"
    told = [percent(value), f"<small>{interval(low, high, 'share')}</small>"]
    flips = [percent(one.rate(name, group)[0]) for name in ("label_1_given_0", "label_0_given_1")]
    told.append(f"<small>flips {' / '.join(flips)}</small><small>of {count(n)}</small>")
    if before is not None and percent(before) != percent(value):
        told.append(f"<small>{percent(before)} when kept</small>")
    return "".join(told)
