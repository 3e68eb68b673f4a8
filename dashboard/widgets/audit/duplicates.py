"""Duplicates: photographs that stand twice in a set, and alike faces with opposite labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.audit.context import Audit, open_part
from dashboard.widgets.background import Job, job_of, known_job
from dashboard.widgets.choice import choose, recall
from dashboard.widgets.face_grid import Tile, face_grid
from dashboard.widgets.numbers import count
from dashboard.widgets.told import telling_errors
from softbio.audit.duplicates import (
    AlikePairs,
    DuplicateGroup,
    Duplicates,
    alike,
    as_csv,
    duplicates,
    told_of,
    verdict,
)
from softbio.errors import RunError

__all__ = ["show"]

_WHAT = {"copies": "Copies", "alike": "Alike, labels opposite"}
_KINDS = {
    "all": "All",
    "labels": "Labels differ",
    "splits": "Across splits",
    "people": "Different people",
}
_PAGE = 12
_MOST_COPIES = 24
_TAG = "wrong label"
_PHASES = {"read": "Reading the photographs", "compare": "Comparing them"}
_AT_ONCE = 1.5
_TICK = 0.7


def show(audit: Audit) -> None:
    """Show the part."""
    what = choose("Show", list(_WHAT), "twice", segments=True, shown=_WHAT.__getitem__)
    if what == "copies" and not audit.faces.has_images:
        st.info(
            "This set has no images, so no photographs can be compared.", icon=":material/info:"
        )
        return
    if what == "alike" and audit.run is None:
        st.info(
            "Which faces are alike is asked of a run's network. Choose a run above.",
            icon=":material/info:",
        )
        return
    key = _asked(audit, what)
    job = known_job(key)
    if st.button(
        "Compare all faces", icon=":material/compare:", key="duplicates", type="primary",
        disabled=job is not None and not job.fault,
        help="Reads every photograph once. What was found is kept until the server ends.",
    ):  # fmt: skip
        job = _begin(key, audit, what)
    if job is None:
        st.caption(
            "Copies: the same pixels, or the same photograph compressed, resized, lightened or "
            "mirrored. Cropped copies are not found."
            if what == "copies"
            else "Faces that the network takes for alike, and that have opposite labels."
        )
    elif not job.ended:
        _watch(job)
    elif job.fault:
        st.error(job.fault, icon=":material/error:")
    elif isinstance(job.found, Duplicates):
        _copies(audit, job.found)
    elif isinstance(job.found, AlikePairs):
        _alike(audit, job.found)


def _asked(audit: Audit, what: str) -> tuple[str, ...]:
    run = str(audit.run.path) if what == "alike" and audit.run is not None else ""
    return ("duplicates", what, str(audit.faces.path), audit.faces.fingerprint, run)


def _begin(key: tuple[str, ...], audit: Audit, what: str) -> Job:
    faces, run = audit.faces, audit.run
    if what == "copies":
        job = job_of(
            key, lambda progress, stop: duplicates(faces, progress=progress, stop=stop), kept=4
        )
    else:
        if run is None:
            raise RunError("Choose a run first.")
        job = job_of(
            key,
            lambda progress, stop: alike(
                run.embeddings().values, faces.labels(),
                progress=lambda done, total: progress("compare", done, total), stop=stop,
            ),
            kept=4,
        )  # fmt: skip
    job.wait(_AT_ONCE)
    return job


@st.fragment(run_every=_TICK)
def _watch(job: Job) -> None:
    phase, share = job.look()
    if job.ended or job.cancelled:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="duplicates_progress"):
        st.progress(share, text=f"{_PHASES.get(phase, _PHASES['read'])} …")
        if st.button("Cancel", icon=":material/cancel:", key="cancel_duplicates"):
            job.cancel()
            st.rerun()


def _copies(audit: Audit, found: Duplicates) -> None:
    st.markdown(verdict(found))
    if not found.groups:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="duplicate_filters"):
        kind = choose("Copies", list(_KINDS), "copies", segments=True, shown=_KINDS.__getitem__)
        st.download_button(
            "Download as CSV", lambda: as_csv(found, audit.faces),
            f"duplicates-{audit.faces.name}.csv", "text/csv", key="duplicates_csv",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    groups = [group for group in found.groups if _is(group, kind)]
    if not groups:
        st.caption("No copies of this kind.")
        return
    sets = [(told_of(group), group.rows[:_MOST_COPIES]) for group in groups]
    _paged(audit, sets, f"copies_{kind}")


def _is(group: DuplicateGroup, kind: str) -> bool:
    return {
        "labels": group.labels_differ,
        "splits": group.crosses,
        "people": group.people_differ,
    }.get(kind, True)


def _alike(audit: Audit, pairs: AlikePairs) -> None:
    st.markdown(
        f"The {count(len(pairs))} pairs that the network takes for most alike, although one has "
        "label 1 and the other label 0. Where they should not differ, one label is wrong."
    )
    sets = [
        (f"{100 * similarity:.1f} % alike", np.array([one, zero]))
        for one, zero, similarity in zip(pairs.one, pairs.zero, pairs.similarity, strict=True)
    ]
    _paged(audit, sets, "alike")


def _paged(audit: Audit, sets: Sequence[tuple[str, np.ndarray]], key: str) -> None:
    """Show faces side by side, a page of sets at a time."""
    pages = -(-len(sets) // _PAGE)
    slot = st.container()
    page = st.pagination(pages, key=f"duplicates_page_{key}") if pages > 1 else 1
    start = (page - 1) * _PAGE
    labels = audit.faces.labels()
    table = audit.faces.table
    groups = audit.faces.group_names
    colours = group_colours(tuple(groups.values()))
    with slot, st.grid(2, min_column_width=330):
        for place, (told, rows) in enumerate(sets[start : start + _PAGE], start=start):
            tiles = []
            for row in rows.tolist():
                code = table[audit.faces.group_column].iloc[row]
                name = table["filename"].iloc[row]
                label = "no label" if labels[row] < 0 else f"label {labels[row]}"
                split = table["split"].iloc[row]
                group = "" if code is None or code != code else groups.get(int(code), "")
                tiles.append(
                    Tile(
                        row, f"{name}: {group}, {label}, {split}", f"{label}\n{split}",
                        colours.get(group, ""),
                    )
                )  # fmt: skip
            with st.container(border=True, key=f"set_{key}_{place}"):
                st.markdown(f"**{count(place + 1)}.** {told}")
                face_grid(
                    audit.faces, tiles, label=f"Photograph {place + 1}: {told}",
                    key=f"grid_{key}_{place}", size=104, run=audit.run, rule=audit.rule,
                )  # fmt: skip
                _review(audit, rows, f"{key}_{place}")


def _review(audit: Audit, rows: np.ndarray, key: str) -> None:
    """Offer to send the faces to review."""
    names = audit.faces.table["filename"].iloc[rows].tolist()
    with st.container(horizontal=True, key=f"send_{key}"):
        if st.button(
            "Send to review", icon=":material/fact_check:", key=f"review_{key}", type="tertiary",
            help=f"Tags them *{_TAG}*, which puts them into the review queue.",
        ):  # fmt: skip
            with telling_errors():
                audit.tags.add(_TAG, names, "yes", who=recall("who"))
                st.toast(f"In the review queue: {', '.join(names)}.", icon=":material/sell:")
        if st.button("Open the queue", key=f"queue_{key}", type="tertiary"):
            open_part("faces", "review", queue="tagged")
