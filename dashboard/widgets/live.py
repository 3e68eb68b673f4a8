"""The running and waiting trainings, looked at every second and only while there are any."""

from __future__ import annotations

import time
from itertools import islice

import streamlit as st

from dashboard.widgets.curves import training_curves
from dashboard.widgets.loading import job_queue
from dashboard.widgets.numbers import duration
from dashboard.widgets.pickers import run_caption
from dashboard.widgets.told import tells_errors
from softbio.runs import Run, RunState

__all__ = ["live_panel"]

_RECENT = 5
_BADGES = {
    "queued": ("Waiting", "schedule", "blue"),
    "running": ("Training", "model_training", "blue"),
    "done": ("Done", "check_circle", "green"),
    "failed": ("Failed", "error", "red"),
    "cancelled": ("Cancelled", "cancel", "gray"),
    "interrupted": ("Interrupted", "power_off", "orange"),
}
_WIDTH_OF_BUTTON = 120


def live_panel() -> None:
    """Show what trains, what waits and what ended lately; it ticks while something is active."""
    job_queue().reconcile()
    active = bool(job_queue().active())
    st.fragment(_panel, run_every=1.0 if active else None)(active)


@tells_errors
def _panel(active: bool) -> None:
    queue = job_queue()
    queue.reconcile()
    states = {run: run.state for run in queue.active()}
    running = [run for run, state in states.items() if state.status == "running"]
    waiting = queue.in_line()
    ended = list(islice((run for run in queue.list() if run not in states), _RECENT))
    if bool(states) != active:
        st.rerun()  # the whole page, so that the ticking begins or ends
    if not states and not ended:
        st.caption("Nothing has been trained yet. Choose settings and press *Train*.")
        return
    for run in running:
        _running(run, states[run])
    if waiting:
        st.header("Waiting", anchor=False)
        for place, run in enumerate(waiting, start=1):
            _line(run, run.state, f"{place}. in line" if running or place > 1 else "starting")
    if ended:
        st.header("Ended lately", anchor=False)
        for index, run in enumerate(ended):
            _line(run, run.state, _ended(run.state))
            if index == 0 and not running:
                _curves(run)


def _running(run: Run, state: RunState) -> None:
    with st.container(border=True, key=f"running_{run.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            _badge(state)
            st.markdown(f"**{run.id}**", width="stretch")
            _cancel_button(run)
        st.caption(run_caption(run))
        progress = state.progress
        if run.cancel_requested:
            text = "Stopping after the present batch …"
        elif progress is None or progress.epoch == 0:
            text = "Getting ready: loading TensorFlow and the faces …"
        else:
            text = f"Epoch {progress.epoch} of at most {progress.epochs}"
            if progress.phase:
                text = f"{progress.phase.capitalize()} · {text[:1].lower()}{text[1:]}"
            if progress.loss is not None:
                text += f" · loss {progress.loss:.4f}"
            if progress.seconds_left is not None:
                text += f" · {duration(progress.seconds_left)} left"
        share = 0.0
        if progress is not None and progress.epochs and progress.steps:
            done = max(0, progress.epoch - 1) + progress.step / progress.steps
            share = min(1.0, done / progress.epochs)
        st.progress(share, text=text)
        _curves(run)


def _line(run: Run, state: RunState, note: str) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"line_{run.id}", gap="small"
    ):
        _badge(state)
        st.markdown(f"**{run.id}**  \n:gray[{note}]", width="stretch")
        if state.status == "queued":
            _cancel_button(run)
        elif state.status in ("interrupted", "cancelled", "failed"):
            st.button(
                "Resume",
                key=f"resume_{run.id}",
                icon=":material/play_arrow:",
                help="Queue it again; it goes on from its last finished epoch.",
                width=_WIDTH_OF_BUTTON,
                on_click=tells_errors(job_queue().resume),
                args=(run,),
            )
        elif state.status == "done":
            st.page_link(
                "views/fairness.py", label="Look", icon=":material/balance:",
                query_params={"run": run.id},
            )  # fmt: skip


def _cancel_button(run: Run) -> None:
    st.button(
        "Cancel",
        key=f"cancel_{run.id}",
        icon=":material/stop:",
        disabled=run.cancel_requested,
        width=_WIDTH_OF_BUTTON,
        on_click=tells_errors(job_queue().cancel),
        args=(run.id,),
    )


def _badge(state: RunState) -> None:
    text, icon, colour = _BADGES[state.status]
    st.badge(text, icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]


def _curves(run: Run) -> None:
    history = job_queue().events(run.id).epochs
    if len(history):
        training_curves(history, list(run.config.groups.values()), key=f"live_{run.id}")


def _ended(state: RunState) -> str:
    when = f"{duration(time.time() - state.finished)} ago" if state.finished else ""
    if state.status == "done" and state.seconds is not None:
        return f"{when}, trained for {duration(state.seconds)}"
    return " · ".join(part for part in (when, state.error) if part)
