"""Instant retraining: sliders that refit the last layer, and what can be done with the result."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.choice import choose, own, recall, remember
from dashboard.widgets.ghost import forget_ghost
from dashboard.widgets.live_sliders import Slider, Sliders
from dashboard.widgets.loading import job_queue
from dashboard.widgets.numbers import count
from dashboard.widgets.pickers import SPLIT_NAMES
from dashboard.widgets.refit import Draft, fitting_data, why_not
from dashboard.widgets.told import telling_errors
from dashboard.widgets.train_fully import full_training
from softbio.config import Setting, settings
from softbio.config.head import HeadConfig, parse_head
from softbio.faces.faceset import FaceSet
from softbio.runs import Run
from softbio.training.head import balanced_cells
from softbio.training.refit import keep_refit
from softbio.training.start import new_run

__all__ = ["RefitPanel"]

_NAME = "refit"
_LIVE = "_live_refit"
_SWITCH = "refit_switch"
_FITTED_ON = {"val_fit": "the refit half", "train": "the training faces"}
#: Right ends of the weights' sliders, unless a weight is larger.
_GROUP_END, _CELL_END = 5.0, 10.0


class RefitPanel:
    """What the reader asks of the last layer.

    Parameters
    ----------
    run : Run
    faces : FaceSet or None

    Attributes
    ----------
    settings : HeadConfig or None
        None while the panel is off.
    settled : bool
        False while a slider is being dragged.
    values : dict of str to float
        Where the sliders stand.
    """

    def __init__(self, run: Run, faces: FaceSet | None) -> None:
        self._run = run
        self._groups = tuple(run.config.groups.values())
        self._sliders = Sliders("refit_sliders")
        self.settled = True
        self.values: dict[str, float] = {}
        self.settings: HeadConfig | None = None
        reason = why_not(run, faces)
        if not self._switched(reason is not None):
            if reason:
                st.caption(f":material/block: {reason}")
            return
        assert faces is not None
        self._faces = faces
        where = choose(
            "Fitted on",
            self._places(faces),
            "fitted_on",
            segments=True,
            shown=_FITTED_ON.__getitem__,
            help=next(one.description for one in settings(HeadConfig) if one.path == "fitted_on"),
        )
        self.values = self._read()
        with telling_errors():
            self.settings = parse_head(_nested(self.values) | {"fitted_on": where})

    def _switched(self, disabled: bool) -> bool:
        own(_SWITCH, _NAME, bool(recall(_NAME)))
        on = st.toggle(
            "Refit the last layer",
            key=_SWITCH,
            disabled=disabled,
            help="Fits the network's last layer anew, in a moment, with other weights; all other "
            "layers stay as they are.",
        )
        if not on or disabled:
            remember(_NAME, "")
            st.session_state.pop(_LIVE, None)
            return False
        if not recall(_NAME):
            remember(_NAME, "{}")
        return True

    def _places(self, faces: FaceSet) -> list[str]:
        if not len(faces.rows("val_fit")):
            st.caption(
                ":material/info: This set was packed before validation was cut in two, so no face "
                "is set aside for refits: only the training faces are left to fit on. Pack the set "
                "again to have a refit half."
            )
            return ["train"]
        return ["val_fit", "train"]

    def _read(self) -> dict[str, float]:
        names = list(self._neutral())
        kept = self._neutral() | self._linked(names)
        moved = self._sliders.moved()
        if moved is not None and set(moved[0]) == set(names):
            kept, self.settled = dict(moved[0]), moved[1]
            st.session_state[_LIVE] = None if self.settled else kept
        elif (live := st.session_state.get(_LIVE)) is not None and set(live) == set(names):
            kept, self.settled = live, False
        if self.settled:
            neutral = self._neutral()
            told = {name: value for name, value in kept.items() if value != neutral[name]}
            remember(_NAME, json.dumps(told, separators=(",", ":"), ensure_ascii=False))
        return {name: kept[name] for name in names}

    def _linked(self, names: list[str]) -> dict[str, float]:
        """Return what the address says, what makes no sense left out."""
        try:
            data = json.loads(recall(_NAME) or "{}")
            found = {name: float(data[name]) for name in names if name in data}
        except (ValueError, TypeError):
            return {}
        return {name: value for name, value in found.items() if math.isfinite(value)}

    def _neutral(self) -> dict[str, float]:
        """Return each slider's value that asks for nothing: every face counts alike."""
        neutral: dict[str, float] = {}
        for one in _shown():
            if one.path == "weights":
                neutral |= {f"weights.{group}": 1.0 for group in self._groups}
            elif one.path == "cell_weights":
                neutral |= {
                    f"cell_weights.{group} {label}": 1.0
                    for group in self._groups
                    for label in (0, 1)
                }
            else:
                neutral[one.path] = 0.0
        return neutral

    def explain(self, draft: Draft | None, split: str) -> None:
        """Say what the figures are of, while the panel is on."""
        if draft is None:
            return
        where = draft.settings.fitted_on
        same = " These are the same faces, so the figures flatter it." if where == split else ""
        st.info(
            "**A refit of the last layer only**, not kept: fitted on "
            f"{_FITTED_ON[where]} ({count(draft.fitted)} faces), judged on "
            f"{SPLIT_NAMES[split].lower()} ({count(len(draft.judge.selection))} faces).{same} "
            "What needs scores, as AUC, gets its intervals when it is kept.",
            icon=":material/bolt:",
        )

    def mount(self, draft: Draft | None, ghost: Mapping[str, float]) -> None:
        """Show sliders and buttons; call it when everything that depends on them is drawn."""
        if not self.values:
            return
        self._sliders.mount(
            [slider for one in _shown() for slider in self._of(one, ghost)],
            label="Refit of the last layer",
        )
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Balance cells",
                key="refit_balance",
                help="Cell weights with which every cell weighs the same in sum.",
                on_click=self._balance,
            )
            st.button("Reset", key="refit_reset", on_click=self._reset)
        if draft is None:
            return
        with st.container(horizontal=True, gap="small"):
            with st.popover("Keep", icon=":material/save:", key="refit_keep"):
                self._keep(draft)
            with st.popover("Train fully", icon=":material/model_training:", key="refit_train"):
                self._train(draft)

    def _of(self, one: Setting, ghost: Mapping[str, float]) -> list[Slider]:
        def slider(name: str, label: str, high: float, note: str = "", colour: str = "") -> Slider:
            value = self.values[name]
            return Slider(
                name,
                label,
                value,
                0.0,
                max(high, math.ceil(value)) if one.kind in ("groups", "cells") else high,
                one.step or 0.01,
                help=one.description,
                note=note,
                colour=colour,
                ghost=ghost.get(name),
            )

        colours = group_colours(self._groups)
        if one.path == "weights":
            return [
                slider(f"weights.{group}", f"Weight of {group}", _GROUP_END, "", colours[group])
                for group in self._groups
            ]
        if one.path == "cell_weights":
            return [
                slider(
                    f"cell_weights.{group} {label}",
                    f"Weight of {group}, label {label}",
                    _CELL_END,
                    "",
                    colours[group],
                )
                for group in self._groups
                for label in (0, 1)
            ]
        none = "no shift" if one.optional and not self.values[one.path] else ""
        return [slider(one.path, one.title, one.high or 1.0, none)]

    def _balance(self) -> None:
        data = fitting_data(self._run, self._faces, recall("fitted_on", "val_fit"))
        balanced = {f"cell_weights.{name}": one for name, one in balanced_cells(data).items()}
        self._put(self.values | balanced)

    def _reset(self) -> None:
        self._put(self._neutral())
        forget_ghost()

    def _put(self, values: Mapping[str, float]) -> None:
        st.session_state[_LIVE] = None
        neutral = self._neutral()
        told = {name: value for name, value in values.items() if value != neutral[name]}
        remember(_NAME, json.dumps(told, separators=(",", ":"), ensure_ascii=False))

    def _keep(self, draft: Draft) -> None:
        name = st.text_input("Name", key="refit_name", placeholder="may stay empty", max_chars=200)
        if not st.button("Keep as a run", key="refit_keep_now", type="primary"):
            return
        store = job_queue().store
        kept = keep_refit(store, self._run, self._faces, draft.settings, draft.head, name.strip())
        st.toast(f"Kept as {kept.id}", icon=":material/save:")
        st.query_params["run"] = kept.id
        st.query_params["baseline"] = self._run.id
        st.session_state.pop(_SWITCH, None)
        remember(_NAME, "")
        st.rerun(scope="app")

    def _train(self, draft: Draft) -> None:
        balanced: dict[str, float] = {}
        with telling_errors():
            balanced = balanced_cells(
                fitting_data(self._run, self._faces, draft.settings.fitted_on)
            )
        config, notes = full_training(
            self._run.config.training, draft.settings, self._groups, balanced
        )
        st.markdown("Trains the **whole network** on the training faces, with:")
        st.markdown("\n".join(f"- {note}" for note in notes))
        if st.button("Queue the training", key="refit_train_now", type="primary"):
            queue = job_queue()
            queued = queue.submit(new_run(queue.store, self._faces, config))
            st.toast(f"Queued: {queued.id}", icon=":material/schedule:")
            st.page_link("views/train.py", label="Watch it on Train", icon=":material/schedule:")


def _shown() -> list[Setting]:
    """Return the settings that have sliders."""
    return [one for one in settings(HeadConfig) if one.common]


def _nested(values: Mapping[str, float]) -> dict[str, Any]:
    """Return sliders' values as a HeadConfig reads them."""
    data: dict[str, Any] = {}
    for name, value in values.items():
        section, dot, key = name.partition(".")
        if dot:
            data.setdefault(section, {})[key] = value
        else:
            data[name] = value
    if not data.get("target_prevalence"):
        data["target_prevalence"] = None
    return data
