"""A query in words, and the faces that it finds as a list."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from softbio.audit.browsing.browser import Browser
from softbio.audit.browsing.query import Query
from softbio.faces.strict_csv import spreadsheet

__all__ = ["ORDER_NAMES", "as_csv", "conditions", "order_words"]

#: What each order is called, and what stands first: as usual, and turned round.
ORDER_NAMES = {
    "filename": ("File name", "Z to A", "A to Z"),
    "score": ("Score", "highest first", "lowest first"),
    "loss": ("Loss", "highest first", "lowest first"),
    "uncertainty": ("Uncertainty", "least sure first", "surest first"),
    "similarity": ("Similarity", "most alike first", "least alike first"),
    "suspicion": ("Suspicion", "most suspect first", "least suspect first"),
}

_ERRORS = {
    "wrong": "predicted wrongly",
    "right": "predicted rightly",
    "false-positive": "false positives",
    "false-negative": "false negatives",
}
_TAGGED = {
    "yes": "tagged {word}",
    "no": "tagged not {word}",
    "unsure": "unsure whether {word}",
    "untagged": "not tagged {word} yet",
}
_REVIEW = {
    "unreviewed": "not reviewed",
    "reviewed": "reviewed",
    "confirmed": "label confirmed by reviewers",
    "corrected": "label corrected by reviewers",
    "disputed": "reviewers disagree",
    "unsure": "reviewers are unsure",
}


def conditions(query: Query, split_names: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what each filter of a query asks for, in words, by the filter's name.

    Parameters
    ----------
    query : Query
    split_names : mapping, optional
        What the splits are called.

    Examples
    --------
    >>> list(conditions(Query(group="men", label=1, prediction=0)).values())
    ['men', 'label 1', 'predicted 0']
    """
    low, high = query.score or (0.0, 1.0)
    words = {
        "split": f"split {(split_names or {}).get(query.split, query.split)}",
        "group": query.group,
        "label": f"label {query.label}",
        "prediction": f"predicted {query.prediction}",
        "error": _ERRORS.get(query.error, ""),
        "score": f"score {low:g} to {high:g}",
        "tag": _TAGGED[query.tagged].format(word=query.tag),
        "review": _REVIEW.get(query.review, ""),
        "formula": query.formula,
        "text": f"“{query.text}” in the file name",
    }
    return {name: words[name] for name in query.filters}


def order_words(query: Query) -> str:
    """Return the order of a query in words, such as ``Score, highest first``."""
    name, down, up = ORDER_NAMES[query.order]
    about = f" to {query.like}" if query.like else ""
    return f"{name}{about}, {down if query.largest_first else up}"


def as_csv(browser: Browser, rows: np.ndarray) -> bytes:
    """Return faces as a CSV file for a spreadsheet.

    Columns ``filename``, ``split``, ``group``, ``label``, and with a run ``prediction`` and
    ``score``; empty where something is not known.

    Parameters
    ----------
    browser : Browser
    rows : ndarray, shape (n,), int
        In the wanted order.
    """
    known = browser.known
    codes, splits = known.split
    columns = [
        known.filename.iloc[rows].tolist(),
        [splits[code] if code >= 0 else None for code in codes[rows]],
        [known.groups[index] if index >= 0 else None for index in known.group[rows]],
        [int(label) if label >= 0 else None for label in known.label[rows]],
    ]
    head = ["filename", "split", "group", "label"]
    if known.prediction is not None and known.score is not None:
        head += ["prediction", "score"]
        columns.append([int(one) if one >= 0 else None for one in known.prediction[rows]])
        columns.append([None if np.isnan(one) else str(one) for one in known.score[rows]])
    return spreadsheet(head, zip(*columns, strict=True))
