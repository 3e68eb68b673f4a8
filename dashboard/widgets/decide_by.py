"""What decides about new faces: the rule that is stored with the run, or a threshold set here."""

from __future__ import annotations

import streamlit as st

from dashboard.widgets.choice import choose
from softbio.errors import DataError
from softbio.fairness import DecisionRule, common_rule
from softbio.predict import PredictedFaces
from softbio.runs import Run

__all__ = ["pick_decision"]

_STORED, _HERE = "stored", "here"


def pick_decision(run: Run, predicted: PredictedFaces) -> DecisionRule:
    """Return what decides, and say so.

    A stored rule that needs the groups of these faces, which nobody knows, is
    refused with a sentence, and a threshold for all is offered in its place.
    """
    stored = run.rule()
    usable = stored
    if stored is not None and (reason := _refused(stored, predicted)):
        usable = None
        st.warning(
            f"The rule stored with the run cannot decide about these faces: {reason} Below, one "
            "threshold for all decides; choose another rule on the page *Decide*, or use faces "
            f"that were packed with their {stored.group_column}.",
            icon=":material/badge:",
        )
    if usable is not None and _by(usable) == _STORED:
        st.markdown(f"**Decided by the run's rule:** {usable.sentence}")
        return usable
    own = common_rule(
        st.slider(
            "Threshold", 0.0, 1.0, 0.5, 0.01, key="predict_threshold",
            help="Score > threshold gives 1, otherwise −1.",
        )
    )  # fmt: skip
    if stored is None:
        st.caption("No rule is stored with this run; the page *Decide* chooses one on validation.")
    elif usable is not None:
        st.caption(f"The run's own rule is set aside: {usable.sentence}")
    return own


def _by(stored: DecisionRule) -> str:
    names = {_STORED: "the rule stored with the run", _HERE: "a threshold that I set"}
    return choose(
        "Decide by", list(names), "decided_by", segments=True, shown=names.__getitem__,
        help=stored.sentence,
    )  # fmt: skip


def _refused(rule: DecisionRule, predicted: PredictedFaces) -> str:
    """Return why the rule cannot decide about these faces; empty if it can."""
    try:
        rule.predict(predicted.score, predicted.group, predicted.groups)
    except DataError as error:
        return str(error)
    return ""
