"""What people said of one face: tags, and what its label should be."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from softbio.faces.faceset import FaceSet
from softbio.faces.reviews import Reviews
from softbio.faces.tags import Tags

__all__ = ["Saying", "reviews_of", "tags_of"]


@dataclass(frozen=True)
class Saying:
    """What somebody said of a face, and holds.

    Attributes
    ----------
    word : str
        The tag; empty of a review.
    value : str
        ``yes``, ``no``, ``unsure``; of a review ``1``, ``0``, ``unsure``.
    who : str
        May be empty.
    when : str
        The day, in UTC.
    """

    word: str
    value: str
    who: str
    when: str

    @property
    def by(self) -> str:
        """Who and when, in words."""
        return f"{self.who}, {self.when}" if self.who else self.when


def tags_of(faces: FaceSet, filename: str) -> tuple[Saying, ...]:
    """Return the tags of a face that hold, in the order in which they were given."""
    tags = Tags.open(faces)
    if not tags.path.exists():
        return ()
    return _by_name(tags, str(tags.path), tags.version, "value").get(filename, ())


def reviews_of(faces: FaceSet, filename: str) -> tuple[Saying, ...]:
    """Return what each reviewer says now that a face's label should be."""
    reviews = Reviews.open(faces)
    if not reviews.path.exists():
        return ()
    return _by_name(reviews, str(reviews.path), reviews.version, "says").get(filename, ())


@st.cache_resource(show_spinner=False, max_entries=8)
def _by_name(
    _file: Tags | Reviews, path: str, version: str, column: str
) -> dict[str, tuple[Saying, ...]]:
    """Return all that holds in a file; read once for each state of the file."""
    del path, version  # the key
    history = _file.history()
    history = history[history["stands"]]
    word = history["word"] if "word" in history else pd.Series("", index=history.index)
    found: dict[str, list[Saying]] = {}
    lines = zip(
        history["filename"], word, history[column], history["who"], history["when"], strict=True
    )
    for filename, about, value, who, when in lines:
        day = pd.Timestamp(when).strftime("%Y-%m-%d")
        found.setdefault(str(filename), []).append(Saying(str(about), str(value), str(who), day))
    return {filename: tuple(said) for filename, said in found.items()}
