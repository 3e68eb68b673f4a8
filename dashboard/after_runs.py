"""What Streamlit does after each run of the page, and what of it this page does without."""

from __future__ import annotations

from streamlit.runtime.scriptrunner import script_runner

__all__ = ["leave_networks_alone"]


def leave_networks_alone() -> None:
    """Keep Streamlit from clearing Keras's session after each run of the page.

    What it clears belongs to all threads: one that asks a network at this moment, for another
    reader or for a part of the page that goes on alone, would lose the precision it computes in
    and fail. It also takes a full garbage collection, 0.3 s, in which nobody is served.
    """
    script_runner._clean_problem_modules = _nothing


def _nothing() -> None:
    pass
