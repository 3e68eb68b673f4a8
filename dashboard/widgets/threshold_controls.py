"""What makes predictions of scores: one threshold, one per group, or the run's own rule."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.choice import choose, recall, remember
from dashboard.widgets.live_sliders import Slider, Sliders
from softbio.fairness import DecisionRule, common_rule
from softbio.runs import Run
from softbio.runs.judging import rule_of

__all__ = ["ThresholdControls", "rule_address"]

_OWN, _COMMON, _PER_GROUP = "own", "common", "per_group"
_NAMES = {_OWN: "the run's own", _COMMON: "one for all", _PER_GROUP: "one per group"}
_EVERYBODY = "everybody"
_STEP = 0.01
_LIVE = "_live_thresholds"
_HELP = "A face whose score is above it gets label 1."


class ThresholdControls:
    """The rule that the reader has set, and the sliders for it.

    Parameters
    ----------
    run : Run

    Attributes
    ----------
    rule : DecisionRule
    settled : bool
        False while a slider is being dragged.
    values : dict of str to float
        Where the sliders stand; empty for the run's own rule.
    """

    def __init__(self, run: Run, *, key: str = "thresholds") -> None:
        self._sliders = Sliders(key)
        self._groups = tuple(run.config.groups.values())
        own = run.rule()
        imported = run.config.imported
        self._scored = imported is None or imported.scores
        self.settled = True
        self.values: dict[str, float] = {}
        if not self._scored:
            st.caption("These are predictions without scores, so there is no threshold to move.")
            self.rule = common_rule(0.5)
            return
        kind = _choose_kind(own is not None)
        if kind == _OWN:
            self.rule = rule_of(run)
            st.caption(self.rule.sentence)
            return
        self.values = self._read(kind)
        if kind == _COMMON:
            self.rule = common_rule(self.values[_EVERYBODY])
        else:
            self.rule = DecisionRule(
                kind="per_group", thresholds=self.values, group_column=run.config.group_column
            )

    def _read(self, kind: str) -> dict[str, float]:
        """Return where the sliders stand: just moved, or as the address says."""
        names = (_EVERYBODY,) if kind == _COMMON else self._groups
        kept = _parse(recall("threshold" if kind == _COMMON else "thresholds"), names)
        if kept is None:
            one = _parse(recall("threshold"), (_EVERYBODY,)) or {_EVERYBODY: 0.5}
            kept = dict.fromkeys(names, one[_EVERYBODY])
        moved = self._sliders.moved()
        if moved is not None and set(moved[0]) == set(names):
            kept, self.settled = dict(moved[0]), moved[1]
            st.session_state[_LIVE] = None if self.settled else kept
        elif (live := st.session_state.get(_LIVE)) is not None and set(live) == set(names):
            kept, self.settled = live, False
        if self.settled:
            text = ",".join(f"{kept[name]:g}" for name in names)
            remember("threshold" if kind == _COMMON else "thresholds", text)
        return {name: kept[name] for name in names}

    def mount(self, ghost: Mapping[str, float]) -> None:
        """Show the sliders; call it when everything that depends on them has been drawn."""
        if not self.values:
            return
        colours = group_colours(self._groups)
        self._sliders.mount(
            [
                Slider(
                    name,
                    "Threshold" if name == _EVERYBODY else f"Threshold, {name}",
                    value,
                    0.0,
                    1.0,
                    _STEP,
                    help=_HELP,
                    colour=colours.get(name, ""),
                    ghost=ghost.get(name),
                )
                for name, value in self.values.items()
            ],
            label="Thresholds",
        )
        if _EVERYBODY not in self.values:
            st.caption(
                f":material/info: One threshold per group **needs {self.rule.group_column} at "
                "prediction time**."
            )


def rule_address() -> dict[str, str]:
    """Return what of the address tells the rule, for links to other pages."""
    kind = recall("rule", _COMMON)
    names = {_COMMON: ("rule", "threshold"), _PER_GROUP: ("rule", "threshold", "thresholds")}
    return {name: recall(name) for name in names.get(kind, ("rule",)) if recall(name)}


def _choose_kind(own: bool) -> str:
    options = [_OWN, _COMMON, _PER_GROUP] if own else [_COMMON, _PER_GROUP]
    told = "threshold" in st.query_params and "rule" not in st.query_params
    return choose(
        "What predicts 1",
        options,
        "rule",
        default=_COMMON if told else options[0],
        segments=True,
        shown=_NAMES.__getitem__,
        help="A score above the threshold means label 1. Nothing is changed for good here: a rule "
        "is chosen and stored on the page *Decide*.",
    )


def _parse(text: str, names: tuple[str, ...]) -> dict[str, float] | None:
    """Return the thresholds that an address holds; None if it holds something else."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        return None
    if len(values) != len(names) or not all(0.0 <= value <= 1.0 for value in values):
        return None
    return dict(zip(names, values, strict=True))
