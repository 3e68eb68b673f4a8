"""A person's mistake is told as a sentence, wherever on the page it comes to light."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec

import streamlit as st

from softbio.errors import SoftbioError

__all__ = ["empty_state", "telling_errors", "tells_errors"]

P = ParamSpec("P")


@contextmanager
def telling_errors() -> Iterator[None]:
    """Show a `SoftbioError` of the block as its sentence."""
    try:
        yield
    except SoftbioError as error:
        st.error(str(error), icon=":material/error:")


def tells_errors(part: Callable[P, object]) -> Callable[P, None]:
    """Let a part of a page, such as a fragment or a callback, show its own `SoftbioError`."""

    @functools.wraps(part)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        with telling_errors():
            part(*args, **kwargs)

    return told


def empty_state(title: str, text: str, command: str | None = None) -> None:
    """Say what is not there yet, and what to do next."""
    with st.container(border=True, key="empty_state"):
        st.header(title, icon=":material/flag:", anchor=False)
        st.write(text)
        if command is not None:
            st.code(command, language="bash")
