"""Review: a person says what labels should be, one key a face."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.widgets.audit.context import Audit
from dashboard.widgets.choice import choose, own, recall, remember
from dashboard.widgets.numbers import count
from dashboard.widgets.reviewing.asking import asking_of
from dashboard.widgets.reviewing.outcome import Outcome, outcome, outcome_of
from dashboard.widgets.reviewing.queues import QUEUES, Queue, queue_of
from dashboard.widgets.reviewing.rounds import ReviewRound, last_round, next_round
from dashboard.widgets.tagger.component import tagger
from dashboard.widgets.tagger.records import Noun, records
from dashboard.widgets.tagger.under_way import UnderWay
from dashboard.widgets.told import tells_errors
from softbio.faces.reviews import Reviews
from softbio.formula import parse

__all__ = ["show"]

_rounds: UnderWay[ReviewRound] = UnderWay("reviewer")
_MODES = {"shown": "Shown", "blind": "Hidden"}
_NOUN = Noun(
    "review",
    "reviews",
    "label (1, 0 or unsure); who, blind and queue if they are known",
    {"Face": "filename", "Said": "says", "Given": "given", "Queue": "queue", "Who": "who"},
)
_ABOUT = {
    "suspects": "Labels that look wrong by the run's scores, the most suspect first.",
    "tagged": "Faces that somebody tagged “wrong label”.",
    "sample": "Test faces in an order by chance, always blind. However far you get, those so far "
    "are a random sample, by which runs can be judged: split *Reviewed sample*.",
    "disagreed": "Faces on which reviewers who are sure differ, without what each said. It is "
    "settled when one of them says otherwise.",
    "second": "Faces that somebody else has reviewed, without what they said.",
}


def show(audit: Audit) -> None:
    """Show the part."""
    if not audit.faces.has_images:
        st.info(
            "This set holds no photographs, so no face can be shown to be reviewed. Reviews of "
            "its faces can be brought in as a CSV file below.",
            icon=":material/hide_image:",
        )
        _records(audit.reviews, recall("who"))
        return
    with st.grid(4, min_column_width=220):
        name = choose("Queue", list(QUEUES), "queue", shown=QUEUES.__getitem__)
        blind = _pick_blind(name)
        who = _pick_text(
            "Who reviews", "who", "review_who", "Optional",
            "Kept with each review. It stands in this page's address, so that a reload keeps it.",
        )  # fmt: skip
        means = _pick_text(
            "What label 1 means", "means", "review_means", _meaning(audit),
            "Stands above the faces. Agree on it before two people review.",
        )  # fmt: skip
    means = means or _meaning(audit)
    st.caption(_ABOUT[name])
    if changed := audit.reviews.changed:
        st.warning(
            f"{count(changed)} reviewed faces have another given label now than when they were "
            "reviewed. If the set was packed anew with another label, those reviews say nothing "
            "about it.",
            icon=":material/warning:",
        )
    queue = queue_of(audit, name, who)
    asked = _round(audit, queue, who, blind, means)
    _ask(audit, queue, asked, means, who)
    _records(audit.reviews, who)


def _pick_blind(queue: str) -> bool:
    """Let the reader hide the given label; it always is in the random sample."""
    if queue == "sample":
        st.segmented_control(
            "Given label", ["blind"], default="blind", format_func=_MODES.__getitem__,
            key="review_blind_sample", required=True,
            help="Who sees the given label, or what a run says, leans towards it.",
        )  # fmt: skip
        return True
    mode = choose(
        "Given label", list(_MODES), "given", segments=True, shown=_MODES.__getitem__,
        help="Hidden, with the score, the attributes and the gender: you then say 1 or 0.",
    )  # fmt: skip
    return mode == "blind"


def _pick_text(label: str, name: str, key: str, placeholder: str, help: str) -> str:
    own(key, name, recall(name))
    typed = st.text_input(
        label, key=key, max_chars=100, placeholder=placeholder or "Optional", help=help
    )
    text = " ".join((typed or "").split())
    remember(name, text)
    return text


def _meaning(audit: Audit) -> str:
    """Return what the set knows of its label in words; empty where it knows only a column."""
    formula = audit.faces.meta.get("label", {}).get("formula")
    return parse(formula).words().replace("_", " ") if formula else ""


def _round(audit: Audit, queue: Queue, who: str, blind: bool, means: str) -> ReviewRound | None:
    """Return the round that is under way, or the next; None if no face is left."""
    faces = audit.faces
    place = (str(faces.path), faces.fingerprint, queue.name, who, str(blind), means)
    before = _rounds.at(place)
    if before is not None and not before.closed and set(before.left) <= set(queue.left):
        return before
    asked = next_round(faces, queue, who, blind)
    if asked is None:
        return None
    if before is None:
        asked.before = last_round(faces, audit.reviews, queue, who, blind)
    _rounds.begin(place, asked)
    return asked


@st.fragment
@tells_errors
def _ask(audit: Audit, queue: Queue, asked: ReviewRound | None, means: str, who: str) -> None:
    """Ask about a round; of the page only this is drawn anew while a person reviews."""
    _rounds.tell_error()
    if asked is None:
        if len(queue.rows):
            st.success(
                "The 1 face of this queue is reviewed."
                if len(queue.rows) == 1
                else f"All {count(len(queue.rows))} faces of this queue are reviewed.",
                icon=":material/done_all:",
            )
        else:
            st.info(queue.why, icon=":material/inbox:")
        outcome(audit, outcome_of(audit.reviews, audit, who))
        return
    if _rounds.over(asked):
        st.rerun(scope="app")
    if asked.asking is None:
        asked.asking = asking_of(audit, asked, queue, means)
    tagger(
        audit.faces,
        asked,
        asked.asking,
        key=_rounds.key,
        on_told=lambda: _rounds.hear(audit.reviews),
    )
    outcome(audit, _told(audit, asked, who))


def _told(audit: Audit, asked: ReviewRound, who: str) -> Outcome:
    """Return what the reviews come to; blind, as it was when the round began.

    Else the counts would tell after each answer whether it was the given label, or what another
    had said.
    """
    if not asked.blind:
        return outcome_of(audit.reviews, audit, who)
    if asked.outcome is None:
        asked.outcome = outcome_of(audit.reviews, audit, who)
    return asked.outcome


def _records(reviews: Reviews, who: str) -> None:
    key = (str(reviews.path), reviews.faces.fingerprint, reviews.version)
    records(reviews, _history(reviews, key), who, _NOUN, _rounds.forget)


@st.cache_resource(show_spinner=False, max_entries=4)
def _history(_reviews: Reviews, key: tuple[str, ...]) -> pd.DataFrame:
    del key
    told = _reviews.history()
    return told.assign(given=told["given"].astype("str").fillna(""))
