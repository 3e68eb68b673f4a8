"""Fairness: what each group gets from a run, at any threshold, and who gains against another."""

import streamlit as st

from dashboard.widgets.choice import choose
from dashboard.widgets.curves import training_curves
from dashboard.widgets.evaluations import evaluate_run, split_sizes
from dashboard.widgets.loading import load_predictions
from dashboard.widgets.matrices import confusion_matrices
from dashboard.widgets.metrics_table import metrics_table
from dashboard.widgets.numbers import percent, points
from dashboard.widgets.pickers import done_runs, pick_run, pick_split, pick_threshold, run_caption
from dashboard.widgets.told import tells_errors
from dashboard.widgets.who_paid import who_paid
from softbio.fairness import METRICS, Evaluation
from softbio.runs import Run

NOBODY = "none"

st.caption("What each group gets from a run's predictions, and who gains or loses.")
runs = done_runs()
left, right = st.columns(2)
with left:
    run = pick_run(runs)
if run is None:
    st.stop()
with left:
    st.caption(run_caption(run))
with right:
    others = [other.id for other in runs if other.id != run.id]
    baseline_id = choose(
        "Compare with",
        [NOBODY, *others],
        "baseline",
        help="A second run: each group's change against it is shown, since the Fair Metric also "
        "rises when the better group gets worse.",
    )
    baseline = next((other for other in runs if other.id == baseline_id), None)
    if baseline is not None:
        st.caption(run_caption(baseline))
        if baseline.config.data_fingerprint != run.config.data_fingerprint:
            st.warning(
                "The two runs were made from different face sets, so they are judged on "
                "different faces: read the changes with care.",
                icon=":material/warning:",
            )
split = pick_split(split_sizes(load_predictions(run)))


def headline(name: str, now: Evaluation, before: Evaluation | None) -> None:
    """Show an overall metric as a large figure."""
    metric = METRICS[name]
    value = now.overall[name]
    delta = None
    if before is not None:
        delta = f"{points(value - before.overall[name]).replace('−', '-')} points"
    st.metric(metric.title, percent(value), delta, border=True, help=metric.description)


@st.fragment
@tells_errors
def results(run: Run, baseline: Run | None, split: str) -> None:
    """Everything that depends on the threshold, drawn anew when only it changes."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        threshold = pick_threshold()
        shown = choose(
            "Matrices show",
            ["counts", "shares"],
            "matrix",
            segments=True,
            shown={"counts": "counts", "shares": "row shares"}.__getitem__,
            help="Row shares: out of the faces with this label, how many got which prediction.",
        )
    now = evaluate_run(run, split, threshold)
    before = None if baseline is None else evaluate_run(baseline, split, threshold)
    with st.grid(4, min_column_width=170):
        for name in ("fair_metric", "balanced_fair_metric", "worst_cell_accuracy", "accuracy"):
            headline(name, now, before)
    if before is not None and baseline is not None:
        who_paid(before, now, baseline.id)
    matrices, metrics = st.columns([1, 1], gap="medium")
    with matrices:
        st.header("Confusion matrices", anchor=False)
        confusion_matrices(now.counts.values, now.groups, shares=shown == "shares")
    with metrics:
        st.header("Metrics", anchor=False)
        metrics_table(now, before)
    with st.expander("What these mean", icon=":material/help:"):
        names = [row.metric for row in now.rows()]
        names += [METRICS[name] for name in ("fair_metric", "balanced_fair_metric")]
        st.markdown("\n".join(f"- **{one.title}**: {one.description}" for one in names))


results(run, baseline, split)
history = run.history()
if len(history):
    st.header("Training", anchor=False)
    best = run.state.best_epoch
    if best:
        st.caption(f"The weights of epoch {best} were kept.")
    training_curves(history, list(run.config.groups.values()), key="curves")
