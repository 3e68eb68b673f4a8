"""The networks of runs, loaded once for all readers and asked by one at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

import streamlit as st

from dashboard.widgets.face.opening import Look
from softbio.runs import Run

__all__ = ["Network", "fault_of", "network_of", "waiting"]

T = TypeVar("T")

#: One for all networks: two of them at once would be slower than one after the other.
_LOCK = Lock()


@dataclass(frozen=True, eq=False)
class Network:
    """A loaded network.

    Attributes
    ----------
    model : keras.Model
    """

    model: Any

    def ask(self, question: Callable[[Any], T]) -> T:
        """Return what `question` makes of the network, while nobody else asks one."""
        with _LOCK:
            return question(self.model)


def fault_of(look: Look) -> str:
    """Say why the run's network cannot be asked about the face; empty if it can."""
    from softbio.audit.looking import can_look

    if look.run is None:
        return "This needs a run: choose one on the page, whose network can be asked."
    return can_look(look.run, look.faces)


def network_of(run: Run) -> Network:
    """Return the network of a run; loading it for the first time takes seconds.

    Raises
    ------
    RunError
        If it has no weights, or not the ones that training wrote.
    """
    state = run.state
    return _network(run, str(run.path), state.weights_sha256, state.head_sha256)


@contextmanager
def waiting() -> Iterator[None]:
    """Tell the reader that the network is asked; or loaded, which takes seconds the first time."""
    first = "softbio.networks.load" not in sys.modules
    told = "Loading what runs networks, once …" if first else "Asking the network …"
    with st.spinner(told, show_time=first):
        yield


@st.cache_resource(show_spinner=False, max_entries=2)
def _network(_run: Run, path: str, weights: str | None, head: str | None) -> Network:
    from softbio.networks.load import load_network

    del path, weights, head  # the key
    return Network(load_network(_run))
