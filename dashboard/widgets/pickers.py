"""What a page is about: the face set, the run, the split, the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from dashboard.places import data_root, face_set_paths
from dashboard.widgets.choice import choose, own, recall, remember
from dashboard.widgets.loading import job_queue, load_faces, load_predictions
from dashboard.widgets.numbers import count
from dashboard.widgets.told import empty_state
from softbio.errors import RunError
from softbio.faces.faceset import FaceSet
from softbio.runs import REVIEWED, Run
from softbio.runs.grouping import groupable_columns

__all__ = [
    "SPLIT_NAMES",
    "done_runs",
    "pick_faces",
    "pick_groups",
    "pick_minimum",
    "pick_run",
    "pick_split",
    "run_caption",
    "test_looks",
]

SPLIT_NAMES = {
    "val_select": "Validation",
    "val_fit": "Refit half",
    "train": "Training",
    "test": "Test",
    REVIEWED: "Reviewed sample",
}
NOTHING = "nothing"

_MINIMUM = 30
_TEST_SWITCH = "test_switch"
_TEST_LOOKS = "_test_looks"


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
    """Return the runs that have scored their faces, newest first: done, or cancelled on the way.

    Trials of a search have scored their training faces alone, and are no runs to look at.
    """
    runs = []
    for run in job_queue().list():
        try:
            if (
                run.config.search is None
                and run.state.status in ("done", "cancelled")
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


def pick_split(sizes: dict[str, int], run: Run | None = None) -> str:
    """Let the reader choose among the splits that have labelled faces; validation first.

    The test split is for the last look, so it stands behind a switch of its own, and each page
    session that shows it is counted with the `run`.
    """
    place = st.container(width="content")
    test = _test_switch(sizes) if sizes.get("test") else False
    if test:
        remember("split", "test")
        looks = test_looks(run) if run is not None else 0
        times = f" **Looked at {looks} time{'' if looks == 1 else 's'}.**" if looks else ""
        place.caption(
            f":material/info: These are the test faces ({count(sizes['test'])}). Choose nothing by "
            f"them, or the figures are no longer honest.{times}"
        )
        return "test"
    options = [split for split in SPLIT_NAMES if split != "test" and sizes.get(split)]
    with place:
        chosen = choose(
            "Faces of the split",
            options or ["val_select"],
            "split",
            segments=True,
            shown=lambda split: f"{SPLIT_NAMES[split]} ({count(sizes.get(split, 0))})",
            help="Choose settings and thresholds on validation. The refit half is the part of "
            "validation that refits and calibration learn from.",
        )
    if chosen == "train" and (run is None or not out_of_sample(run)):
        st.caption(
            ":material/info: The network was trained on these faces, so the figures flatter it."
        )
    elif chosen == "train":
        st.caption(
            ":material/info: Each face is scored by the network of a fold that has not seen it."
        )
    elif chosen == REVIEWED and run is not None:
        looks = test_looks(run)
        st.caption(
            ":material/info: Test faces of a random sample, judged by the labels that people gave "
            "who saw neither the given label nor a score. Choose nothing by them. **Looked at "
            f"{looks} time{'' if looks == 1 else 's'}.**"
        )
    elif chosen == "val_fit" and run is not None and run.config.kind == "refit":
        head = run.config.head
        if head is not None and head.fitted_on == "val_fit":
            st.caption(
                ":material/info: The last layer was fitted on these faces, so the figures flatter "
                "it."
            )
    return chosen


def out_of_sample(run: Run) -> bool:
    """Return whether the run's training faces have scores of networks that have not seen them."""
    return bool(load_predictions(run).frame["out_of_sample"].all())


def _test_switch(sizes: dict[str, int]) -> bool:
    own(_TEST_SWITCH, "split", recall("split") == "test")
    return st.toggle(
        f"Test faces ({count(sizes['test'])})",
        key=_TEST_SWITCH,
        help="Look at test once, at the end: a figure that was chosen on the test faces is too "
        "good. Each look is counted with the run.",
    )


def test_looks(run: Run) -> int:
    """Count this page session's look at a run's test faces once; return how many there were."""
    seen: set[str] = st.session_state.setdefault(_TEST_LOOKS, set())
    if run.id in seen:
        return run.state.test_looks
    seen.add(run.id)
    return run.note_test_look()


def pick_groups(faces: FaceSet | None, group_column: str) -> tuple[str, ...]:
    """Let the reader choose one column to group by, or two crossed; empty: the group column.

    Without its face set, a run knows nothing of a face but its group.
    """
    if faces is None:
        return ()
    columns = groupable_columns(faces)
    if len(columns) < 2:
        return ()
    first = choose("Group by", columns, "by", default=group_column)
    crossed = choose(
        "Crossed with",
        [NOTHING, *(name for name in columns if name != first)],
        "cross",
        help="Every pair of the two columns' values is a group of its own.",
    )
    by = (first,) if crossed == NOTHING else (first, crossed)
    return () if by == (group_column,) else by


def pick_minimum() -> int:
    """Let the reader choose how many faces a group needs to be trusted."""
    key = "choice_minimum"
    text = recall("minimum", str(_MINIMUM))
    own(key, "minimum", min(int(text[:9]), 10_000) if text.isdecimal() else _MINIMUM)
    value = st.number_input(
        "Minimum n",
        0,
        10_000,
        step=10,
        key=key,
        help="Groups with fewer faces are greyed, with their n; they are never left out.",
    )
    remember("minimum", str(value))
    return int(value)


def _shell(path: Path) -> str:
    import shlex

    try:
        path = path.resolve().relative_to(Path.cwd())
    except ValueError:
        path = path.resolve()
    return shlex.quote(str(path))
