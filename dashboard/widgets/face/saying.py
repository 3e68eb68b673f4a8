"""Saying something of the face that is looked at: a tag, or what its label should be."""

from __future__ import annotations

import streamlit as st

from dashboard.widgets.choice import own, recall, remember
from dashboard.widgets.face.known import Known
from dashboard.widgets.face.opening import Look, current
from dashboard.widgets.told import tells_errors
from softbio.faces.reviews import Reviews
from softbio.faces.tags import Tags

__all__ = ["saying"]

#: Judgements of a photograph, offered before anybody has used them.
_JUDGEMENTS = ("wrong label", "unusable")
_ANSWERS = {"yes": "Yes", "no": "No", "taken back": "Take back"}
_SHOULD_BE = {1: "Should be 1", 0: "Should be 0", "unsure": "Unsure", "taken back": "Take back"}


def saying(look: Look, known: Known) -> None:
    """Let the reader tag the face and say what its label should be."""
    own("face_who", "who", recall("who"))
    words = list(Tags.open(look.faces).words())
    words += [word for word in _JUDGEMENTS if word not in words]
    with st.container(border=True, key="face_saying"):
        left, right = st.columns(2)
        word = left.selectbox(
            "Tag this face",
            words,
            index=None,
            key="face_word",
            accept_new_options=True,
            placeholder="A word, such as hat",
        )
        who = right.text_input("Who says so", key="face_who", placeholder="Optional", max_chars=100)
        remember("who", " ".join((who or "").split()))
        with st.container(horizontal=True, gap="small"):
            for value, shown in _ANSWERS.items():
                st.button(
                    shown,
                    key=f"face_tag_{value.replace(' ', '_')}",
                    disabled=not word,
                    on_click=_tag,
                    args=(known.filename, word or "", value),
                )
        given = "" if known.label is None else f" The given one is {known.label}, and stays."
        st.caption(f"What should its label be?{given}")
        with st.container(horizontal=True, gap="small"):
            for says, shown in _SHOULD_BE.items():
                st.button(
                    shown,
                    key=f"face_label_{str(says).replace(' ', '_')}",
                    on_click=_review,
                    args=(known.filename, says),
                )


@tells_errors
def _tag(filename: str, word: str, value: str) -> None:
    Tags.open(current().faces).add(word, filename, value, _who())
    st.toast(f"{filename}: {word}, {value}.")


@tells_errors
def _review(filename: str, says: int | str) -> None:
    Reviews.open(current().faces).add(filename, says, _who(), queue="grid")
    st.toast(f"{filename}: {_SHOULD_BE[says].lower()}.")


def _who() -> str:
    return " ".join(str(st.session_state.get("face_who") or "").split())
