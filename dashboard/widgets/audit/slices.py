"""Slices: which conjunctions of attributes a run fails most, and their faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.audit.context import Audit, open_part
from dashboard.widgets.audit.slice_table import name_of, slice_table
from dashboard.widgets.background import Job, job_of, known_job
from dashboard.widgets.choice import choose, recall, remember
from dashboard.widgets.face_grid import Tile, face_grid
from dashboard.widgets.numbers import count
from dashboard.widgets.told import empty_state
from softbio.audit.slices import ALL, AuditedSlices, Slice, as_csv, audit_slices, verdict

if TYPE_CHECKING:
    from softbio.runs import Run

__all__ = ["show"]

_KINDS = {
    "wrong": "All errors",
    "false-positive": "False positives",
    "false-negative": "False negatives",
}
_BY = {"attributes": "Attributes", "clusters": "Clusters"}
_EVERY = "every"
_SMALLEST = ("20", "50", "100", "200", "500")
_CLUSTERS = 12
_PAGE = 60
_LINES = 25
#: Seconds for which slices are waited for before a line says that they are being counted.
_AT_ONCE = 1.5
_TICK = 0.5


def show(audit: Audit) -> None:
    """Show the part."""
    if audit.run is None or audit.rule is None:
        empty_state("Choose a run", "Slices are those of a run's errors. Choose a run above.")
        return
    asked = _settings(audit)
    job = _job(audit, audit.run, *asked)
    if not job.ended:
        _watch(job)
    elif job.fault:
        st.info(job.fault, icon=":material/info:")
    elif job.found is not None:
        _result(audit, audit.run, job.found)


def _settings(audit: Audit) -> tuple[str, str, int, int]:
    with st.container(horizontal=True, vertical_alignment="bottom", key="slice_settings"):
        kind = choose(
            "Errors", list(_KINDS), "kind", segments=True, shown=_KINDS.__getitem__,
            help="False positives are looked for among the faces with label 0, false negatives "
            "among those with label 1.",
        )  # fmt: skip
        by = "clusters"
        if audit.traits.names:
            by = choose(
                "Slice by", list(_BY), "slice_by", segments=True, shown=_BY.__getitem__,
                help="Clusters are groups of faces that the network takes for alike, whatever is "
                "known of them.",
            )  # fmt: skip
        most = "3"
        if by == "attributes":
            most = choose(
                "Attributes at most", ("1", "2", "3"), "depth", default="3", segments=True,
                help="With fewer, fewer slices are tested, so that weaker ones stand out.",
            )  # fmt: skip
        smallest = choose("Faces at least", _SMALLEST, "smallest", default="50", segments=True)
    return kind, by, int(most), int(smallest)


def _job(audit: Audit, run: Run, kind: str, by: str, most: int, smallest: int) -> Job:
    """Return the search for these settings, begun now unless it was before."""
    faces, split, rule = audit.faces, audit.split, audit.rule
    assert rule is not None
    traits = audit.traits.values
    changed = str((run.path / "predictions.parquet").stat().st_mtime_ns)
    reviewed = str(audit.reviews.version) if split == "reviewed" else ""
    key = (
        "slices", str(run.path), changed, faces.fingerprint, split, rule.model_dump_json(),
        str(audit.tags.version), reviewed, kind, by, str(most), str(smallest),
    )  # fmt: skip
    # While a threshold is dragged only the last one is wanted.
    last = st.session_state.get("slices_asked")
    old = None if last in (None, key) else known_job(last)
    if old is not None and not old.ended:
        old.cancel()
    st.session_state["slices_asked"] = key
    job = job_of(
        key,
        lambda progress, stop: audit_slices(
            run, faces, split, rule=rule, kind=kind, traits=traits,
            clusters=_CLUSTERS if by == "clusters" else None,
            most=most, smallest=smallest, top=_LINES, stop=stop,
        ),
    )  # fmt: skip
    job.wait(_AT_ONCE)
    return job


@st.fragment(run_every=_TICK)
def _watch(job: Job) -> None:
    job.look()
    if job.ended or job.cancelled:
        st.rerun()
    st.progress(0.0, text="Counting every slice …")


def _result(audit: Audit, run: Run, found: AuditedSlices) -> None:
    groups = [one.group for one in found.slices.scopes]
    group = _EVERY
    if len(groups) > 1:
        group = choose(
            "Of", [_EVERY, *groups], "slices_of", segments=True,
            shown=lambda name: {_EVERY: "Each and all", ALL: "All together"}.get(name, name),
        )  # fmt: skip
    only = None if group == _EVERY else group
    lines = [line for line in found.slices.lines if only in (None, line.group)]
    beyond = any(line.beyond_chance for line in lines)
    told = verdict(found, only)
    if beyond:
        st.markdown(_plain(told))
    else:
        st.info(_plain(told), icon=":material/search_off:")
    if not lines:
        return
    lines = lines[:_LINES]
    if not beyond:
        st.markdown("The most extreme all the same, none of them beyond chance:")
    names = {name_of(line): line for line in lines}
    asked = slice_table(found, lines, recall("slice"), key="slice_table")
    if asked in names:
        remember("slice", asked)
    chosen = names.get(recall("slice"))
    with st.container(horizontal=True, key="slice_actions"):
        st.download_button(
            "Download as CSV",
            lambda: as_csv(found, only),
            f"slices-{run.id}-{audit.split}-{found.kind}.csv",
            "text/csv",
            key="slices_csv",
            icon=":material/download:",
            on_click="ignore",
        )
    by = "people, who may have several faces" if found.slices.by == "person" else "faces"
    st.caption(
        f"{count(found.slices.tested)} slices of {count(len(found.rows))} faces were tested. "
        f"Chance is told by {by}, and corrected for all of them; an interval is that of its slice "
        "alone. A slice that is no worse than a part of itself is left out. Faces of which an "
        "attribute is not known stand in no slice that names it."
    )
    _faces(audit, run, found, chosen or lines[0])


def _faces(audit: Audit, run: Run, found: AuditedSlices, line: Slice) -> None:
    """Show the faces of a slice, the wrong ones first."""
    rows, wrong = found.faces(line)
    st.header(_plain(_capital(found.words(line))), anchor=False)
    of = "" if line.group == ALL else f" of {line.group}"
    with st.container(horizontal=True, vertical_alignment="center", key="slice_faces"):
        st.markdown(
            f"{count(line.errors)} of {count(line.n)} faces{of} are {found.errors}; they stand "
            "first, the most confident before all others."
        )
        if not found.clustered and st.button(
            "Browse all such faces", icon=":material/grid_view:", key="slice_browse",
            help="On the page Faces, where they can be filtered, sorted and tagged.",
        ):  # fmt: skip
            named = {} if line.group == ALL else {"group": line.group}
            open_part("faces", "browse", formula=str(line.formula), **named)
    pages = -(-len(rows) // _PAGE)
    slot = st.container()
    page = st.pagination(pages, key=f"slice_page_{name_of(line)}") if pages > 1 else 1
    here = slice((page - 1) * _PAGE, page * _PAGE)
    colours = group_colours(tuple(one.group for one in found.slices.scopes if one.group != ALL))
    names = audit.faces.group_names
    codes = audit.faces.table[audit.faces.group_column]
    scores = dict(zip(found.rows.tolist(), found.score.tolist(), strict=True))
    filenames = audit.faces.table["filename"]
    tiles = []
    for row, is_wrong in zip(rows[here].tolist(), wrong[here].tolist(), strict=True):
        group = names.get(int(codes.iloc[row]), "")
        score = scores[row]
        tiles.append(
            Tile(
                row,
                f"{filenames.iloc[row]}: {group}, score {score:.3f}, "
                f"{'wrong' if is_wrong else 'right'}",
                f"{score:.2f}",
                colours.get(group, ""),
                "✕" if is_wrong else "",
            )
        )
    with slot:
        face_grid(
            audit.faces, tiles, label="Faces of the slice, wrong ones first", key="grid_slice",
            run=run, rule=audit.rule,
        )  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(text: str) -> str:
    """Escape what markdown would take for its own."""
    return text.translate({ord(sign): f"\\{sign}" for sign in "*_`[]$~<>"})
