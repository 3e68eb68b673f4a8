"""Back goes where the reader was: what a page adds to its own address is no step of theirs.

Every durable choice stands in the address, defaults too (see `choice`), and each that is written
there would be an entry of the browser's history: Back would then lead to the same page with a
choice less, which writes it again. So an address that only gained choices takes the place of the
one before it; one that lost or changed any is a step.
"""

from __future__ import annotations

import streamlit as st

__all__ = ["steps_only"]

_JS = """
export default function () {
  if (window.softbioSteps) return
  window.softbioSteps = true
  const push = window.history.pushState
  const gained = (url) => {
    const [now, next] = [new URL(window.location.href), new URL(url, window.location.href)]
    return now.pathname === next.pathname &&
      [...now.searchParams].every(([name, value]) => next.searchParams.getAll(name).includes(value))
  }
  window.history.pushState = function (state, title, url) {
    const write = url != null && gained(url) ? window.history.replaceState : push
    return write.call(this, state, title, url)
  }
}
"""

_component = st.components.v2.component("softbio_steps", html="<span hidden></span>", js=_JS)


def steps_only() -> None:
    """Let Back undo what the reader did, and nothing else; once on every page."""
    with st.container(height=1, border=False, key="steps"):
        _component(key="steps_component")
