"""What a reader asked for in Browse, kept in the page's address: filters, order and page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import streamlit as st

from softbio.audit.browsing import Query
from softbio.errors import ConfigError

__all__ = ["PER_PAGE", "Asked", "ask", "asked"]

PER_PAGE = (50, 100, 200)

_STATE = "_browse"
_FILTERS = tuple(one.name for one in fields(Query))
#: Always written, and the number of filters with them: a step that only adds to an address would
#: be none for Back, see `dashboard.widgets.history`.
_PAGING = ("page", "per", "filters")


@dataclass
class Asked:
    """What is asked for.

    Attributes
    ----------
    query : Query
    page : int
        From 1.
    per : int
        Faces a page, one of `PER_PAGE`.
    anew : bool
        Whether the widgets have to follow: it did not come from them.
    faults : list of str
        What of the address was passed over, and why.
    rows : ndarray or None
        The faces that were found, and `of`, what they were found for. They stay until something
        else is asked for, so that a tag does not move the faces under the reader's hands.
    seen : tuple of str
        States of what people said when the faces were looked for.
    turned : int
        How often the page was turned by something else than the widget that counts pages.
    """

    query: Query = field(default_factory=Query)
    page: int = 1
    per: int = 100
    anew: bool = True
    faults: list[str] = field(default_factory=list)
    rows: np.ndarray | None = None
    of: tuple[Any, ...] = ()
    seen: tuple[str, ...] = ()
    turned: int = 0
    _written: dict[str, str] | None = None

    def change(self, query: Query) -> None:
        """Ask for something else, from its first page on."""
        if query != self.query:
            self.query = query
            self.faults.clear()
            self.turn(1)

    def turn(self, page: int) -> None:
        """Go to a page."""
        self.page = page
        self.turned += 1

    def write(self) -> None:
        """Let the address tell what is asked for."""
        told = {
            **self.query.as_address(),
            "page": str(self.page),
            "per": str(self.per),
            "filters": str(len(self.query.filters)),
        }
        params = st.query_params.to_dict()
        rest = {name: value for name, value in params.items() if not _ours(name)}
        if params != rest | told:
            st.query_params.from_dict(rest | told)
        self._written = told

    def read(self) -> None:
        """Take what the address tells, where the reader changed it: a link, or Back."""
        told = {name: value for name, value in st.query_params.to_dict().items() if _ours(name)}
        if told == self._written or not told:
            return
        self.faults = []
        self.query = self._told(told)
        self.turn(_number(told.get("page", ""), 1))
        per = _number(told.get("per", ""), self.per)
        self.per = per if per in PER_PAGE else self.per
        self.anew = True

    def _told(self, told: Mapping[str, str]) -> Query:
        try:
            return Query.from_address(told)
        except ConfigError:
            pass
        # One value that cannot be leaves the others as they are.
        query = Query()
        kept: dict[str, str] = {}
        for name, value in told.items():
            try:
                query = Query.from_address(kept | _with_partner({name: value}, told))
            except ConfigError as error:
                self.faults.append(str(error))
            else:
                kept |= _with_partner({name: value}, told)
        return query


def asked() -> Asked:
    """Return what the reader asked for, after a look at the address."""
    state: Asked = st.session_state.setdefault(_STATE, Asked())
    state.read()
    return state


def ask(**changes: Any) -> None:
    """Ask for something else, from a widget's callback; no changes: for all faces."""
    state: Asked = st.session_state.setdefault(_STATE, Asked())
    if not changes:
        state.change(Query())
    else:
        if "order" in changes and changes["order"] != "similarity":
            changes["like"] = ""
        state.change(replace(state.query, **changes))
    state.anew = True


def _with_partner(one: dict[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """Return a parameter with the one that it cannot be without."""
    partners = {"like": "order", "order": "like", "tagged": "tag"}
    for name in list(one):
        partner = partners.get(name, "")
        if partner in told:
            one[partner] = told[partner]
    return one


def _ours(name: str) -> bool:
    return name in _FILTERS or name in _PAGING


def _number(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 and int(text) > 0 else default
