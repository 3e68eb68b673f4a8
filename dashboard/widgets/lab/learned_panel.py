"""What was learned of a word: a sentence, figures for each group, and the faces that it finds."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard.widgets.face_grid import Tile, face_grid
from dashboard.widgets.lab.learning import Learned
from dashboard.widgets.lab.standing import standing
from dashboard.widgets.numbers import count, interval, percent
from dashboard.widgets.plain_table import TABLE_STYLE
from softbio.hypotheses.probe import Judgement, Rate

if TYPE_CHECKING:
    from dashboard.widgets.lab.context import Lab

__all__ = ["found_faces", "learned_panel"]

_ICONS = {
    "success": ":material/check_circle:",
    "info": ":material/school:",
    "warning": ":material/warning:",
}
_SHOWN = 16


def learned_panel(lab: Lab, word: str, found: Learned) -> None:
    """Say how far a word is learned, and show the figures behind that."""
    told = standing(word, found.probe, found.lacking)
    with st.container(key="tag_standing"):
        getattr(st, told.level)(told.sentence, icon=_ICONS[told.level])
    probe = found.probe
    if probe is None:
        return
    st.markdown("**On the tagged faces**")
    _figures(probe.quality.tagged, "tagged")
    st.caption(
        "Each face is judged by a fit that did not see it. The lab asks about hard faces, so most "
        "figures are worse than on all faces."
    )
    if probe.quality.checked is None:
        return
    st.markdown("**On the faces drawn at random**")
    _figures(probe.quality.checked, "checked")
    st.caption(
        f"Few faces, but drawn without a look: what to expect of all {count(len(lab.faces))}. "
        f"Learned from {probe.source}."
    )


def _figures(judged: Judgement, name: str) -> None:
    lines = "".join(
        f'<tr><th scope="row">{escape(one.name.capitalize())}</th>'
        f"<td>{count(one.positives)} of {count(one.n)}</td>"
        f"<td>{_rate(one.precision)}</td><td>{_rate(one.recall)}</td></tr>"
        for one in (*judged.groups, judged.overall)
    )
    heads = "".join(
        f'<th scope="col">{head}</th>' for head in ("Faces", "Yes", "Precision", "Recall")
    )
    with st.container(key=f"tag_{name}"):
        st.html(
            f'{TABLE_STYLE}<div class="sb-scroll" tabindex="0" role="region" '
            f'aria-label="Precision and recall on the {name} faces"><table class="sb-table">'
            f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
        )


def _rate(rate: Rate) -> str:
    told = interval(rate.low, rate.high, "share")
    return percent(rate.value) + (f'<span class="sb-change">{told}</span>' if told else "")


def found_faces(lab: Lab, word: str, found: Learned) -> None:
    """Show untagged faces of which the lab is most sure, and of which it is least."""
    probe = found.probe
    if probe is None:
        return
    open_to = np.ones(len(lab.faces), bool)
    open_to[probe.tagged] = False
    group = lab.faces.group_index()
    with st.container(key="tag_found"):
        for title, key, merit in (
            (f"Most likely “{word}”", "likely", probe.chances),
            ("Hardest to tell", "unsure", -np.abs(probe.chances - 0.5)),
        ):
            st.markdown(f"**{title}**, of the faces that nobody tagged")
            columns = st.columns(len(lab.faces.group_names))
            for number, name in enumerate(lab.faces.group_names.values()):
                rows = np.flatnonzero(open_to & (group == number))
                rows = rows[np.argsort(-merit[rows], kind="stable")[:_SHOWN]]
                with columns[number]:
                    st.caption(name.capitalize())
                    tiles = [
                        Tile(
                            int(row),
                            f"chance {percent(float(probe.chances[row]))}",
                            _chance(float(probe.chances[row])),
                        )
                        for row in rows
                    ]
                    label = f"{title}, {name}"
                    face_grid(lab.faces, tiles, label=label, key=f"tag_{key}_{number}", size=56)


def _chance(value: float) -> str:
    shown = round(100 * value)
    return f"{min(max(shown, 1), 99)} %"
