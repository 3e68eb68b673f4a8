"""Where it looks: mean maps and shares of bands, of right and wrong faces of each group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.audit.context import Audit
from dashboard.widgets.background import Job, job_of, known_job
from dashboard.widgets.choice import choose
from dashboard.widgets.face_grid import Tile, face_grid
from dashboard.widgets.looking import MapTile, gap_table, mean_maps, share_table
from dashboard.widgets.numbers import count
from dashboard.widgets.told import empty_state
from softbio.audit.looking import (
    Evidence,
    LookCell,
    LooksBy,
    SampledLooks,
    can_look,
    limits,
    look_at_split,
    looks_csv,
    telling,
)

if TYPE_CHECKING:
    from softbio.runs import Run

__all__ = ["show"]

_METHODS = {"occlusion": "Occlusion", "grad-cam": "Grad-CAM"}
_EVIDENCE: dict[str, str] = {"for": "For label 1", "against": "Against it", "any": "Both"}
_MOST = ("25", "50", "100")
#: Seconds that occlusion takes for a face on two cores, see docs/benchmarks.md.
_SECONDS = 0.11
_SEED = 0
#: Seconds for which a look that was just begun is waited for, before a bar is shown.
_AT_ONCE = 0.6
_TICK = 0.7
#: Looks that the server keeps: their maps take ten megabytes each.
_KEPT = 8
_UNITS = {
    "occlusion": "logits, by which the score falls when the place is hidden",
    "grad-cam": "of each face's strongest place, for label 1",
}


def show(audit: Audit) -> None:
    """Show the part."""
    run = audit.run
    if run is None or audit.rule is None:
        empty_state("Choose a run", "Where a network looks is asked of a run. Choose one above.")
        return
    if fault := can_look(run, audit.faces):
        st.info(fault, icon=":material/info:")
        return
    method, most, evidence = _settings()
    key = _asked(audit, run, method, most)
    job = known_job(key)
    with st.container(horizontal=True, vertical_alignment="center", key="look_actions"):
        if st.button(
            "Look",
            icon=":material/visibility:",
            key="look",
            type="primary",
            disabled=job is not None and not job.fault,
            help="Nothing is trained; the run stays as it is.",
        ):
            job = _begin(key, audit, run, method, most)
        st.caption(_expects(method, most, 4 * len(run.config.groups)))
    if job is None:
        return
    if not job.ended:
        _watch(job)
    elif job.fault:
        st.error(job.fault, icon=":material/error:")
    elif job.found is not None:
        _result(audit, run, job.found, _summary(job.found, key, evidence))


def _settings() -> tuple[str, int, Evidence]:
    with st.container(horizontal=True, vertical_alignment="bottom", key="look_settings"):
        method = choose(
            "How", list(_METHODS), "how", segments=True, shown=_METHODS.__getitem__,
            help="Occlusion hides one place after the other and sees how the score moves. "
            "Grad-CAM asks the last block once: fast, and too coarse to tell eyes from hair.",
        )  # fmt: skip
        most = choose(
            "Faces of each cell", _MOST, "of_each", default="50", segments=True,
            help="A cell is a group, a label, and right or wrong. Drawn at random, always the same "
            "ones.",
        )  # fmt: skip
        evidence = "for"
        if method == "occlusion":
            evidence = choose(
                "Evidence", list(_EVIDENCE), "evidence", segments=True,
                shown=_EVIDENCE.__getitem__,
                help="What the shares of the bands count. The maps show both.",
            )  # fmt: skip
    return method, int(most), evidence  # type: ignore[return-value]


def _expects(method: str, most: int, cells: int) -> str:
    faces = most * cells
    seconds = _SECONDS * faces if method == "occlusion" else 5.0
    return (
        f"At most {count(faces)} faces, about {max(5, 5 * round(seconds / 5))} seconds on two free "
        "cores."
    )


def _asked(audit: Audit, run: Run, method: str, most: int) -> tuple[str, ...]:
    """Return all that the outcome depends on."""
    assert audit.rule is not None
    state = run.state
    reviewed = str(audit.reviews.version) if audit.split == "reviewed" else ""
    return (
        "look", str(run.path), str(state.weights_sha256), str(state.head_sha256),
        audit.faces.fingerprint, audit.split, audit.rule.model_dump_json(), reviewed, method,
        str(most), str(_SEED),
    )  # fmt: skip


def _begin(key: tuple[str, ...], audit: Audit, run: Run, method: str, most: int) -> Job:
    faces, split, rule = audit.faces, audit.split, audit.rule
    job = job_of(
        key,
        lambda progress, stop: look_at_split(
            run, faces, split, rule, method="occlusion" if method == "occlusion" else "grad-cam",
            most=most, seed=_SEED,
            progress=lambda done, total: progress("look", done, total), stop=stop,
        ),
        kept=_KEPT,
    )  # fmt: skip
    job.wait(_AT_ONCE)
    return job


@st.fragment(run_every=_TICK)
def _watch(job: Job) -> None:
    phase, share = job.look()
    if job.ended or job.cancelled:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="look_progress"):
        st.progress(share, text="Looking …" if phase else "Loading the network …")
        if st.button("Cancel", icon=":material/cancel:", key="cancel_look"):
            job.cancel()
            st.rerun()


@st.cache_resource(show_spinner=False, max_entries=24)
def _summary(_sampled: SampledLooks, key: tuple[str, ...], evidence: Evidence) -> LooksBy:
    del key
    return _sampled.by(evidence)


def _result(audit: Audit, run: Run, sampled: SampledLooks, found: LooksBy) -> None:
    st.header("What it goes by", anchor=False)
    for sentence in telling(found):
        st.markdown(f"- {sentence}")
    st.caption(f"{sampled.sentence} {sampled.rule.sentence}")
    st.header("Mean maps", anchor=False)
    signed = sampled.looks.method == "occlusion"
    picked = mean_maps(
        _tiles(audit, sampled, found),
        unit=_UNITS[sampled.looks.method],
        signed=signed,
        key="mean_maps",
    )
    st.caption(
        "Over the mean face, in one scale of colours: orange speaks for label 1"
        + (", blue against it. " if signed else ". ")
        + "Click a map to see the faces that it is the mean of."
    )
    if picked is not None:
        _faces(audit, run, sampled, next(cell for cell in found.cells if cell.name == picked))
    st.header("Share of the evidence in each band", anchor=False)
    share_table(sampled, found, key="band_shares")
    by = "people with all their photographs" if found.by == "person" else "faces"
    st.caption(
        f"A ring is what a map would give that is the same everywhere. Intervals: "
        f"{100 * found.level:g} %, drawn by {by}; none for fewer than ten people. Strength is the "
        f"mean evidence of a place, in {sampled.looks.unit}."
    )
    if found.gaps:
        with st.expander("Differences between the groups", icon=":material/difference:"):
            gap_table(found, key="band_gaps")
            st.caption("In points of the share. These intervals hold all at once.")
    st.download_button(
        "CSV", lambda: looks_csv(sampled, found), f"{run.id}-{sampled.split}-looks.csv",
        "text/csv", icon=":material/download:", key="looks_csv",
    )  # fmt: skip
    for sentence in limits(found, sampled.looks):
        st.caption(sentence)


def _tiles(audit: Audit, sampled: SampledLooks, found: LooksBy) -> list[tuple[str, list[MapTile]]]:
    lines: dict[str, list[MapTile]] = {name: [] for name in sampled.groups}
    for cell in found.cells:
        face = None
        if cell.n:
            pixels = audit.faces.images[sampled.looks.rows[cell.index]]
            face = np.rint(pixels.mean(axis=0)).astype(np.uint8)
        of = sampled.of[cell.group, cell.label, cell.right]
        verdict = "right" if cell.right else "wrong"
        lines[cell.group].append(
            MapTile(
                cell.name,
                f"Label {cell.label}, predicted {cell.prediction}: {verdict}",
                f"{count(cell.n)} of {count(of)} faces",
                face,
                cell.mean,
            )
        )
    return [(name[:1].upper() + name[1:], line) for name, line in lines.items()]


def _faces(audit: Audit, run: Run, sampled: SampledLooks, cell: LookCell) -> None:
    """Show the faces that a mean map is made of, the highest score first."""
    order = cell.index[np.argsort(-sampled.score[cell.index], kind="stable")]
    colour = group_colours(sampled.groups)[cell.group]
    st.markdown(f"**{cell.name[:1].upper()}{cell.name[1:]}**: {count(cell.n)} faces")
    face_grid(
        audit.faces,
        [
            Tile(
                int(sampled.looks.rows[one]),
                f"{sampled.filename[one]}: {cell.name}, score {sampled.score[one]:.3f}",
                f"{sampled.score[one]:.2f}",
                colour,
            )
            for one in order
        ],
        label=f"Faces of the map: {cell.name}",
        key="grid_looks",
        run=run,
        rule=audit.rule,
    )
