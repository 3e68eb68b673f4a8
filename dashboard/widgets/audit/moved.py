"""What became of another run's errors: fixed, broken, still wrong."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.widgets.audit.wrong_panels import ERRORS
from dashboard.widgets.choice import choose
from dashboard.widgets.evaluations import judge_run, pair_of
from dashboard.widgets.numbers import count, percent
from dashboard.widgets.pickers import done_runs, run_caption
from dashboard.widgets.plain_table import plain_table
from softbio.audit.transitions import Transitions, transitions_of
from softbio.fairness import DecisionRule, Evaluation
from softbio.runs import Run
from softbio.runs.judging import rule_of

__all__ = ["moved_faces", "moved_table", "pick_other"]

_NOBODY = "none"


def pick_other(run: Run) -> Run | None:
    """Let the reader choose a run whose errors these are compared with; None: nobody's."""
    others = {other.id: other for other in done_runs() if other.id != run.id}
    if not others:
        return None
    chosen = choose(
        "Compare with",
        [_NOBODY, *others],
        "baseline",
        shown=lambda one: "nothing" if one == _NOBODY else _named(others[one]),
        help="Which of its errors this run has fixed, which are new, and which remain. It is "
        "judged by its own rule.",
    )
    if chosen == _NOBODY:
        return None
    other = others[chosen]
    st.caption(f"{run_caption(other)} · {rule_of(other).sentence}")
    return other


def moved_faces(run: Run, baseline: Run, split: str, rule: DecisionRule) -> Transitions:
    """Return what became of the faces that both runs have scored."""
    chosen = judge_run(run, split).selection
    pair = pair_of(baseline, run, split)
    before = np.full(len(chosen), np.nan, dtype=np.float32)
    before[pair.both] = pair.score
    return transitions_of(chosen, before, rule, rule_of(baseline))


def moved_table(evaluation: Evaluation, moved: Transitions) -> None:
    """Show how many errors of each kind were fixed, broken, and remain."""
    fixed, broken, still = (moved.counts(kind) for kind in ("fixed", "broken", "still_wrong"))
    lines = []
    for label in (1, 0):
        for index, group in enumerate(moved.groups):
            n = int(moved.n[index, label])
            cells = [fixed + still, fixed, broken, still, broken + still]
            lines.append(
                [
                    f"{group[:1].upper()}{group[1:]}: {ERRORS[label]}",
                    count(n),
                    *(_counted(int(cell[index, label]), n) for cell in cells),
                ]
            )
    plain_table(
        ["", "faces", "wrong before", "fixed", "broken", "still wrong", "wrong now"],
        lines,
        label="What became of the errors, by group and label",
        key="moved_table",
    )
    left_out = evaluation.n - int(moved.n.sum())
    if left_out:
        st.caption(
            f"{count(left_out)} face{'' if left_out == 1 else 's'} that the other run has not "
            "scored stand in neither."
        )


def _named(run: Run) -> str:
    return f"{run.name} ({run.id})" if run.name else run.id


def _counted(cell: int, n: int) -> str:
    return f"{count(cell)} ({percent(cell / n if n else None)})"
