"""The record of tags: undo, who said what when, and CSV out and in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.widgets.lab.learning import history
from dashboard.widgets.numbers import count
from dashboard.widgets.plain_table import plain_table
from dashboard.widgets.told import telling_errors

if TYPE_CHECKING:
    from dashboard.widgets.lab.context import Lab

__all__ = ["tag_records"]

_LINES = 12


def tag_records(lab: Lab, who: str, changed: Callable[[], None]) -> None:
    """Show what was said last, and let the reader take back, save and load tags.

    Parameters
    ----------
    who : str
        Whose last tag *Undo* takes back.
    changed : callable
        Called when tags came or went here.
    """
    with st.expander("Record, undo and files", icon=":material/history:", key="tag_records"):
        told = history(lab.tags)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if st.button(
                "Undo the last tag",
                icon=":material/undo:",
                key="tag_undo",
                disabled=not (told["who"] == who).any(),
                help="Yours: of the name under *Who tags*. Once more takes back the one before.",
            ):
                with telling_errors():
                    names = lab.tags.undo(who)
                    changed()
                    st.toast(_undone(names), icon=":material/undo:")
                    st.rerun()
            st.download_button(
                "Download the tags",
                lab.tags.as_csv,
                f"tags-{lab.faces.name}.csv",
                "text/csv",
                key="tag_csv",
                icon=":material/download:",
                on_click="ignore",
                disabled=not len(told),
            )
        _bring_in(lab, who, changed)
        if len(told):
            _last(told)


def _undone(names: tuple[str, ...]) -> str:
    if not names:
        return "There was nothing to undo."
    return f"Undone: {names[0]}" + (f" and {count(len(names) - 1)} more" if names[1:] else "")


def _bring_in(lab: Lab, who: str, changed: Callable[[], None]) -> None:
    with st.form("tag_bring_in", border=False, clear_on_submit=True):
        given = st.file_uploader(
            "Bring in tags",
            type="csv",
            key="tag_file",
            help="Columns filename, word, value (yes, no or unsure); who and why if they are known.",
        )
        pressed = st.form_submit_button("Add these tags", icon=":material/upload:")
    if not pressed:
        return
    if given is None:
        st.warning("Choose a CSV file first.", icon=":material/upload_file:")
        return
    with telling_errors():
        with tempfile.TemporaryDirectory() as folder:
            # Under its own name, which is what a fault in it is told by.
            path = Path(folder) / (Path(given.name).name or "tags.csv")
            path.write_bytes(given.getvalue())
            added = lab.tags.read_csv(path, who)
        changed()
        st.toast(f"{count(added)} tags were added.", icon=":material/upload:")
        st.rerun()


def _last(told: pd.DataFrame) -> None:
    last = told.iloc[::-1].head(_LINES)
    lines = [
        [
            when.strftime("%d %b %H:%M:%S"),
            filename or "–",
            word or "–",
            value + (" (undone)" if undone else ""),
            who or "–",
        ]
        for when, filename, word, value, undone, who in zip(
            last["when"],
            last["filename"],
            last["word"],
            last["value"],
            last["undone"],
            last["who"],
            strict=True,
        )
    ]
    st.caption(f"The last {len(lines)} of {count(len(told))} lines; times are UTC.")
    plain_table(
        ["When", "Face", "Word", "Said", "Who"], lines, label="What was said last", key="tag_last"
    )
