"""Durable choices: a widget whose value stands in the page's address.

A reload, a copied link, Back and a change of page all keep it. The address is
written in full, also for a value that is the default today: tomorrow the newest
run is another one, and the link should still show this one. (That is why this is
not ``bind="query-params"``, which leaves defaults out, and writes the label that
is shown in place of the value.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

__all__ = ["choose", "own", "recall", "remember"]

_WRITTEN = "_written_choices"


def choose(
    label: str,
    options: Sequence[str],
    name: str,
    *,
    default: str | None = None,
    segments: bool = False,
    shown: Callable[[str], str] = str,
    help: str | None = None,
) -> str:
    """Let the reader choose one of `options`, durably under `name`.

    The address wins when the reader changed it (a link, Back); then what stands
    in the widget; then what was chosen last on another page; then `default`. A
    value that is no option any more (a run that was removed) is passed over.

    Parameters
    ----------
    options : sequence of str
        At least one.
    segments : bool
        All options side by side in place of a select box.
    shown : callable
        What is shown for an option.
    """
    key = f"choice_{name}"
    kept = _kept()
    wanted = st.query_params.get(name)
    if wanted in options and wanted != kept.get(name):
        chosen = wanted
    else:
        candidates = (st.session_state.get(key), kept.get(name), default)
        chosen = next((one for one in candidates if one in options), options[0])
    # Also when it stands there already: after a change of page it is the other page's widget's.
    st.session_state[key] = chosen
    if segments:
        value = st.segmented_control(
            label, options, format_func=shown, key=key, help=help, required=True
        )
    else:
        value = st.selectbox(label, options, format_func=shown, key=key, help=help)
    value = value if value in options else chosen
    kept[name] = value
    if wanted != value:
        st.query_params[name] = value
    return value


def recall(name: str, default: str = "") -> str:
    """Return what was chosen last under `name`; the address wins when the reader changed it.

    For choices that `choose` has no widget for, such as the state of a component.
    """
    wanted = st.query_params.get(name)
    return wanted if wanted is not None else _kept().get(name, default)


def own(key: str, name: str, value: object) -> None:
    """Give the widget `key`, which stands for the choice `name`, its value before it is drawn.

    What stands in the widget wins, unless the reader changed the address; then, and when the
    widget is new, it gets `value`. Written also when it stands there already: after a change of
    page it is the other page's widget's.
    """
    wanted = st.query_params.get(name)
    changed = wanted is not None and wanted != _kept().get(name)
    st.session_state[key] = value if changed else st.session_state.get(key, value)


def _kept() -> dict[str, str]:
    kept: dict[str, str] = st.session_state.setdefault(_WRITTEN, {})
    return kept


def remember(name: str, value: str) -> None:
    """Keep `value` under `name`, in the address too; an empty one leaves the address."""
    _kept()[name] = value
    if not value:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value
