"""What can be done to selected runs: open, name, note on, delete."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.widgets.loading import job_queue
from dashboard.widgets.numbers import count
from dashboard.widgets.told import telling_errors
from softbio.errors import RunError
from softbio.runs import Run
from softbio.runs.listing import RunLine

__all__ = ["FAIRNESS", "run_actions", "table_key"]

FAIRNESS = "views/fairness.py"
_GENERATION = "_runs_generation"
_BUSY = ("queued", "running")
_SHOWN = 5


def table_key() -> str:
    """Return the key of the table; another one after each change.

    Streamlit remembers a selection by row numbers, which stand for other runs then.
    """
    return f"runs_table_{st.session_state.get(_GENERATION, 0)}"


def run_actions(chosen: Sequence[tuple[Run, RunLine]]) -> None:
    """Offer what can be done to the selected runs."""
    if len(chosen) == 1:
        _edit(*chosen[0])
    with st.container(horizontal=True, key="run_actions"):
        if len(chosen) == 1 and (chosen[0][0].path / "predictions.parquet").is_file():
            opened = st.button("Open in Fairness", icon=":material/balance:", key="open_run")
            if opened:
                st.switch_page(FAIRNESS, query_params={"run": chosen[0][0].id})
        what = chosen[0][0].id if len(chosen) == 1 else f"{count(len(chosen))} runs"
        with st.popover("Delete", icon=":material/delete:", key="ask_delete"):
            st.write(
                f"Delete {what} with weights and predictions, for good? Refits and the face set "
                "stay."
            )
            names = [line.name or run.id for run, line in chosen[:_SHOWN]]
            more = [f"and {count(len(chosen) - _SHOWN)} more"] if len(chosen) > _SHOWN else []
            if len(chosen) > 1:
                st.text("\n".join([*names, *more]))
            if st.button(f"Delete {what}", key="delete_runs"):
                _delete([run for run, _ in chosen])


def _edit(run: Run, line: RunLine) -> None:
    with st.form(f"edit_{run.id}", border=False):
        name = st.text_input("Name", line.name, max_chars=200, key=f"name_{run.id}")
        note = st.text_area("Note", line.note, max_chars=4000, height=80, key=f"note_{run.id}")
        if st.form_submit_button("Save name and note", icon=":material/save:"):
            with telling_errors():
                run.update_state(name=" ".join(name.split()), note=note.strip())
                st.toast(f"Saved with {run.id}.", icon=":material/check:")
                st.rerun()


def _delete(runs: Sequence[Run]) -> None:
    removed, refused = 0, []
    for run in runs:
        try:
            if run.state.status in _BUSY:
                raise RunError(
                    f"{run.id} is {run.state.status}: cancel it first on the page Train, or wait."
                )
            job_queue().store.remove(run)
            removed += 1
        except RunError as error:
            refused.append(str(error))
    st.session_state[_GENERATION] = st.session_state.get(_GENERATION, 0) + 1
    for sentence in refused:
        st.toast(sentence, icon=":material/error:", duration="long")
    if removed:
        plural = "run was" if removed == 1 else "runs were"
        st.toast(f"{count(removed)} {plural} deleted.", icon=":material/delete:")
    st.rerun()
