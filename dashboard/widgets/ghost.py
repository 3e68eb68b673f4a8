"""The ghost: the state before the last move, which stays visible beside the new one.

While a slider is dragged, the ghost is the state where the drag began; when it is
let go, that state stays until the next drag begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from softbio.fairness import Evaluation

__all__ = ["State", "forget_ghost", "ghost_of"]

_KEY = "_ghost"


@dataclass(frozen=True, eq=False)
class State:
    """What was shown, and where the sliders stood."""

    evaluation: Evaluation
    sliders: Mapping[str, float] = field(default_factory=dict)


def ghost_of(about: tuple[object, ...], now: State, settled: bool) -> State | None:
    """Return the state before the last move, None where nothing has moved yet.

    Parameters
    ----------
    about : tuple
        What is looked at (run, split, groups): another one has no ghost.
    now : State
    settled : bool
        Whether the sliders were let go.
    """
    kept = st.session_state.get(_KEY)
    if kept is None or kept["about"] != about:
        st.session_state[_KEY] = {"about": about, "last": now, "before": None}
        return None
    if dict(kept["last"].sliders) == dict(now.sliders):
        kept["last"] = now
        before: State | None = kept["before"]
        return before
    if not settled:
        last: State = kept["last"]
        return last
    kept["before"], kept["last"] = kept["last"], now
    return kept["before"]


def forget_ghost() -> None:
    """Forget the state before the last move."""
    if kept := st.session_state.get(_KEY):
        kept["before"] = None
