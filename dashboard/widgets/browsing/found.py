"""The faces that were found: looked for once, and kept until something else is asked for."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.widgets.audit.context import Audit
from dashboard.widgets.browsing.asked import Asked
from softbio.audit.browsing import Browser, Query
from softbio.formula import parse

__all__ = ["browser_of", "find", "said_since"]


def browser_of(audit: Audit) -> Browser:
    """Return the browser of what is looked at, one for all sessions."""
    run = "" if audit.run is None else str(audit.run.path)
    changed = 0
    if audit.run is not None:
        changed = (audit.run.path / "predictions.parquet").stat().st_mtime_ns
    rule = "" if audit.rule is None else repr(audit.rule)
    return _browser(audit, str(audit.faces.path.resolve()), audit.faces.fingerprint,
                    tuple(audit.faces.group_names.values()), run, changed, rule)  # fmt: skip


# Few: each keeps some ten columns and orders of its set, about 10 MB for 200,000 faces.
@st.cache_resource(show_spinner=False, max_entries=4)
def _browser(
    _audit: Audit,
    path: str,
    fingerprint: str,
    groups: tuple[str, ...],
    run: str,
    changed: int,
    rule: str,
) -> Browser:
    del path, fingerprint, groups, run, changed, rule  # the key
    return Browser(
        _audit.faces,
        _audit.run,
        rule=_audit.rule,
        tags=_audit.tags,
        reviews=_audit.reviews,
        suspicion=None if _audit.run is None else lambda: _suspicion(_audit),
    )


def _suspicion(audit: Audit) -> np.ndarray:
    audited = audit.audited
    assert audited is not None
    return audited.suspicion_of_all(len(audit.faces))


def find(asked: Asked, browser: Browser) -> np.ndarray:
    """Return the rows of what is asked for; raises what `Browser.select` does."""
    of = (id(browser), browser.faces.fingerprint, asked.query)
    if asked.rows is None or asked.of != of:
        seen = _said(browser)
        asked.rows = None  # an error leaves no faces of another query
        found = browser.select(asked.query)
        asked.rows, asked.of, asked.seen = found.astype(np.int32), of, seen
    return asked.rows


def said_since(asked: Asked, browser: Browser) -> bool:
    """Return whether people said what could change the faces that are shown."""
    return _rests_on_sayings(asked.query, browser) and _said(browser) != asked.seen


def _said(browser: Browser) -> tuple[str, ...]:
    return tuple(one.version for one in (browser.tags, browser.reviews) if one is not None)


def _rests_on_sayings(query: Query, browser: Browser) -> bool:
    if query.tag or query.review:
        return True
    if not query.formula:
        return False
    annotated = {name.casefold() for name in browser.faces.attributes}
    return any(name.casefold() not in annotated for name in parse(query.formula).names)
