"""The record of what people said: undo, who said what when, and CSV out and in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from dashboard.widgets.numbers import count
from dashboard.widgets.plain_table import plain_table
from dashboard.widgets.told import telling_errors
from softbio.faces.reviews import Reviews
from softbio.faces.tags import Tags

__all__ = ["Noun", "records"]

_LINES = 12


class Noun(NamedTuple):
    """What is recorded: tags, or reviews.

    Attributes
    ----------
    one, many : str
        One of them, and several.
    columns : str
        Of a CSV file besides the file name, as a sentence goes on.
    shown : dict of str to str
        Columns of the history by their heads.
    """

    one: str
    many: str
    columns: str
    shown: dict[str, str]


def records(
    said: Tags | Reviews, told: pd.DataFrame, who: str, noun: Noun, changed: Callable[[], None]
) -> None:
    """Show what was said last, and let the reader take back, save and load.

    Parameters
    ----------
    said : Tags or Reviews
    told : DataFrame
        Its history.
    who : str
        Whose last one *Undo* takes back.
    changed : callable
        Called when something came or went here.
    """
    key = noun.one
    with st.expander("Record, undo and files", icon=":material/history:", key=f"{key}_records"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if st.button(
                f"Undo the last {noun.one}",
                icon=":material/undo:",
                key=f"{key}_undo",
                disabled=not (told["who"] == who).any(),
                help=f"Yours: of the name under *Who {noun.many}*. Once more takes back the one "
                "before.",
            ):
                with telling_errors():
                    names = said.undo(who)
                    changed()
                    st.toast(_undone(names), icon=":material/undo:")
                    st.rerun()
            st.download_button(
                f"Download the {noun.many}",
                said.as_csv,
                f"{noun.many}-{said.faces.name}.csv",
                "text/csv",
                key=f"{key}_csv",
                icon=":material/download:",
                on_click="ignore",
                disabled=not len(told),
            )
        _bring_in(said, who, noun, changed)
        if len(told):
            _last(told, noun)


def _undone(names: tuple[str, ...]) -> str:
    if not names:
        return "There was nothing to undo."
    return f"Undone: {names[0]}" + (f" and {count(len(names) - 1)} more" if names[1:] else "")


def _bring_in(said: Tags | Reviews, who: str, noun: Noun, changed: Callable[[], None]) -> None:
    with st.form(f"{noun.one}_bring_in", border=False, clear_on_submit=True):
        given = st.file_uploader(
            f"Bring in {noun.many}",
            type="csv",
            key=f"{noun.one}_file",
            help=f"Columns filename, {noun.columns}.",
        )
        pressed = st.form_submit_button(f"Add these {noun.many}", icon=":material/upload:")
    if not pressed:
        return
    if given is None:
        st.warning("Choose a CSV file first.", icon=":material/upload_file:")
        return
    with telling_errors():
        with tempfile.TemporaryDirectory() as folder:
            # Under its own name, which is what a fault in it is told by.
            path = Path(folder) / (Path(given.name).name or f"{noun.many}.csv")
            path.write_bytes(given.getvalue())
            added = said.read_csv(path, who)
        changed()
        what = noun.one if added == 1 else noun.many
        st.toast(f"Added: {count(added)} {what}.", icon=":material/upload:")
        st.rerun()


def _last(told: pd.DataFrame, noun: Noun) -> None:
    last = told.iloc[::-1].head(_LINES)
    columns: list[Any] = [last[name] for name in noun.shown.values()]
    lines = []
    for when, undone, *cells in zip(last["when"], last["undone"], *columns, strict=True):
        shown = [cell or "–" for cell in cells]
        said = list(noun.shown).index("Said")
        shown[said] += " (undone)" if undone else ""
        lines.append([when.strftime("%d %b %H:%M:%S"), *shown])
    st.caption(f"The last {len(lines)} of {count(len(told))} lines; times are UTC.")
    plain_table(["When", *noun.shown], lines, label="What was said last", key=f"{noun.one}_last")
