"""Suspect labels: how many labels are wrong, by group and direction, and which faces they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.audit.context import Audit, open_part
from dashboard.widgets.audit.noise_table import noise_table
from dashboard.widgets.choice import choose, recall
from dashboard.widgets.face_grid import Tile, face_grid
from dashboard.widgets.numbers import count
from dashboard.widgets.told import empty_state, tells_errors
from softbio.audit.label_issues import ASSUMES, AuditedLabels, as_csv, cautions, verdict
from softbio.errors import RunError
from softbio.fairness import DecisionRule
from softbio.runs import Run

__all__ = ["show"]

_PAGE = 100
_ALL = "all"
_TAG = "wrong label"
_DIRECTIONS = {"any": "Both ways", "1": "1 that should be 0", "0": "0 that should be 1"}
_WHICH = {"flagged": "Flagged", "every": "All, ranked"}


def show(audit: Audit) -> None:
    """Show the part."""
    if audit.run is None or audit.rule is None:
        empty_state(
            "Choose a run",
            "Labels are suspect where a network that did not train on the face is sure of the "
            "other one. Choose a run above.",
        )
        return
    try:
        audited = audit.audited
    except RunError as error:
        st.info(str(error), icon=":material/info:")
        return
    assert audited is not None
    _estimates(audited)
    _faces(audit, audited, audit.run, audit.rule)


def _estimates(audited: AuditedLabels) -> None:
    """Show the noise rates, and what they rest on."""
    st.markdown(verdict(audited))
    if audited.seen:
        st.info(audited.sentence, icon=":material/info:")
    else:
        st.caption(audited.sentence)
    for sentence in cautions(audited):
        st.warning(sentence, icon=":material/warning:")
    noise_table(audited.issues.noise, audited.issues.level, key="noise")
    by = "people with all their photographs" if audited.issues.by == "person" else "faces"
    level = f"{100 * audited.issues.level:g} %"
    st.caption(f"Intervals: {level}, drawn by {by}. {ASSUMES}")


def _faces(audit: Audit, audited: AuditedLabels, run: Run, rule: DecisionRule) -> None:
    """Show the faces, the most suspect first, and what can be done with them."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="suspect_filters"):
        which = choose(
            "Faces", list(_WHICH), "which", segments=True, shown=_WHICH.__getitem__,
            help="Flagged are as many labels of each kind as are estimated to be wrong, the worst "
            "ones. Ranked are all, by the chance that the label is wrong.",
        )  # fmt: skip
        group = _ALL
        if len(audited.groups) > 1:
            options = [_ALL, *audited.groups]
            group = choose("Of", options, "suspects_of", segments=True, shown=str.capitalize)
        way = choose(
            "Label", list(_DIRECTIONS), "way", segments=True, shown=_DIRECTIONS.__getitem__
        )
    order = audited.issues.order
    kept = np.ones(len(order), dtype=bool)
    if which == "flagged":
        kept &= audited.issues.flagged[order]
    if group != _ALL:
        kept &= audited.group[order] == audited.groups.index(group)
    if way != "any":
        kept &= audited.label[order] == int(way)
    found = order[kept]
    if not len(found):
        st.caption("No label of this kind is flagged.")
        return
    pages = -(-len(found) // _PAGE)
    told = st.container()
    grid = st.container()
    # A page of one choice is none of another: each choice has its own.
    key = f"suspects_page_{which}_{group}_{way}"
    page = st.pagination(pages, key=key) if pages > 1 else 1
    shown = audited.table(found[(page - 1) * _PAGE : page * _PAGE])
    with told:
        faces = "face" if len(found) == 1 else "faces"
        st.markdown(f"**{count(len(found))} {faces}**, the most suspect label first.")
        _actions(audit, audited, shown)
    with grid:
        colours = group_colours(audited.groups)
        tagged = audit.tags.values(_TAG) == 1

        def on_key(letter: str, rows: np.ndarray) -> None:
            del letter  # there is one
            _tag(audit, audit.faces.table["filename"].iloc[rows].tolist())

        face_grid(
            audit.faces,
            [_tile(face, colours, bool(tagged[face.row])) for face in shown.itertuples()],
            label="Suspect labels, the most suspect first",
            key="grid_suspects",
            run=run,
            rule=rule,
            keys={"w": _TAG},
            on_key=on_key,
            selectable=True,
        )


def _tile(face: Any, colours: dict[str, str], tagged: bool) -> Tile:
    """Return the tile of a line of `AuditedLabels.table`."""
    chance = f"{100 * face.suspicion:.0f} %"
    return Tile(
        int(face.row),
        f"{face.filename}: {face.group}, label {face.label}, score {face.score:.3f}, "
        f"wrong with a chance of {chance}" + (f", tagged {_TAG}" if tagged else ""),
        f"{face.label} → {1 - face.label}? {chance}",
        colours[face.group],
        "⚑" if tagged else "",
    )


def _actions(audit: Audit, audited: AuditedLabels, shown: pd.DataFrame) -> None:
    """Offer to review, to tag, and to download."""
    with st.container(horizontal=True, key="suspect_actions"):
        if st.button(
            "Review these", icon=":material/fact_check:", type="primary", key="suspects_review",
            help="Say what each label should be, one key a face, the most suspect first.",
        ):  # fmt: skip
            open_part("faces", "review", queue="suspects")
        if st.button(
            f"Tag all shown: {_TAG}", icon=":material/sell:", key="suspects_tag",
            help=f"Tag the {count(len(shown))} faces of this page. Tagged faces stand in the "
            "review queue too; Undo on the page Faces, part Browse, takes it back.",
        ):  # fmt: skip
            _tag(audit, shown["filename"].tolist())
            st.rerun()
        st.download_button(
            "Download as CSV",
            lambda: as_csv(audited),
            f"labels-{audit.faces.name}-{audit.run.id if audit.run else ''}.csv",
            "text/csv",
            key="suspects_csv",
            icon=":material/download:",
            on_click="ignore",
            help=f"All {count(len(audited))} audited faces, ranked.",
        )


@tells_errors
def _tag(audit: Audit, names: list[str]) -> None:
    """Tag faces, and say so."""
    audit.tags.add(_TAG, names, "yes", who=recall("who"))
    faces = "1 face" if len(names) == 1 else f"{count(len(names))} faces"
    st.toast(f"Tagged {_TAG}: {faces}.", icon=":material/sell:")
