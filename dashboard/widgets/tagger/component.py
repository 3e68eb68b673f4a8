"""The tagger: one face after the other, one key each; or many at once.

Everything happens in the browser, so that a face follows the other at once; what was said is sent
on the way. The component keeps its place until it is given another round, so that a repaint of
the page never moves a face under the reader's fingers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import streamlit as st

from dashboard.sprites import sprite_address
from dashboard.widgets.tagger.look import CSS
from dashboard.widgets.tagger.round import Round
from dashboard.widgets.tagger.script import HTML, JS
from softbio.faces.faceset import FaceSet

__all__ = ["Answer", "Asking", "Texts", "message_of", "tagger"]

_component = st.components.v2.component("softbio_tagger", html=HTML, css=CSS, js=JS)


@dataclass(frozen=True)
class Answer:
    """What can be said of a face.

    Attributes
    ----------
    value : str
        What is told to the round.
    label : str
        On the button.
    keys : tuple of str
        Small letters and digits; the first one stands on the button.
    tone : {"yes", "no", "unsure", "plain"}
        Its colour; plain: none that would make one answer look right.
    mark : str
        A sign on the small face.
    spoken : str
        What a screen reader says of a face that was answered so.
    kind : str
        As what it is counted.
    """

    value: str
    label: str
    keys: tuple[str, ...]
    tone: str
    mark: str
    spoken: str
    kind: str


@dataclass(frozen=True)
class Texts:
    """What stands around the faces.

    Attributes
    ----------
    question : str
        Above the face.
    name : str
        Of the whole, for screen readers, with its keys.
    hint : str
        Below.
    waiting, heard : str
        Shown, and said, when the round is at its end and the next one on its way.
    close : str
        On the button that ends a round early; empty: there is none.
    """

    question: str
    name: str
    hint: str
    waiting: str
    heard: str
    close: str = ""


@dataclass(frozen=True)
class Asking:
    """How the faces of a round are asked about.

    Attributes
    ----------
    answers : sequence of three answers each
        All sets of answers that there are.
    kinds : tuple of str
        The kinds of answers in the order in which they are told; the first two always.
    texts : Texts
    which : sequence of int
        The set of answers of each face; empty: the first one for all.
    facts : sequence of pairs of name and value
        What is told of each face beside it; empty: nothing.
    first, total : int
        Faces that were asked about before this round, and all that there are; 0: of this round.
    counted : dict of str to int
        Answers of each kind before this round.
    """

    answers: Sequence[tuple[Answer, Answer, Answer]]
    kinds: tuple[str, ...]
    texts: Texts
    which: Sequence[int] = ()
    facts: Sequence[Sequence[tuple[str, str]]] = ()
    first: int = 0
    total: int = 0
    counted: Mapping[str, int] = field(default_factory=dict)


def tagger(
    faces: FaceSet,
    asked: Round[Any],
    asking: Asking,
    *,
    many: bool = False,
    key: str,
    on_told: Callable[[], None],
) -> None:
    """Show a round of faces, or leave it as it stands where it is shown already.

    Parameters
    ----------
    faces : FaceSet
        With images.
    asked : Round
        At least one face.
    asking : Asking
    many : bool
        All faces side by side, of which some are clicked; else one after the other.
    on_told : callable
        Called when the reader has said something; `message_of` tells what.
    """
    n = len(asked.rows)
    sprite = sprite_address(faces.path, faces.fingerprint, asked.rows)
    _component(
        key=key,
        data={
            "round": f"{asked.id}{'-many' if many else ''}",
            "n": n,
            "many": many,
            "said": [[place, value] for place, value in asked.said.items()],
            "before": asked.before is not None and bool(asked.before.said),
            "sprite": sprite.address,
            "columns": sprite.columns,
            "rows": sprite.rows,
            "answers": [[asdict(answer) for answer in answers] for answers in asking.answers],
            "kinds": list(asking.kinds),
            "texts": asdict(asking.texts),
            "which": list(asking.which) or [0] * n,
            "facts": [[list(fact) for fact in facts] for facts in asking.facts] or [[]] * n,
            "first": asking.first,
            "total": asking.total or n,
            "counted": dict(asking.counted),
        },
        on_told_change=on_told,
    )


def message_of(key: str) -> tuple[str, Mapping[str, Any]]:
    """Return the round that the tagger's last message is about, and the message.

    Both empty before the first one.
    """
    state = st.session_state.get(key) or {}
    told: Any = state.get("told")
    if not isinstance(told, Mapping):
        return "", {}
    return str(told.get("round", "")).removesuffix("-many"), told
