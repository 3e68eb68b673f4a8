"""What if: faces of the other groups with the same attributes, and what the run says of them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.widgets.face.known import Known
from dashboard.widgets.face.opening import Look
from dashboard.widgets.face.others import distances_from, tiles_of, verdicts
from dashboard.widgets.face_grid import face_grid
from dashboard.widgets.numbers import count
from softbio.audit.explaining_face import Counterparts, counterparts
from softbio.errors import RunError
from softbio.faces.faceset import FaceSet

__all__ = ["show"]

_K = 8
#: Names of differing attributes under a face; how many more there are follows.
_NAMED = 3


def show(look: Look, known: Known) -> None:
    """Show, for each other group, the faces that are as much like this one as there are."""
    faces = look.faces
    groups = list(faces.group_names.values())
    if not known.group or len(groups) < 2:
        st.info(
            "Nobody knows of this face to which group it belongs, or there is one group only, so "
            "there is no other group to look among.",
            icon=":material/info:",
        )
        return
    try:
        distance, missing = distances_from(look), ""
    except RunError as error:
        distance, missing = None, str(error)
    attributes = _attributes(faces) if known.holding or known.lacking else {}
    if not attributes and distance is None:
        st.info(
            f"This set has no attributes that could be the same, and there are no embeddings to go "
            f"by: {missing}",
            icon=":material/info:",
        )
        return
    for index, name in enumerate(groups):
        if name != known.group:
            _of_group(look, known, attributes, index, name, distance)


def _of_group(
    look: Look,
    known: Known,
    attributes: dict[str, np.ndarray],
    index: int,
    name: str,
    distance: np.ndarray | None,
) -> None:
    found = counterparts(
        attributes, look.faces.group_index(), look.row, index, _K, distance=distance
    )
    st.markdown(_sentence(look, known, found, name))
    if not len(found):
        return
    face_grid(
        look.faces,
        tiles_of(look, found.rows, _differing(look, attributes, found)),
        label=f"Faces of {name} that are most like this one",
        key=f"face_what_if_{index}",
        size=92,
        run=look.run,
        rule=look.rule,
    )
    left_out = ", ".join(names.replace("_", " ") for names in found.left_out)
    told = f"Not compared, since it tells the group: {left_out}. " if left_out else ""
    order = "by their embeddings" if distance is not None else "as they stand in the set"
    st.caption(
        f"{told}Faces with equally many differences are ordered {order}. They are other people, not "
        "this one changed. +: what they have and this face has not; −: the other way round. ✕: the run "
        "is wrong."
    )


def _sentence(look: Look, known: Known, found: Counterparts, name: str) -> str:
    if not len(found):
        return f"The set has no other faces of {name}."
    if not found.compared:
        told = f"No attribute can be compared, so these are the nearest {name} by embedding."
    else:
        same = int(found.same.sum())
        few = f"at least {same}" if same == len(found) else str(same)
        told = (
            f"**{few if same else 'None'}** of {count(found.candidates)} faces of {name} "
            f"{'has' if same == 1 else 'have'} all {len(found.compared)} compared attributes as "
            "this one."
        )
        if not same:
            least = len(found.differing[0])
            told += f" The most alike differ in {least}."
    said = verdicts(look, found.rows)
    if known.said is None or not (said.prediction >= 0).any():
        return told
    decided = said.prediction[said.prediction >= 0]
    told += (
        f" Of the {len(decided)} shown, **the run predicts 1 for {int(decided.sum())}**; this face "
        f"it predicts {known.said.prediction}"
    )
    return f"{told}, with score {known.said.score:.2f}." if known.said.scored else f"{told}."


def _differing(look: Look, attributes: dict[str, np.ndarray], found: Counterparts) -> list[str]:
    """Say of each counterpart what it has and the face has not, and the other way round."""
    told = []
    for names in found.differing:
        lines = [
            f"{'−' if attributes[name][look.row] else '+'} {name.replace('_', ' ')}"
            for name in names[:_NAMED]
        ]
        if len(names) > _NAMED:
            lines.append(f"and {len(names) - _NAMED} more")
        told.append("\n".join(lines) if found.compared and lines else "")
        if found.compared and not lines:
            told[-1] = "all the same"
    return told


def _attributes(faces: FaceSet) -> dict[str, np.ndarray]:
    return _columns(faces, str(faces.path), faces.fingerprint)


@st.cache_resource(show_spinner=False, max_entries=2)
def _columns(_faces: FaceSet, path: str, fingerprint: str) -> dict[str, np.ndarray]:
    del path, fingerprint  # the key
    return {
        name: _faces.table[name].fillna(-1).to_numpy(dtype=np.int8) for name in _faces.attributes
    }
