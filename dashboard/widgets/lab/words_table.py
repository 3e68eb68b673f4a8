"""All words of a set: how many faces of each group are tagged, and how well each is learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.widgets.lab.learning import learned, unsure_rows
from dashboard.widgets.lab.standing import group_counts, standing
from dashboard.widgets.numbers import count, percent
from dashboard.widgets.plain_table import plain_table
from softbio.hypotheses.probe import Features

if TYPE_CHECKING:
    from dashboard.widgets.lab.context import Lab

__all__ = ["words_table"]


def words_table(lab: Lab, features: Features | None) -> None:
    """Show a line for each word; nothing where there is none."""
    words = list(lab.tags.trait_words())
    if not words:
        return
    groups = list(lab.faces.group_names.values())
    group = lab.faces.group_index()
    lines = []
    for word in words:
        found = learned(lab, features, word)
        counts = group_counts(lab.tags.values(word), unsure_rows(lab.tags, word), group, groups)
        line = [word]
        for number, name in enumerate(groups):
            line.append(" / ".join(map(count, counts[name])))
            judged = None if found.probe is None else found.probe.quality.tagged.groups[number]
            line.append(percent(None if judged is None else judged.average_precision.value))
        line.append(standing(word, found.probe, found.lacking).short)
        lines.append(line)
    heads = [
        head
        for name in groups
        for head in (f"{name.capitalize()}: yes / no / unsure", "Average precision")
    ]
    st.header("Words so far", anchor=False)
    plain_table(["Word", *heads, "Stands"], lines, label="Words so far", key="tag_words")
