"""Tag to learn: a person tags a few faces with a word, and the lab learns it for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.widgets.choice import choose, own, recall, remember
from dashboard.widgets.lab.context import open_part
from dashboard.widgets.lab.learned_panel import found_faces, learned_panel
from dashboard.widgets.lab.learning import Learned, history, learned, unsure_rows
from dashboard.widgets.lab.rounds import WordRound, asking_of, open_faces
from dashboard.widgets.lab.words_table import words_table
from dashboard.widgets.tagger.component import tagger
from dashboard.widgets.tagger.records import Noun, records
from dashboard.widgets.tagger.under_way import UnderWay
from dashboard.widgets.told import tells_errors
from softbio.errors import SoftbioError
from softbio.faces.tags import checked_word, is_judgement
from softbio.hypotheses.probe import Features, propose

if TYPE_CHECKING:
    from dashboard.widgets.lab.context import Lab

__all__ = ["show"]

_rounds: UnderWay[WordRound] = UnderWay("tagger")
_NOUN = Noun(
    "tag",
    "tags",
    "word, value (yes, no or unsure); who and why if they are known",
    {"Face": "filename", "Word": "word", "Said": "value", "Who": "who"},
)
_SIZES = ("10", "20", "40", "80")
_MODES = {"one": "One by one", "many": "Many at once"}


def show(lab: Lab) -> None:
    """Show the tagger, what was learned, and all words so far."""
    with st.grid(4, min_column_width=230):
        with st.container():
            word = _pick_word(lab)
        who = _pick_who()
        mode = choose("How", list(_MODES), "tag_mode", segments=True, shown=_MODES.__getitem__)
        size = int(choose("Faces a round", _SIZES, "tag_round", default="20"))
    features = _features(lab)
    if word and features is not None and lab.faces.has_images:
        found = learned(lab, features, word)
        asked = _round(lab, features, word, who, size, found)
        left, right = st.columns([5, 4], gap="large")
        with left:
            _ask(lab, asked, mode == "many")
        with right:
            learned_panel(lab, word, found)
        found_faces(lab, word, found)
    words_table(lab, features)
    if lab.tags.trait_words() and st.button(
        "Search with these traits", icon=":material/search:", key="tag_search"
    ):
        labelled = lab.faces.labels().max(initial=-1) >= 0
        open_part("searching", begin="now", **({"target": "label"} if labelled else {}))
    records(lab.tags, history(lab.tags), who, _NOUN, _rounds.forget)


def _pick_word(lab: Lab) -> str:
    """Let the reader choose a word or type a new one; empty while there is none."""
    words = list(lab.tags.trait_words())
    own("tag_word", "word", recall("word") or (words[0] if words else None))
    typed = st.selectbox(
        "Word",
        words,
        key="tag_word",
        accept_new_options=True,
        placeholder="Type one, such as blond",
        help="One word for one trait that is seen or not. It becomes an attribute that formulas "
        "can name.",
    )
    if not typed:
        st.info(
            "Type a word for what you want to find. You then say of a few faces whether it holds, "
            "and the lab learns it for all others.",
            icon=":material/label:",
        )
        return ""
    try:
        word = checked_word(typed, lab.faces.attributes)
    except SoftbioError as error:
        st.error(str(error), icon=":material/error:")
        return ""
    if is_judgement(word):
        st.error(
            f"{word} judges a photograph and tells no trait of a face, so it cannot be learned. "
            "Say it on the page Faces.",
            icon=":material/error:",
        )
        return ""
    word = next((one for one in words if one.casefold() == word.casefold()), word)
    remember("word", word)
    return word


def _pick_who() -> str:
    own("tag_who", "who", recall("who"))
    typed = st.text_input(
        "Who tags",
        key="tag_who",
        max_chars=100,
        placeholder="Optional",
        help="Kept with each tag. It stands in this page's address, so that a reload keeps it.",
    )
    who = " ".join((typed or "").split())
    remember("who", who)
    return who


def _features(lab: Lab) -> Features | None:
    if not lab.faces.has_images:
        st.info(
            "This set holds no photographs, so no face can be shown to be tagged. Tags of its "
            "faces can be brought in as a CSV file below.",
            icon=":material/hide_image:",
        )
    try:
        return lab.features
    except SoftbioError as error:
        if lab.faces.has_images:
            st.error(str(error), icon=":material/error:")
        return None


def _round(
    lab: Lab, features: Features, word: str, who: str, size: int, found: Learned
) -> WordRound | None:
    """Return the round that is under way, or propose the next; None if no face is left."""
    place = (str(lab.faces.path), lab.faces.fingerprint, word.casefold())
    values = lab.tags.values(word)
    unsure = unsure_rows(lab.tags, word)
    said = open_faces(values, unsure)
    before = _rounds.at(place)
    under_way = before is not None and not before.closed and before.wanted == size
    if under_way and (said[before.left] == -1).all():
        before.who = who
        return before
    if not (said == -1).any():
        return None
    proposal = propose(features, said, found.probe, lab.faces.group_index(), n=size)
    names = lab.faces.table["filename"].iloc[proposal.rows]
    asked = WordRound(
        word, proposal.rows, tuple(names), tuple(map(str, proposal.why)), who, wanted=size
    )
    _rounds.begin(place, asked)
    return asked


@st.fragment
@tells_errors
def _ask(lab: Lab, asked: WordRound | None, many: bool) -> None:
    """Ask about a round; of the page only this is drawn anew while a person tags."""
    if asked is None:
        st.success("Every face of the set is tagged with this word.", icon=":material/done_all:")
        return
    _rounds.tell_error()
    if _rounds.over(asked):
        st.rerun(scope="app")
    tagger(
        lab.faces,
        asked,
        asking_of(asked.word, many),
        many=many,
        key=_rounds.key,
        on_told=lambda: _rounds.hear(lab.tags),
    )
