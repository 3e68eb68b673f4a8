"""Other faces beside the one that is looked at: how near they are, and what the run says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.face.opening import Look
from dashboard.widgets.face_grid import Tile
from dashboard.widgets.loading import load_predictions
from softbio.audit.explaining_face import Scale, distances, scale_of
from softbio.errors import DataError, RunError
from softbio.runs import Run

__all__ = ["Verdicts", "distances_from", "tiles_of", "verdicts"]


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What a run says of some faces.

    Attributes
    ----------
    score : ndarray, shape (k,), float32
        NaN where it has none.
    prediction : ndarray, shape (k,), int8
        0 or 1; −1 where there is no score, or the rule needs a group that is not known.
    """

    score: np.ndarray
    prediction: np.ndarray


def verdicts(look: Look, rows: np.ndarray) -> Verdicts:
    """Return what the run says of some faces of the set."""
    score = np.full(len(rows), np.nan, dtype=np.float32)
    prediction = np.full(len(rows), -1, dtype=np.int8)
    if look.run is None or look.rule is None:
        return Verdicts(score, prediction)
    predictions = load_predictions(look.run)
    score = predictions.frame["score"].iloc[rows].to_numpy(dtype=np.float32, na_value=np.nan)
    names = tuple(look.faces.group_names.values())
    group = look.faces.group_index()[rows]
    asked = ~np.isnan(score)
    if look.rule.needs_group:
        asked &= group >= 0
    try:
        prediction[asked] = look.rule.predict(score[asked], group[asked], names)
    except DataError:  # the rule knows other groups
        prediction[:] = -1
    return Verdicts(score, prediction)


def distances_from(look: Look) -> np.ndarray:
    """Return how far all faces of the set are from this one, by the run's embeddings.

    Raises
    ------
    RunError
        If there is no run, or it has no embeddings of this set.
    """
    run = look.run
    if run is None:
        raise RunError("Which faces are alike is told by a run's embeddings: choose a run.")
    if run.config.kind == "imported":
        raise RunError(
            f"{run.id} was imported: it is a file of predictions and holds no embeddings, so nobody "
            "can tell which faces its network takes for alike."
        )
    values = run.embeddings().values
    if len(values) != len(look.faces):
        raise RunError(
            f"The embeddings of {run.id} are of {len(values):,} faces, and {look.faces.name} has "
            f"{len(look.faces):,}. Train again on the set as it is now."
        )
    changed = (run.path / "embeddings.npy").stat().st_mtime_ns
    return _distances(run, str(run.path), changed, look.row)


@st.cache_resource(show_spinner=False, max_entries=16)
def _distances(_run: Run, path: str, changed: int, row: int) -> np.ndarray:
    found = distances(_run.embeddings().values, row, _scale(_run, path, changed))
    found.flags.writeable = False
    return found


@st.cache_resource(show_spinner=False, max_entries=8)
def _scale(_run: Run, path: str, changed: int) -> Scale:
    del path, changed  # the key
    return scale_of(_run.embeddings().values)


def tiles_of(
    look: Look, rows: np.ndarray, told: Sequence[str], *, labels: bool = True
) -> list[Tile]:
    """Return tiles of other faces: the group's colour as edge, ✕ where the run is wrong.

    Parameters
    ----------
    rows : ndarray, shape (k,), int
    told : sequence of str
        The last lines of each caption.
    labels : bool
        Whether captions say the label; descriptions for screen readers always do.
    """
    faces = look.faces
    names = list(faces.group_names.values())
    colours = group_colours(names)
    group, label = faces.group_index()[rows], faces.labels()[rows]
    said = verdicts(look, rows)
    tiles = []
    for place, row in enumerate(rows):
        who = names[group[place]] if group[place] >= 0 else "group not known"
        given = str(label[place]) if label[place] >= 0 else "none"
        score = said.score[place]
        wrong = label[place] >= 0 <= said.prediction[place] != label[place]
        lines = [] if np.isnan(score) else [f"score {score:.2f}"]
        lines += [told[place]] if told[place] else []
        name = faces.table["filename"].iloc[int(row)]
        told_label = [f"label {given}"]
        verdict = ["wrong"] if wrong else []
        alt = ", ".join([f"{name}: {who}", *told_label, *lines, *verdict])
        caption = "\n".join([*(told_label if labels else []), *lines])
        edge = colours[who] if group[place] >= 0 else ""
        tiles.append(Tile(int(row), alt, caption, edge, "✕" if wrong else ""))
    return tiles
