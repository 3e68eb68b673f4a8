"""Durable numbers: a box whose number stands in the page's address, as `choice.choose` for options."""

from __future__ import annotations

import streamlit as st

from dashboard.widgets.choice import recall, remember

__all__ = ["choose_number"]


def choose_number(
    label: str,
    name: str,
    *,
    default: float,
    low: float,
    high: float,
    step: float,
    help: str | None = None,
) -> float:
    """Let the reader give a number, durably under `name`.

    What the address tells and cannot be read is passed over; what lies outside
    is brought to the nearer end.
    """
    key, told = f"number_{name}", recall(name)
    seen = f"_seen_{name}"
    if key not in st.session_state or st.session_state.get(seen) != told:
        try:
            value = float(told)
        except ValueError:
            value = default
        st.session_state[key] = min(high, max(low, value)) if value == value else default
    given = float(st.number_input(label, low, high, step=step, key=key, help=help, format="%.3g"))
    remember(name, f"{given:g}")
    st.session_state[seen] = f"{given:g}"
    return given
