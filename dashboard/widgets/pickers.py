"""What a page is about: the face set, the run, the split, the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from dashboard.places import data_root, face_set_paths
from dashboard.widgets.choice import choose
from dashboard.widgets.loading import job_queue, load_faces
from dashboard.widgets.numbers import count
from dashboard.widgets.told import empty_state
from softbio.errors import RunError
from softbio.faces.faceset import FaceSet
from softbio.runs import Run

__all__ = ["done_runs", "pick_faces", "pick_run", "pick_split", "pick_threshold", "run_caption"]

_SPLITS = ("val", "test", "train")
_SPLIT_NAMES = {"val": "Validation", "test": "Test", "train": "Training"}


def pick_faces(label: str = "Face set") -> FaceSet | None:
    """Let the reader choose a packed set; say how to make one where there is none."""
    sets = face_set_paths()
    if not sets:
        empty_state(
            "No face set yet",
            f"Faces are packed once, into a folder under {data_root()}. This makes a set of "
            "synthetic faces to try everything on; put your own photographs in place of "
            "`synthetic:6000`.",
            f"softbio pack synthetic:6000 --out {_shell(data_root() / 'demo')}",
        )
        return None
    name = choose(label, list(sets), "set")
    return load_faces(sets[name])


def done_runs() -> list[Run]:
    """Return the runs that have scored their faces, newest first: done, or cancelled on the way."""
    runs = []
    for run in job_queue().list():
        try:
            if (
                run.state.status in ("done", "cancelled")
                and (run.path / "predictions.parquet").is_file()
            ):
                runs.append(run)
        except RunError:
            continue  # damaged or removed meanwhile
    return runs


def pick_run(runs: Sequence[Run], label: str = "Run", name: str = "run") -> Run | None:
    """Let the reader choose one of `runs`; say how to train one where there is none."""
    if not runs:
        sets = face_set_paths()
        place = next(iter(sets.values()), data_root() / "demo")
        empty_state(
            "No finished run yet",
            "Train one on the page *Train*, or in a shell:",
            f"softbio train {_shell(place)} --recipe recommended",
        )
        return None
    by_id = {run.id: run for run in runs}
    return by_id[choose(label, list(by_id), name)]


def run_caption(run: Run) -> str:
    """Say in a line what a run was trained on and how."""
    config = run.config
    name = f"{run.name} · " if run.name else ""
    if run.state.status == "cancelled":
        name = f"cancelled on the way · {name}"
    name += Path(config.data).name
    if config.train is None:
        return f"{name} · imported predictions"
    if config.parent is not None:
        name += f" · last layer of {config.parent} fitted anew"
    return (
        f"{name} · recipe {config.train.recipe} · network {config.train.network.name} · "
        f"loss {config.train.loss.name} · seed {config.train.seed}"
    )


def pick_split(sizes: dict[str, int]) -> str:
    """Let the reader choose among the splits that have labelled faces; validation first.

    The test split is for the last look, so it stands behind a sentence.
    """
    options = [split for split in _SPLITS if sizes.get(split)] or ["val"]
    chosen = choose(
        "Faces of the split",
        options,
        "split",
        segments=True,
        shown=lambda split: f"{_SPLIT_NAMES[split]} ({count(sizes.get(split, 0))})",
        help="Choose settings and thresholds on validation. Look at test once, at the end: "
        "a figure that was chosen on the test faces is too good.",
    )
    if chosen == "test":
        st.caption(
            ":material/info: These are the test faces. Choose nothing by them, or the figures "
            "are no longer honest."
        )
    elif chosen == "train":
        st.caption(
            ":material/info: The network was trained on these faces, so the figures flatter it."
        )
    return chosen


def pick_threshold() -> float:
    """Let the reader choose the score above which a face gets label 1."""
    value = st.slider(
        "Threshold",
        0.0,
        1.0,
        0.5,
        0.01,
        key="threshold",
        bind="query-params",
        help="A face whose score is above it gets label 1. Predictions use 0.5 unless told "
        "otherwise.",
    )
    return float(value)


def _shell(path: Path) -> str:
    import shlex

    try:
        path = path.resolve().relative_to(Path.cwd())
    except ValueError:
        path = path.resolve()
    return shlex.quote(str(path))
