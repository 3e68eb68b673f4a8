"""Fairness: what each group gets from a run, how sure that is, who paid, and what would change it."""

from urllib.parse import urlencode

import streamlit as st

from dashboard.widgets.against import Against, pick_baseline
from dashboard.widgets.choice import choose
from dashboard.widgets.confusion import MODES, confusion_matrices
from dashboard.widgets.curves import training_curves
from dashboard.widgets.evaluations import (
    DRAGGED,
    PLAN,
    Judge,
    at_hand,
    faces_or_none,
    judge_run,
    prepare,
    select_run,
    split_sizes,
)
from dashboard.widgets.ghost import State, forget_ghost, ghost_of
from dashboard.widgets.headline import headline
from dashboard.widgets.loading import load_predictions
from dashboard.widgets.metrics_table import metrics_tables
from dashboard.widgets.pickers import (
    done_runs,
    pick_groups,
    pick_minimum,
    pick_run,
    pick_split,
    run_caption,
)
from dashboard.widgets.refit import draft_of
from dashboard.widgets.refit_panel import RefitPanel
from dashboard.widgets.score_curves import score_curves
from dashboard.widgets.sight_panel import sight_panel
from dashboard.widgets.threshold_controls import ThresholdControls, rule_address
from dashboard.widgets.told import telling_errors, tells_errors
from dashboard.widgets.who_paid import who_paid
from softbio.fairness import DecisionRule, Evaluation
from softbio.runs import Run
from softbio.runs.judging import has_scores

#: The controls stay in sight while the figures are scrolled.
STICKY = """<style>
@media (min-width: 900px) {
  [data-testid=stColumn]:has(> div > .st-key-controls),
  .st-key-controls { align-self: flex-start; }
  [data-testid=stColumn]:has(.st-key-controls) {
    position: sticky; top: 3.6rem; max-height: calc(100vh - 4.5rem); overflow-y: auto;
    scrollbar-width: thin; padding-right: 0.4rem;
  }
}
</style>"""

st.caption("What each group gets from a run, how sure that is, and who paid for it.")
runs = done_runs()
left, right = st.columns(2)
with left:
    run = pick_run(runs)
if run is None:
    st.stop()
with left:
    st.caption(run_caption(run))
with right:
    against = pick_baseline(run, runs)
faces = faces_or_none(run)
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    split = pick_split(split_sizes(load_predictions(run), faces), run)
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="grouping"):
    by = pick_groups(faces, run.config.group_column)
    minimum = pick_minimum()


@st.fragment
@tells_errors
def results(run: Run, against: Against, split: str, by: tuple[str, ...], minimum: int) -> None:
    """Everything that a slider moves, drawn anew when only that changes."""
    controls, figures = st.columns([3, 9], gap="large")
    with controls, st.container(key="controls"):
        mix = choose(
            "Faces weigh",
            ["natural", "balanced"],
            "mix",
            segments=True,
            help="Natural: every face counts alike, so the commoner label decides. Balanced: "
            "every group and label counts alike. It decides which Fair Metric leads.",
        )
        thresholds = ThresholdControls(run)
        threshold_place = st.container()
        panel = RefitPanel(run, faces)
        refit_place = st.container()
    settled = thresholds.settled and panel.settled
    judge = judge_run(run, split, by, PLAN)
    draft = None
    with controls, telling_errors():
        if panel.settings is not None and faces is not None:
            draft = draft_of(run, faces, panel.settings, judge, split, by, settled=settled)
    shown = at_hand(judge, thresholds.rule) if draft is None else draft.judge
    now = shown.at(thresholds.rule, None if settled else DRAGGED)
    comparison = against.compare(shown, thresholds.rule, split, by, draft, settled=settled)
    place = {**thresholds.values, **panel.values}
    ghost = ghost_of((run.id, split, by), State(now, place), settled)
    before = None if ghost is None else ghost.evaluation
    with figures:
        panel.explain(draft, split)
        headline(now, comparison, before, mix=mix, key="headline")
        who_paid(comparison, against.told(draft), key="who_paid")
        modes = [mode for mode in MODES if mode != "difference" or comparison is not None]
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            st.header("Confusion matrices", anchor=False)
            mode = choose(
                "Matrices show",
                modes,
                "matrix",
                segments=True,
                shown=MODES.__getitem__,
                help="Row %: of the faces with this label, how many got which prediction. Column "
                "%: of the faces with this prediction, how many have which label.",
            )
        address = {"run": run.id, "split": split, **rule_address()}
        if by:
            address |= {"by": by[0], "cross": by[1] if len(by) > 1 else "nothing"}
        clicked = confusion_matrices(
            now.counts.values,
            now.groups,
            mode=mode,
            address=f"errors?{urlencode(address)}",
            baseline=None if comparison is None else comparison.before.values,
            ghost=None if before is None else before.counts.values,
            small=now.small(minimum),
            key="matrices",
        )
        if clicked is not None:
            st.switch_page("views/errors.py", query_params={**address, "cell": clicked.written})
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            st.header("Metrics", anchor=False)
            everything = choose(
                "Metrics shown",
                ["common", "all"],
                "metrics",
                segments=True,
                shown={"common": "the common ones", "all": "all"}.__getitem__,
            )
        metrics_tables(
            now,
            comparison,
            before,
            mix=mix,
            everything=everything == "all",
            minimum=minimum,
            key="metrics",
        )
        sureness(now)
        sight_panel(now)
        curves(shown, thresholds.rule, against, split, by)
        if ghost is not None and ghost.evaluation is not now:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.caption(
                    "Small and grey, and hollow in the bars: the state before the last move."
                )
                st.button("Forget it", key="forget_ghost", type="tertiary", on_click=forget_ghost)
    with threshold_place:
        thresholds.mount({} if ghost is None else ghost.sliders)
    with refit_place:
        panel.mount(draft, {} if ghost is None else ghost.sliders)


def sureness(now: Evaluation) -> None:
    """Say what the intervals are."""
    known = now.intervals
    if known is None:
        return
    told = f"Intervals: {known.level:.0%}, "
    if known.by == "person":
        told += "drawing people with all their faces."
    else:
        told += (
            "drawing faces, since it is not known who is on them; where people appear more than "
            "once, these are too narrow."
        )
    st.caption(told)


def curves(
    judge: Judge, rule: DecisionRule, against: Against, split: str, by: tuple[str, ...]
) -> None:
    """Show what the scores tell at every threshold, where the reader asks for it."""
    if not judge.scored:
        return
    asked = choose(
        "Curves of the scores",
        ["hidden", "shown"],
        "curves",
        segments=True,
        help="ROC, precision and recall, histogram and reliability of each group. Sliders answer "
        "more slowly while they are shown.",
    )
    if asked == "shown":
        baseline = None
        if against.baseline is not None and has_scores(against.baseline):
            baseline = select_run(against.baseline, split, by)
        score_curves(judge.selection, rule, baseline, key="score_curves")


st.html(STICKY)
results(run, against, split, by, minimum)
history = run.history()
if len(history):
    st.header("Training", anchor=False)
    best = run.state.best_epoch
    if best:
        st.caption(f"The weights of epoch {best} were kept.")
    training_curves(history, list(run.config.groups.values()), key="curves")
# What takes seconds comes when everything else can be seen.
if prepare(judge_run(run, split, by, PLAN)):
    st.rerun()
