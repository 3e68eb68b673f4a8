"""What a run is compared with: another run, itself as it stands, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.widgets.choice import choose
from dashboard.widgets.evaluations import DRAGGED, PLAN, Judge, pair_of
from dashboard.widgets.pickers import run_caption
from dashboard.widgets.refit import Draft
from softbio.fairness import METRICS, Comparison, DecisionRule
from softbio.runs import Run
from softbio.runs.judging import rule_of

__all__ = ["Against", "pick_baseline"]

_NOBODY, _ITSELF = "none", "itself"
_SCORES = "_score_changes"


@dataclass(frozen=True)
class Against:
    """The run looked at, and what it is compared with (None: nothing)."""

    run: Run
    baseline: Run | None

    def told(self, draft: Draft | None) -> str:
        """Say what the comparison is with."""
        if self.baseline is None and draft is None:
            return "nothing"
        if self.baseline is None or self.baseline.id == self.run.id:
            return "the run as it stands"
        return self.baseline.id

    def compare(
        self,
        judge: Judge,
        rule: DecisionRule,
        split: str,
        by: tuple[str, ...],
        draft: Draft | None,
        *,
        settled: bool,
    ) -> Comparison | None:
        """Compare what `judge` judges by `rule` with the baseline by its own rule.

        A draft without a baseline is compared with the run that it came from, by the same rule.

        What needs scores takes longest and does not depend on the rule: it is kept from one
        call to the next, and left out for drafts. While a slider is dragged, intervals come from
        fewer replicates.
        """
        baseline, other = self.baseline, None
        if baseline is not None:
            other = rule_of(baseline)
        elif draft is not None:
            baseline, other = self.run, rule
        if baseline is None or other is None:
            return None
        pair = pair_of(baseline, self.run, split, by)
        quick = pair.compare(judge, rule, other, PLAN if settled else DRAGGED, scores=False)
        if draft is not None:
            return quick
        kept = st.session_state.get(_SCORES)
        if kept is None or kept[0] != (judge, pair):
            full = pair.compare(judge, rule, other, PLAN, scores=True)
            scored = {
                name: change
                for name, change in full.metrics.items()
                if METRICS[name.removeprefix("all:")].needs == "scores"
            }
            kept = ((judge, pair), scored)
            st.session_state[_SCORES] = kept
        return replace(quick, metrics=quick.metrics | kept[1])


def pick_baseline(run: Run, runs: Sequence[Run]) -> Against:
    """Let the reader choose what `run` is compared with."""
    others = {other.id: other for other in runs if other.id != run.id}
    names = {_NOBODY: "nothing", _ITSELF: "this run as it stands"}
    chosen = choose(
        "Compare with",
        [_NOBODY, _ITSELF, *others],
        "baseline",
        shown=lambda one: names.get(one, one),
        help="Each group's change against it is shown, since the Fair Metric also rises when the "
        "better group gets worse. It is judged by its own rule: moving a threshold here moves "
        "only the run on the left.",
    )
    if chosen == _NOBODY:
        return Against(run, None)
    baseline = run if chosen == _ITSELF else others[chosen]
    told = "" if chosen == _ITSELF else f"{run_caption(baseline)} · "
    st.caption(f"{told}{rule_of(baseline).sentence}")
    if baseline.config.data_fingerprint != run.config.data_fingerprint:
        st.warning(
            "The two runs were made from different face sets; only faces with the same name are "
            "compared. Read the changes with care.",
            icon=":material/warning:",
        )
    return Against(run, baseline)
