"""Browse: every face of a set, filtered, sorted and a page at a time; tags and labels by keys."""

from __future__ import annotations

import streamlit as st

from dashboard.widgets.audit.context import Audit
from dashboard.widgets.browsing.asked import Asked, ask, asked
from dashboard.widgets.browsing.filter_bar import SPLITS, filter_bar, fitting, order_picker
from dashboard.widgets.browsing.found import browser_of, find, said_since
from dashboard.widgets.browsing.saying import hear, keys_of, last_said, new_word, pick_who
from dashboard.widgets.browsing.tiles import tiles_of
from dashboard.widgets.face_grid import face_grid
from dashboard.widgets.numbers import count
from dashboard.widgets.told import tells_errors
from softbio.audit.browsing import Browser, as_csv, conditions, order_words
from softbio.errors import SoftbioError

__all__ = ["show"]


# Of the page only this is drawn anew at a filter.
@st.fragment
@tells_errors
def show(audit: Audit) -> None:
    """Show the part."""
    browser = browser_of(audit)
    state = asked()
    fitting(state, browser)
    for fault in state.faults:
        st.warning(fault, icon=":material/warning:")
    query = filter_bar(state, browser)
    line = st.container(horizontal=True, vertical_alignment="bottom", key="browse_line")
    with line:
        told = st.container(width="stretch")
        query = order_picker(state, browser, query)
    if not state.anew:
        state.change(query)
    state.anew = False
    try:
        rows = find(state, browser)
    except SoftbioError as error:
        state.write()
        st.error(str(error), icon=":material/error:")
        _clear()
        return
    with told:
        _told(state, browser, len(rows))
    _page(audit, browser, state)


# A fragment of its own: the filters above stay as they are while pages are turned and faces tagged.
@st.fragment
@tells_errors
def _page(audit: Audit, browser: Browser, state: Asked) -> None:
    """Show a page of faces between what can be done with them and the way to the next."""
    if state.anew or state.rows is None:
        st.rerun()  # a key asked for other faces
    rows = state.rows
    pages = max(-(-len(rows) // state.per), 1)
    if state.page > pages:
        state.turn(pages)
    last_said(audit)
    if said_since(state, browser):
        _look_again(state)
    if not len(rows):
        state.write()
        st.info("No face is like that. Take a filter away.", icon=":material/search_off:")
        return
    bar = st.container(horizontal=True, vertical_alignment="center", key="browse_actions")
    if pages > 1:
        with bar:
            _pick_page(state, pages)
    state.write()
    start = (state.page - 1) * state.per
    shown = rows[start : start + state.per]
    selected = face_grid(
        audit.faces,
        tiles_of(browser, shown, audit.tags, audit.reviews),
        label=f"Faces {count(start + 1)} to {count(start + len(shown))} of {count(len(rows))}",
        key="browse_grid",
        run=audit.run,
        rule=audit.rule,
        keys=keys_of(audit, "similarity" in browser.columns()),
        on_key=lambda key, of: hear(audit, key, of),
        selectable=True,
    )
    with bar:
        n = len(selected)
        with st.popover(
            f"Tag {count(n)} selected" if n else "Tag with a word",
            icon=":material/sell:",
            key="browse_words",
        ):
            new_word(audit, selected)
            pick_who()
        st.download_button(
            "Download this list",
            lambda: as_csv(browser, rows),
            f"faces-{audit.faces.name}.csv",
            "text/csv",
            key="browse_csv",
            icon=":material/download:",
            on_click="ignore",
            help=f"All {count(len(rows))} faces, in this order.",
        )
    if state.page < pages:
        st.button(
            f"Next {count(min(state.per, len(rows) - start - len(shown)))}",
            icon=":material/arrow_forward:",
            key="browse_next",
            on_click=state.turn,
            args=(state.page + 1,),
        )


def _pick_page(state: Asked, pages: int) -> None:
    # A widget of its own after each page that did not come from it, which it begins at.
    key = f"browse_page_{state.turned}"
    state.page = st.pagination(pages, default=state.page, key=key)


def _told(state: Asked, browser: Browser, n: int) -> None:
    """Say which faces are shown."""
    words = conditions(state.query, SPLITS)
    about = f": {_escaped(', '.join(words.values()))}" if words else ""
    of = f"{count(n)} of" if words else "All"
    plain = f"**{of} {count(len(browser))} faces**"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain + about, width="content")
        if words or state.query.like:
            _clear()
    if state.query.like:
        st.caption(_escaped(order_words(state.query)))


def _clear() -> None:
    st.button(
        "Clear", icon=":material/close:", type="tertiary", key="browse_clear", on_click=ask,
        help="Show all faces, by their names.",
    )  # fmt: skip


def _look_again(state: Asked) -> None:
    """Offer to look for the faces anew; they stay while the reader tags them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Since these faces were looked for, people said more of them.")
        st.button(
            "Look again", icon=":material/refresh:", type="tertiary", key="browse_again",
            on_click=lambda: setattr(state, "rows", None),
        )  # fmt: skip


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is: names and formulas are anybody's."""
    return "".join(f"\\{one}" if one in "\\`*_{}[]<>()#+-.!|~$:" else one for one in text)
