"""What a rule is wanted for: the reader's choices, durable, as the library's `Wish`."""

from __future__ import annotations

from typing import Any, Literal

import streamlit as st

from dashboard.widgets.choice import choose
from dashboard.widgets.number_choice import choose_number
from dashboard.widgets.numbers import count
from dashboard.widgets.threshold_chart import CHARTED
from softbio.faces.faceset import in_split
from softbio.fairness import METRICS
from softbio.runs import Predictions
from softbio.runs.deciding import Target, Wish

__all__ = ["choose_metric", "choose_wish"]

_FIRST = (
    "balanced_fair_metric", "fair_metric", "worst_cell_accuracy", "accuracy", "balanced_accuracy",
    "true_positive_rate", "true_negative_rate", "precision", "f1", "mcc", "selection_rate",
)  # fmt: skip
#: Metrics between groups that nobody can improve by treating all alike badly.
_LEVELS = {
    "fair_metric", "balanced_fair_metric", "worst_cell_accuracy", "generalised_entropy",
    *(name for name in CHARTED if name.endswith("_worst")),
}  # fmt: skip
_KINDS = {
    "best": "one for all, best by the metric",
    "share": "for faces with another share of label 1",
    "groups": "one per group, under a constraint",
    "hand": "one for all, which I set",
}
_CONSTRAINTS = {
    "equalized_odds": "equalized odds: the same true and false positive rate",
    "equal_opportunity": "equal opportunity: the same true positive rate",
    "demographic_parity": "demographic parity: the same selection rate",
    "accuracy": "the best for the worst group",
}
_CALIBRATIONS = {
    "none": "not at all",
    "platt": "Platt's line, one for all",
    "temperature": "temperature, one for all",
    "platt_groups": "Platt's line, one per group",
    "temperature_groups": "temperature, one per group",
}


def choose_metric() -> str:
    """Let the reader choose a metric that thresholds move; the common ones stand first."""
    return choose(
        "Metric",
        [*_FIRST, *(name for name in CHARTED if name not in _FIRST)],
        "aim",
        shown=lambda name: METRICS[name].title,
        help="Drawn at every threshold, and what the best threshold is best by. Type to search.",
    )


def choose_wish(predictions: Predictions, metric: str, groups: tuple[str, ...]) -> Wish:
    """Let the reader say what the rule is wanted for.

    Parameters
    ----------
    predictions : Predictions
        From whose scores a share of label 1 can be estimated.
    metric : str
        What the best threshold is best by.
    """
    kind = choose("Threshold", list(_KINDS), "wish", shown=_KINDS.__getitem__)
    asked: dict[str, Any] = {}
    if kind == "best":
        st.caption(
            "Where the metric above is best on validation. Whose face it is need not be known to "
            "use it."
        )
        if METRICS[metric].scope == "overall" and metric not in _LEVELS:
            st.caption(
                ":material/info: This metric tells how far groups are apart and not how well they "
                "fare: it is also good where hardly anybody is predicted 1, or everybody."
            )
        asked["maximise"] = metric
    elif kind == "share":
        asked |= _shares(predictions, groups)
    elif kind == "groups":
        asked |= _constraint()
    else:
        asked["threshold"] = choose_number(
            "Threshold", "cut", default=0.5, low=0.0, high=1.0, step=0.01,
            help="A face whose score is above it gets label 1.",
        )  # fmt: skip
    method, per_group = _calibration(kind == "share")
    # Each group is shifted from its own prevalence, where a common line misses.
    per_group = method is not None and (per_group or isinstance(asked.get("target"), dict))
    return Wish(**asked, calibrate=method, per_group_calibration=per_group)


def _constraint() -> dict[str, Any]:
    constraint = choose(
        "What groups get alike", list(_CONSTRAINTS), "constraint", shown=_CONSTRAINTS.__getitem__
    )
    objective = choose(
        "and what is best among those",
        ["accuracy", "balanced_accuracy"],
        "objective",
        shown=lambda name: METRICS[name].title.lower(),
    )
    asked: dict[str, Any] = {"per_group": constraint, "objective": objective}
    if constraint != "accuracy":
        asked["tolerance"] = choose_number(
            "How far apart the rates may be", "tolerance", default=0.01, low=0.0, high=0.5,
            step=0.005, help="Thresholds alone can seldom make rates exactly equal.",
        )  # fmt: skip
    return asked


def _shares(predictions: Predictions, groups: tuple[str, ...]) -> dict[str, Any]:
    st.caption(
        "For faces among which label 1 is rarer or more frequent than on validation, and which "
        "otherwise look alike: the threshold moves with the prior odds (Elkan 2001)."
    )
    options = {"given": "I name it", "given_each": "I name it for each group"}
    scored = predictions.frame["score"].notna().to_numpy()
    for split in ("unlabelled", "test"):
        if n := int((in_split(predictions.frame["split"], split) & scored).sum()):
            options[split] = f"estimated from {count(n)} {split} scores"
            options[f"{split}_each"] = f"estimated per group, {count(n)} {split} scores"
    source = choose(
        "The share of label 1",
        list(options),
        "prior",
        shown=options.__getitem__,
        help="An estimate takes scores alone (the likeliest share, Saerens et al. 2002); labels of "
        "these faces are not looked at. It holds if the faces differ in nothing but the share.",
    )
    split, _, each = source.partition("_")
    if split == "given":
        if not each:
            return {"target": _share("share", "Share of label 1")}
        named = {name: _share(f"share_{name}", f"… among {name}") for name in groups}
        return {"target": named}
    target: Target | dict[str, Target] = "estimate"
    return {"target": dict.fromkeys(groups, target) if each else target, "unlabelled": split}


def _share(name: str, label: str) -> float:
    return choose_number(label, name, default=0.5, low=0.001, high=0.999, step=0.05)


def _calibration(shifted: bool) -> tuple[Literal["temperature", "platt"] | None, bool]:
    # Two names: with another share scores are taken for probabilities, so there it is the default.
    chosen = choose(
        "Calibrate the scores first",
        list(_CALIBRATIONS),
        "calibrate_share" if shifted else "calibrate",
        default="platt" if shifted else "none",
        shown=_CALIBRATIONS.__getitem__,
        help="A line through the scores' logits, fitted on val_fit, so that three in ten of the "
        "faces that score 0.3 have label 1. Prior shift takes scores for probabilities.",
    )
    method, _, each = chosen.partition("_")
    if method == "none":
        return None, False
    return ("platt" if method == "platt" else "temperature"), bool(each)
