"""The bar above the grid: the usual filters at once, the others behind a button, and the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.widgets.browsing.asked import PER_PAGE, Asked
from dashboard.widgets.pickers import SPLIT_NAMES
from softbio.audit.browsing import NATURAL, REVIEW_STATES, Browser, Query, order_words
from softbio.errors import ConfigError
from softbio.faces.tags import JUDGEMENTS

__all__ = ["SPLITS", "filter_bar", "fitting", "order_picker"]

SPLITS = {**SPLIT_NAMES, "val": "Validation, both halves", "unlabelled": "Unlabelled"}
SPLITS.pop("reviewed", None)

_ERRORS = {
    "wrong": "Wrong",
    "right": "Right",
    "false-positive": "False positives",
    "false-negative": "False negatives",
}
_TAGGED = {"yes": "Yes", "no": "No", "unsure": "Unsure", "untagged": "Not tagged"}
_REVIEW = {
    "unreviewed": "Not reviewed",
    "reviewed": "Reviewed",
    "confirmed": "Label confirmed",
    "corrected": "Label corrected",
    "disputed": "Reviewers disagree",
    "unsure": "Reviewers unsure",
}
_BEHIND = ("prediction", "score", "tag", "review", "text")


def fitting(asked: Asked, browser: Browser) -> None:
    """Drop what cannot be asked of these faces, and say so: another set or run was chosen."""
    query, faults = asked.query, []
    if query.group and query.group not in browser.known.groups:
        faults.append(f"There is no group {query.group!r} in this set.")
        query = replace(query, group="")
    if query.order not in browser.columns():
        faults.append(f"Faces cannot be sorted by {query.order} here: that needs a trained run.")
        query = replace(query, order="filename", descending=None, like="")
    if browser.run is None and (query.error or query.score or query.prediction is not None):
        faults.append("Without a run there are no scores and predictions to filter by.")
        query = replace(query, error="", score=None, prediction=None)
    if query.like:
        try:
            browser.row_of(query.like)
        except ConfigError as error:
            faults.append(str(error))
            query = replace(query, order="filename", descending=None, like="")
    if faults:
        asked.query, asked.anew = query, True
        asked.faults += faults


def filter_bar(asked: Asked, browser: Browser) -> Query:
    """Show the filters; return the query that they make."""
    query = asked.query
    anew = asked.anew
    splits = _present(browser)
    with st.grid(6, min_column_width=130, vertical_alignment="bottom"):
        split = _select("Split", splits, "split", query.split, anew, "All faces")
        groups = {name: name.capitalize() for name in browser.known.groups}
        group = _select("Group", groups, "group", query.group, anew)
        label = _select("Label", _BITS, "label", _text(query.label), anew)
        error = ""
        if browser.run is not None:
            error = _select("Prediction is", _ERRORS, "error", query.error, anew)
        formula = _typed(
            "Formula", "formula", query.formula, anew, _example(browser),
            "Attributes and tags, joined by not, and, xor, or: such as Male and not Eyeglasses.",
        )  # fmt: skip
        more = sum(name in _BEHIND for name in query.filters)
        behind = st.popover(
            f"More filters ({more})" if more else "More filters",
            icon=":material/filter_list:",
            key="browse_more",
            width="stretch",
        )
    with behind:
        rest = _behind(query, browser, anew)
    return replace(
        query,
        split=split,
        group=group,
        label=_bit(label),
        error=error,
        formula=formula,
        **rest,
    )


def order_picker(asked: Asked, browser: Browser, query: Query) -> Query:
    """Let the reader choose the order and how many faces a page shows; return the query."""
    options: dict[str, Query] = {}
    for name in browser.columns():
        if name == "similarity" and not query.like:
            continue
        for descending in (NATURAL[name], not NATURAL[name]):
            like = query.like if name == "similarity" else ""
            one = replace(query, order=name, descending=descending, like=like)
            options[f"{name} {int(descending)}"] = one
    key = "browse_order"
    if asked.anew or st.session_state.get(key) not in options:
        st.session_state[key] = f"{query.order} {int(query.largest_first)}"
    chosen = st.selectbox(
        "Sorted by",
        list(options),
        key=key,
        format_func=lambda name: order_words(options[name]),
        width=300,
    )
    if asked.anew or "browse_per" not in st.session_state:
        st.session_state["browse_per"] = asked.per
    per = st.selectbox("Faces a page", PER_PAGE, key="browse_per", width=130)
    if per != asked.per:
        # The first face that is shown stays on the page.
        asked.turn((asked.page - 1) * asked.per // per + 1)
        asked.per = per
    return options[chosen]


_BITS = {"1": "1", "0": "0"}


def _behind(query: Query, browser: Browser, anew: bool) -> dict[str, Any]:
    """Show the filters that are asked for seldom."""
    text = _typed(
        "File name holds", "text", query.text, anew, "such as 0012",
        "In any case; no pattern, just the text.",
    )  # fmt: skip
    prediction, score = "", None
    if browser.run is not None:
        prediction = _select("Predicted", _BITS, "prediction", _text(query.prediction), anew)
        key = "browse_score"
        if anew or key not in st.session_state:
            st.session_state[key] = query.score or (0.0, 1.0)
        low, high = st.slider("Score", 0.0, 1.0, step=0.01, key=key)
        score = None if (low, high) == (0.0, 1.0) else (low, high)
    words = list(dict.fromkeys([*browser.words, *JUDGEMENTS, *([query.tag] if query.tag else [])]))
    left, right = st.columns(2)
    with left:
        tag = _select("Tag", {word: word for word in words}, "tag", query.tag, anew)
    with right:
        if anew or "browse_tagged" not in st.session_state:
            st.session_state["browse_tagged"] = query.tagged
        tagged = st.selectbox(
            "Says", list(_TAGGED), key="browse_tagged", format_func=_TAGGED.__getitem__,
            disabled=not tag,
        )  # fmt: skip
    states = {name: _REVIEW[name] for name in REVIEW_STATES}
    review = _select("Review", states, "review", query.review, anew)
    return {
        "text": text,
        "prediction": _bit(prediction),
        "score": score,
        "tag": tag,
        "tagged": tagged if tag else "yes",
        "review": review,
    }


def _select(
    label: str, options: Mapping[str, str], name: str, value: str, anew: bool, every: str = "All"
) -> str:
    key = f"browse_{name}"
    if anew or st.session_state.get(key) not in ("", *options):
        st.session_state[key] = value if value in options else ""
    chosen: str = st.selectbox(
        label, ["", *options], key=key, format_func=lambda one: options.get(one, every)
    )
    return chosen


def _typed(label: str, name: str, value: str, anew: bool, example: str, help: str) -> str:
    key = f"browse_{name}"
    if anew or key not in st.session_state:
        st.session_state[key] = value
    return str(st.text_input(label, key=key, placeholder=example, help=help) or "").strip()


def _present(browser: Browser) -> dict[str, str]:
    """Return the splits that the set has, by their names, in their usual order."""
    here = set(browser.known.split[1])
    if here & {"val_select", "val_fit"}:
        here.add("val")
    return {name: shown for name, shown in SPLITS.items() if name in here}


def _example(browser: Browser) -> str:
    names: Sequence[str] = browser.names
    for wanted in ("Eyeglasses", "Smiling"):
        if wanted in names:
            return f"not {wanted}"
    return f"not {names[0]}" if names and " " not in names[0] else ""


def _bit(text: str) -> int | None:
    return int(text) if text else None


def _text(value: int | None) -> str:
    return "" if value is None else str(value)
