"""What the lab has learned of a word: fitted once for each state of its tags."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from softbio.faces.faceset import FaceSet
from softbio.faces.tags import Tags
from softbio.hypotheses.probe import Features, Probe, learn, missing_tags

if TYPE_CHECKING:
    from dashboard.widgets.lab.context import Lab

__all__ = ["Learned", "history", "learned", "unsure_rows"]


@dataclass(frozen=True, eq=False)
class Learned:
    """A word as it stands.

    Attributes
    ----------
    probe : Probe or None
    lacking : str
        What its tags lack, if there is no probe.
    """

    probe: Probe | None
    lacking: str


def learned(lab: Lab, features: Features | None, word: str) -> Learned:
    """Learn a word from the tags that stand now, or return what was learned of the same tags.

    Parameters
    ----------
    features : Features or None
        None: there is nothing to look at.
    """
    if features is None:
        return Learned(None, "there is nothing that it could be learned from")
    values = lab.tags.values(word)
    check = np.flatnonzero(lab.tags.asked(word) == "check")
    digest = hashlib.sha256(values.tobytes() + check.tobytes()).hexdigest()
    run = "" if lab.run is None else str(lab.run.path)
    key = (str(lab.faces.path), lab.faces.fingerprint, run, word, digest)
    return _learned(lab.faces, features, word, values, check, key)


@st.cache_resource(show_spinner=False, max_entries=32)
def _learned(
    _faces: FaceSet,
    _features: Features,
    _word: str,
    _values: np.ndarray,
    _check: np.ndarray,
    key: tuple[str, ...],
) -> Learned:
    del key
    person = None
    if _faces.has_identities:
        person = _faces.table["identity"].fillna(-1).to_numpy(np.int64)
    if lacking := missing_tags(_values, person):
        return Learned(None, lacking)
    groups = tuple(_faces.group_names.values())
    group = _faces.group_index()
    return Learned(learn(_features, _word, _values, group, groups, person=person, check=_check), "")


def history(tags: Tags) -> pd.DataFrame:
    """Return `Tags.history`, worked out once for each state of the tags."""
    return _history(tags, (str(tags.path), tags.faces.fingerprint, tags.version))


@st.cache_resource(show_spinner=False, max_entries=4)
def _history(_tags: Tags, key: tuple[str, ...]) -> pd.DataFrame:
    del key
    return _tags.history()


def unsure_rows(tags: Tags, word: str) -> np.ndarray:
    """Return the rows of the faces of which somebody said that the word cannot be told."""
    counts = {name.casefold(): one for name, one in tags.words().items()}.get(word.casefold())
    if counts is None or not counts.unsure:
        return np.empty(0, np.int64)
    told = history(tags)
    mine = told[
        told["stands"]
        & (told["value"] == "unsure")
        & (told["word"].str.casefold() == word.casefold())
    ]
    rows = pd.Index(tags.faces.table["filename"]).get_indexer(pd.Index(mine["filename"]))
    return np.unique(rows[rows >= 0])
