"""What the large view shows: the face and what is known of it; and, when asked, why."""

from __future__ import annotations

from importlib import import_module

import streamlit as st

from dashboard.places import face_set_paths
from dashboard.widgets.face import facts
from dashboard.widgets.face.known import Known, known_of
from dashboard.widgets.face.opening import Look, back, step_back
from dashboard.widgets.face.picture import picture
from dashboard.widgets.face.saying import saying
from dashboard.widgets.face.sayings import reviews_of, tags_of
from dashboard.widgets.face.suspicion import suspicion_of
from dashboard.widgets.told import telling_errors
from softbio.errors import SoftbioError

__all__ = ["view"]

_PART = "face_part"
#: What can be asked of a face, each in a module of its own, which is imported when it is asked.
_PARTS = {
    "about": "What is known",
    "looked": "Where it looked",
    "alike": "Similar faces",
    "robust": "Is it robust?",
    "what_if": "What if",
}


def view(look: Look) -> None:
    """Draw the large view of a face."""
    known = known_of(look.faces, look.row, look.run, look.rule)
    left, right = st.columns([2, 3], gap="large")
    with left:
        if before := back():
            st.button(
                f"Back to {before}",
                key="face_back",
                icon=":material/arrow_back:",
                on_click=step_back,
            )
        picture(look)
        facts.verdict(known)
    with right:
        # Kept under a name of its own: a widget's value goes when its dialog is closed.
        kept = st.session_state.get("_face_part", "about")
        st.session_state.setdefault(_PART, kept)
        part = st.segmented_control(
            "What to show of the face",
            list(_PARTS),
            format_func=_PARTS.__getitem__,
            key=_PART,
            required=True,
            label_visibility="collapsed",
        )
        st.session_state["_face_part"] = part or "about"
        # In a place of its own for each part: what another part showed must not stay in it.
        with st.container(key=f"face_part_{part}"), telling_errors():
            if part in (None, "about"):
                _about(look, known)
            else:
                import_module(f"dashboard.widgets.face.{part}").show(look, known)


def _about(look: Look, known: Known) -> None:
    try:
        tags, reviews = tags_of(look.faces, known.filename), reviews_of(look.faces, known.filename)
    except SoftbioError as error:  # a damaged file of what people said
        st.error(str(error), icon=":material/error:")
        tags, reviews = (), ()
    facts.headline(known, tags, reviews)
    place = st.container()
    facts.attributes(known)
    saying(look, known)
    if st.button("More like this", key="face_like", icon=":material/grid_view:"):
        # Imported here: the context of the parts imports what this package is imported by.
        from dashboard.widgets.audit.context import open_part

        open_part("faces", "browse", **_named(look), like=known.filename)
    # Last, since all faces are audited the first time, which takes a moment in a large set.
    with place:
        facts.suspicion(suspicion_of(look))


def _named(look: Look) -> dict[str, str]:
    """Return the set and the run as addresses name them."""
    run = {} if look.run is None else {"run": look.run.id}
    for name, path in face_set_paths().items():
        if path.resolve() == look.faces.path.resolve():
            return {"set": name, **run}
    return run
