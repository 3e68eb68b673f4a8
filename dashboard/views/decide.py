"""Decide: choose on validation how scores become predictions, store it, and look at test last."""

import streamlit as st

from dashboard.widgets.calibration_panel import calibration_panel
from dashboard.widgets.charts import CONFIG
from dashboard.widgets.evaluations import select_run
from dashboard.widgets.group_scores import drawn_scores
from dashboard.widgets.loading import load_predictions
from dashboard.widgets.numbers import count
from dashboard.widgets.pickers import done_runs, pick_run, run_caption, test_looks
from dashboard.widgets.proposal import (
    CHOSEN_ON,
    effect_of,
    notes_of,
    proposed_rule,
    reference_rule,
)
from dashboard.widgets.rule_effect import rule_effect
from dashboard.widgets.rule_wish import choose_metric, choose_wish
from dashboard.widgets.score_curves import score_curves
from dashboard.widgets.threshold_chart import threshold_figure
from dashboard.widgets.told import telling_errors, tells_errors
from dashboard.widgets.who_paid import who_paid
from softbio.fairness import DecisionRule
from softbio.runs import Predictions, Run, Selection
from softbio.runs.judging import rule_of

st.caption(
    "How a run's scores become predictions: a rule is chosen on validation, stored with the run, "
    "and obeyed by every page, by `softbio evaluate` and by `softbio predict`."
)
run = pick_run(done_runs())
if run is None:
    st.stop()
st.caption(run_caption(run))
if run.config.imported is not None and not run.config.imported.scores:
    st.info(
        f"{run.config.imported.file} held labels and no scores: what was decided there cannot be "
        "decided again. Import a file with the column `score` to choose a threshold.",
        icon=":material/info:",
    )
    st.stop()


def in_force(run: Run, stored: DecisionRule | None) -> None:
    """Say what decides now, and offer to take a stored rule away."""
    with st.container(horizontal=True, vertical_alignment="center", key="in_force"):
        if stored is None:
            st.markdown(
                "**In force:** no rule is stored, so a score above 0.5 means 1.", width="stretch"
            )
            return
        st.markdown(f"**In force:** {stored.sentence}", width="stretch")
        st.button(
            "Remove",
            key="remove_rule",
            icon=":material/delete:",
            help="Takes the stored rule away; a score above 0.5 means 1 again.",
            on_click=tells_errors(run.write_rule),
            args=(None,),
        )


def needs_group(rule: DecisionRule) -> None:
    """Warn where a rule cannot be used on faces whose group nobody knows."""
    if rule.needs_group:
        st.warning(
            f"**Needs {rule.group_column} at prediction time.** Faces whose {rule.group_column} is "
            "not known cannot be decided by this rule, and treating people by their "
            f"{rule.group_column} may be unlawful where it is used.",
            icon=":material/badge:",
        )


@st.fragment
@tells_errors
def decision(run: Run) -> None:
    """Everything that the choices change, drawn anew when only they change."""
    stored = run.rule()
    in_force(run, stored)
    selection = select_run(run, CHOSEN_ON)
    predictions = load_predictions(run)
    controls, picture = st.columns([4, 7], gap="large")
    with controls:
        st.header("Choose", anchor=False)
        metric = choose_metric()
        wish = choose_wish(predictions, metric, selection.groups)
    proposed = None
    with controls, telling_errors():
        proposed = proposed_rule(run, wish)
        with st.container(border=True, key="proposal"):
            proposal(run, proposed, stored)
    rule = proposed or rule_of(run)
    before = reference_rule(rule, stored)
    with picture:
        over_thresholds(selection, metric, rule, before)
    if proposed is not None:
        effect(run, CHOSEN_ON, rule, before, metric)
    calibration(run, predictions, selection, rule)
    st.header("What the scores tell", anchor=False)
    score_curves(selection, rule, key="decide_curves")
    on_test(run, rule, before, metric)


def over_thresholds(
    selection: Selection, metric: str, rule: DecisionRule, before: DecisionRule
) -> None:
    """Show the metric at every threshold."""
    st.header("What a threshold does", anchor=False)
    st.plotly_chart(
        threshold_figure(drawn_scores(selection, rule.calibration), metric, rule, before),
        key="threshold_chart",
        config=CONFIG,
        alt="The metric of each group at every threshold, with the rules marked",
    )
    told = f"On {count(len(selection))} faces of validation ({selection.split}). Upright: the rule"
    if before != rule and before.calibration == rule.calibration:
        told += "; dotted: what it is compared with below"
    st.caption(
        f"{told}. A flat stretch means that the choice hardly matters there, a jagged one that it "
        "hangs on few faces."
    )


def calibration(
    run: Run, predictions: Predictions, selection: Selection, rule: DecisionRule
) -> None:
    """Show what the rule's calibration does, or why none could be judged."""
    if rule.calibration is not None:
        st.header("Calibration", anchor=False)
        fitted = str(rule.why.get("calibrated_on", "val_fit"))
        head = run.config.head
        calibration_panel(
            selection,
            rule.calibration,
            fitted,
            len(predictions.select(fitted)),
            seen=head is not None and head.fitted_on == fitted,
            key="calibration",
        )
    elif not len(predictions.select("val_fit")):
        st.caption(
            ":material/info: This run's faces have no val_fit (they were packed before validation "
            "was cut in two, or were not all imported), so a calibration would be fitted on the "
            "faces that it is shown on."
        )


def proposal(run: Run, rule: DecisionRule, stored: DecisionRule | None) -> None:
    """Say what the wish leads to, and store it."""
    st.markdown(f"**Proposed:** {rule.sentence}")
    for note in notes_of(rule):
        st.caption(note)
    needs_group(rule)
    same = rule == stored
    st.button(
        "Stored" if same else "Store with the run",
        key="store_rule",
        type="primary",
        icon=":material/check:" if same else ":material/save:",
        disabled=same,
        on_click=tells_errors(run.write_rule),
        args=(rule,),
    )


def effect(run: Run, split: str, rule: DecisionRule, before: DecisionRule, metric: str) -> None:
    """Show what the rule changes on a split, for whom, and who paid."""
    against = before.sentence.removesuffix(".")
    against = against[0].lower() + against[1:]
    found = effect_of(run, split, rule, before)
    st.header("On test" if split == "test" else "Before and after, on validation", anchor=False)
    st.caption(
        f"On {count(found.after.n)} faces. Large: the proposed rule, with its 95 % interval under "
        f"it; small before it: {against}. Below: the change on the same faces, with its interval."
    )
    rule_effect(found.after, found.before, found.comparison, first=(metric,), key=f"effect_{split}")
    who_paid(found.comparison, against, key=f"paid_{split}")


def on_test(run: Run, rule: DecisionRule, before: DecisionRule, metric: str) -> None:
    """Show how the rule does on faces that nothing was chosen on, behind a switch."""
    n = len(load_predictions(run).select("test"))
    if not n:
        st.caption(":material/info: No test face has a label, so there is no last look to take.")
        return
    st.divider()
    if not st.toggle(
        f"Show how it does on test ({count(n)} faces)",
        key="decide_test",
        help="Look once, when you have decided: a rule that was chosen by these figures looks "
        "better than it is. Each session that looks is counted with the run.",
    ):
        return
    looks = test_looks(run)
    st.caption(
        f":material/info: Looked at {looks} time{'' if looks == 1 else 's'}. Choose nothing by "
        "these figures, or they are no longer honest."
    )
    effect(run, "test", rule, before, metric)


decision(run)
