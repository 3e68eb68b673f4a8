"""Browsing: the faces of a set by what is known of them, in the order that is asked for."""

from softbio.audit.browsing.browser import Browser
from softbio.audit.browsing.columns import FaceColumns
from softbio.audit.browsing.query import ERRORS, NATURAL, REVIEW_STATES, TAGGED, Query
from softbio.audit.browsing.similarity import Likeness
from softbio.audit.browsing.telling import ORDER_NAMES, as_csv, conditions, order_words

__all__ = [
    "ERRORS",
    "NATURAL",
    "ORDER_NAMES",
    "REVIEW_STATES",
    "TAGGED",
    "Browser",
    "FaceColumns",
    "Likeness",
    "Query",
    "as_csv",
    "conditions",
    "order_words",
]
