"""Saying something of many faces at once: tags, what labels should be, and taking it back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.widgets.audit.context import Audit
from dashboard.widgets.browsing.asked import ask
from dashboard.widgets.browsing.letters import (
    JUDGEMENT_KEYS,
    LABEL_KEYS,
    MORE,
    UNDO,
    letters_of,
)
from dashboard.widgets.choice import own, recall, remember
from dashboard.widgets.numbers import count
from softbio.errors import SoftbioError
from softbio.faces.tags import checked_word

__all__ = ["hear", "keys_of", "last_said", "new_word", "pick_who"]

_NEW = "_browse_new_words"
_SAID = "_browse_said"
_FAULT = "_browse_fault"
_WORD = "browse_word"


def pick_who() -> None:
    """Let the reader say who they are."""
    own("browse_who", "who", recall("who"))
    typed = st.text_input(
        "Who says so",
        key="browse_who",
        max_chars=100,
        placeholder="Optional",
        help="Kept with each tag and label. It stands in this page's address, so that a reload "
        "keeps it.",
    )
    remember("who", " ".join((typed or "").split()))


def keys_of(audit: Audit, alike: bool) -> dict[str, str]:
    """Return what each key says, as the grid shows it.

    Parameters
    ----------
    alike : bool
        Whether faces can be sorted by their similarity to one.
    """
    keys = dict(JUDGEMENT_KEYS)
    keys |= {key: f"label should be {label}" for key, label in LABEL_KEYS.items()}
    keys |= letters_of(_words(audit))
    if alike:
        keys[MORE] = "more like this"
    return keys | {UNDO: "undo"}


def hear(audit: Audit, key: str, rows: np.ndarray) -> None:
    """Do what a key says of some faces; called before the page is drawn."""
    if key == MORE:
        ask(order="similarity", descending=None, like=_names(audit, rows[:1])[0])
        return
    try:
        if key == UNDO:
            told = _undo(audit)
        elif key in LABEL_KEYS:
            told = _review(audit, LABEL_KEYS[key], rows)
        else:
            told = _tag(audit, {**JUDGEMENT_KEYS, **letters_of(_words(audit))}[key], rows)
    except SoftbioError as error:
        st.session_state[_FAULT] = str(error)
    else:
        st.session_state[_SAID] = told


def new_word(audit: Audit, selected: np.ndarray) -> None:
    """Let the reader type a word, which gets a key, and tag the selected faces with it."""
    with st.form("browse_new_word", border=False, clear_on_submit=True):
        st.text_input("Another word", placeholder="such as hat", key=_WORD, max_chars=60)
        n = len(selected)
        faces = "one face" if n == 1 else f"{count(n)} faces"
        st.form_submit_button(
            f"Tag {faces} with it" if n else "Give it a key",
            icon=":material/sell:",
            on_click=_hear_word,
            args=(audit, selected),
        )


def _hear_word(audit: Audit, selected: np.ndarray) -> None:
    typed = st.session_state.get(_WORD) or ""
    if not typed.strip():
        return
    try:
        word = checked_word(typed, audit.faces.attributes)
        known = {one.casefold(): one for one in (*_words(audit), *JUDGEMENT_KEYS.values())}
        if word.casefold() not in known:
            _new(audit).append(word)
        word = known.get(word.casefold(), word)
        keyed = word in (*letters_of(_words(audit)).values(), *JUDGEMENT_KEYS.values())
        told = f"The word {word} has a key now."
        if len(selected):
            told = _tag(audit, word, selected)
        elif not keyed:
            told = f"The word {word} has no key: select faces and type it here to tag them."
    except SoftbioError as error:
        st.session_state[_FAULT] = str(error)
    else:
        st.session_state[_SAID] = told


def last_said(audit: Audit) -> None:
    """Show what was said last, with a way to take it back."""
    if fault := st.session_state.pop(_FAULT, ""):
        st.error(fault, icon=":material/error:")
    said = st.session_state.get(_SAID, "")
    if not said:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="browse_said"):
        st.markdown(said, width="content")
        st.button(
            "Undo",
            icon=":material/undo:",
            type="tertiary",
            key="browse_undo",
            on_click=hear,
            args=(audit, UNDO, np.zeros(0, np.int64)),
            help="Takes back what was said last under this name; once more, the one before. "
            "The key z does the same.",
        )


def _words(audit: Audit) -> list[str]:
    """Return the words that can be said of a face, with those that nobody was tagged with yet."""
    words = list(audit.tags.trait_words())
    known = {word.casefold() for word in words}
    return words + [word for word in _new(audit) if word.casefold() not in known]


def _new(audit: Audit) -> list[str]:
    every: dict[str, list[str]] = st.session_state.setdefault(_NEW, {})
    return every.setdefault(audit.faces.fingerprint, [])


def _tag(audit: Audit, word: str, rows: np.ndarray) -> str:
    """Tag faces; where all of them are tagged so already, take that back."""
    back = bool((audit.tags.values(word)[rows] == 1).all())
    value = "taken back" if back else "yes"
    audit.tags.add(word, _names(audit, rows), value, recall("who"))
    return f"**{_faces(audit, rows)}**: {word}{', taken back' if back else ''}."


def _review(audit: Audit, label: int, rows: np.ndarray) -> str:
    """Say what labels should be; where this reader said so of all already, take that back."""
    who = recall("who")
    back = bool((audit.reviews.said_by(who)[rows] == label).all())
    says: int | str = "taken back" if back else label
    audit.reviews.add(_names(audit, rows), says, who, queue="grid")
    return f"**{_faces(audit, rows)}**: label should be {label}{', taken back' if back else ''}."


def _undo(audit: Audit) -> str:
    """Take back what this reader said last, be it a tag or a label."""
    who = recall("who")
    last = {one: _last(one.history(), who) for one in (audit.tags, audit.reviews)}
    said, when = max(last.items(), key=lambda item: item[1])
    if when == _NEVER:
        return "There is nothing to undo" + (f" of {who}." if who else ".")
    names = said.undo(who)
    first = names[0] if names else "nothing"
    more = f" and {count(len(names) - 1)} more" if len(names) > 1 else ""
    kind = "tag" if said is audit.tags else "label"
    return f"**Undone**: the {kind} of {first}{more}."


_NEVER = pd.Timestamp(0, tz="UTC")


def _last(history: pd.DataFrame, who: str) -> pd.Timestamp:
    own = history[(history["who"] == who) & ~history["undone"] & history["filename"].ne("")]
    return _NEVER if own.empty else own["when"].max()


def _names(audit: Audit, rows: np.ndarray) -> list[str]:
    names: list[str] = audit.faces.table["filename"].iloc[rows].tolist()
    return names


def _faces(audit: Audit, rows: np.ndarray) -> str:
    return _names(audit, rows)[0] if len(rows) == 1 else f"{count(len(rows))} faces"
