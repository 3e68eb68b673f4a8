"""Kinds of faces: whether a class has one kind of members or several, shown by its faces."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.choice import choose
from dashboard.widgets.face_grid import Tile, face_grid
from dashboard.widgets.lab.context import open_part
from dashboard.widgets.lab.formula_input import plain
from dashboard.widgets.numbers import change, count, interval, percent
from dashboard.widgets.plain_table import plain_table
from dashboard.widgets.told import telling_errors
from softbio.formula import Formula, Name, join
from softbio.hypotheses.kinds import Difference, Kind, Kinds, headline, kinds

if TYPE_CHECKING:
    from dashboard.widgets.lab.context import Lab
    from softbio.faces.faceset import FaceSet

__all__ = ["show"]

_TRAITS = 6
_CENTRAL = 14


def show(lab: Lab) -> None:
    """Let the reader choose a class, and show its kinds."""
    target = lab.target
    if target is None:
        st.info(
            "There is no class to look at: this set has no label and no tag. Tag some faces, or "
            "choose a run.",
            icon=":material/info:",
        )
        return
    if not lab.faces.has_images and lab.run is None:
        st.info(
            "Kinds are found by how faces look, and this set holds attributes only: no photographs, "
            "and no run that has seen them.",
            icon=":material/hide_image:",
        )
        return
    side = choose(
        "Class",
        ["1", "0"],
        "kinds_of",
        segments=True,
        shown=lambda one: _capital(target.one if one == "1" else target.zero),
        help="Its faces are held against those of the other class, women against women and men "
        "against men.",
    )
    with telling_errors():
        rows = np.flatnonzero(target.values == int(side))
        others = np.flatnonzero(target.values == 1 - int(side))
        found = _found(lab, rows, others)
        _overview(lab, found)
        for number, kind in enumerate(found.groups):
            _kind(lab, found, kind, number)


def _found(lab: Lab, rows: np.ndarray, others: np.ndarray) -> Kinds:
    classes = hashlib.sha256(rows.tobytes() + b"|" + others.tobytes()).hexdigest()
    run = "" if lab.run is None else str(lab.run.path)
    key = (str(lab.faces.path), lab.faces.fingerprint, run, str(lab.tags.version), classes)
    return _computed(lab, rows, others, key)


@st.cache_resource(show_spinner="Looking for kinds …", max_entries=16)
def _computed(_lab: Lab, _rows: np.ndarray, _others: np.ndarray, key: tuple[str, ...]) -> Kinds:
    del key
    return kinds(_lab.faces, _rows, _lab.features, _lab.traits, others=_others)


def _overview(lab: Lab, found: Kinds) -> None:
    st.markdown(f"**{plain(found.sentence)}**")
    told = [f"{count(found.n)} faces, held against {count(found.against)} others"]
    if found.left_out:
        told.append(f"{count(found.left_out)} of no known group left out")
    if len(found) > 1:
        told.append(f"the nearest two kinds are {found.separation:.1f} standard deviations apart")
        told.append(
            f"two halves of the people agree on the cut to {found.stability:.2f} (1: wholly)"
        )
    told.append(f"looked at: {lab.features.source}")
    st.caption(plain("; ".join(told)) + ".")
    leading = [
        one for kind in found.groups if (one := headline(kind)) is not None and one.weight > 0
    ]
    with st.container(horizontal=True, key="kinds_actions"):
        if len(found) > 1 and len(leading) == len(found) == len({one.name for one in leading}):
            formula = str(Formula(join("or", [Name(one.name) for one in leading])))
            if st.button(
                f"Examine {plain(formula)}", icon=":material/search:", key="kinds_examine"
            ):
                open_part("examination", formula=formula)
        if lab.faces.has_images and st.button(
            "Tag what sets them apart" if len(found) > 1 else "Tag what you see",
            icon=":material/label:",
            key="kinds_tag",
        ):
            open_part("tagging")


def _kind(lab: Lab, found: Kinds, kind: Kind, number: int) -> None:
    of = len(found)
    leading = headline(kind)
    name = f"Kind {number + 1}" if of > 1 else "The class"
    if leading is not None and of > 1:
        with_it = "" if leading.weight > 0 else "no "
        name += f": {with_it}{leading.name.replace('_', ' ')}"
    with st.container(border=True, key=f"kind_{number}"):
        st.header(plain(name), anchor=False)
        if of > 1:
            st.markdown(
                f"{count(len(kind.rows))} faces, {percent(kind.share)} of the class: "
                + ", ".join(
                    f"{percent(inside / total if total else None)} of its {plain(group)} "
                    f"({count(inside)} of {count(total)})"
                    for group, (inside, total) in kind.by_group.items()
                )
                + "."
            )
        st.caption(f"{'The most typical' if found.stands_out else 'Some'} faces of each group.")
        _faces(lab.faces, kind, number)
        if kind.traits:
            _traits(lab, kind, number, of)
        else:
            st.caption("No attribute is known of these faces.")


def _faces(faces: FaceSet, kind: Kind, number: int) -> None:
    groups = list(faces.group_names.values())
    colours = group_colours(groups)
    group = faces.group_index()[kind.central]
    names = faces.table["filename"].to_numpy(object)
    with st.grid(len(groups), min_column_width=330):
        for index, name in enumerate(groups):
            rows = kind.central[group == index][:_CENTRAL]
            if not len(rows):
                continue
            tiles = [Tile(int(row), f"{names[row]}: {name}", edge=colours[name]) for row in rows]
            with st.container(key=f"kind_{number}_group_{index}"):
                st.markdown(f"**{plain(_capital(name))}**")
                face_grid(
                    faces,
                    tiles,
                    label=f"Typical {name} of kind {number + 1}",
                    key=f"kind_{number}_faces_{index}",
                    size=72,
                )


def _traits(lab: Lab, kind: Kind, number: int, of: int) -> None:
    apart = [one for one in kind.traits if one.sets_apart][:_TRAITS]
    if not apart:
        st.caption("No known attribute sets these faces apart beyond chance.")
        return
    groups = list(lab.faces.group_names.values())
    head = ["trait", "here", *groups]
    head += ["other kinds", "more often by"] if of > 1 else []
    head += ["other class", "more often by"]
    lines = []
    for one in apart:
        name = f"{one.name} (probe)" if one.probed else one.name
        line = [name, percent(one.share), *(percent(share) for share in one.by_group)]
        if of > 1:
            line += _difference(one.in_class)
        lines.append((*line, *_difference(one.outside)))
    plain_table(
        head, lines, label=f"What sets kind {number + 1} apart", key=f"kind_{number}_traits"
    )
    st.caption(
        "*More often by*: points, compared within each group and averaged, with 95 % intervals. "
        "Listed is what goes beyond chance in every comparison shown (5 %, corrected by Holm)."
    )


def _difference(one: Difference | None) -> list[str]:
    if one is None:
        return ["–", "–"]
    within = interval(one.low, one.high, "share", signed=True)
    return [percent(one.share), f"{change(one.value, 'share')} ({within})"]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
