"""Judging runs at any rule, fast: what does not depend on the rule is computed once."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.widgets.loading import faces_of_run, load_predictions
from softbio.errors import DataError, RunError
from softbio.faces.faceset import FaceSet
from softbio.fairness import (
    Comparison,
    DecisionRule,
    IntervalPlan,
    common_rule,
    compare,
)
from softbio.runs import REVIEWED, Predictions, Run, Selection
from softbio.runs.judging import Judge, judge_of, nothing_to_judge

__all__ = [
    "DRAGGED",
    "PLAN",
    "SPLITS",
    "Judge",
    "Pair",
    "at_hand",
    "faces_or_none",
    "judge_run",
    "pair_of",
    "prepare",
    "rejudged",
    "select_run",
    "split_key",
    "split_sizes",
]

SPLITS = ("val_select", "val_fit", "train", "test")
#: How certain each figure is.
PLAN = IntervalPlan()
#: The same from fewer replicates, while a slider is dragged.
DRAGGED = replace(PLAN, replicates=200)

_PREPARED: weakref.WeakSet[Judge] = weakref.WeakSet()


def split_sizes(predictions: Predictions, faces: FaceSet | None = None) -> dict[str, int]:
    """Return how many faces of each split can be judged.

    Parameters
    ----------
    predictions : Predictions
    faces : FaceSet, optional
        With it, the test faces that people reviewed blind are a split too.
    """
    sizes = {split: len(predictions.select(split)) for split in SPLITS}
    if faces is not None:
        sizes[REVIEWED] = len(predictions.select(REVIEWED, faces=faces))
    return sizes


def split_key(run: Run, split: str) -> str:
    """Return what stands for a split in the key of a cache: reviews go on."""
    from softbio.faces.reviews import Reviews

    faces = faces_or_none(run) if split == REVIEWED else None
    return split if faces is None else f"{split} {Reviews.open(faces).version}"


def faces_or_none(run: Run) -> FaceSet | None:
    """Return the set that a run was made from, None where it is gone or was packed anew."""
    try:
        return faces_of_run(run)
    except DataError:
        return None


def select_run(run: Run, split: str, by: Sequence[str] = ()) -> Selection:
    """Return the faces of `split` that can be judged; `RunError` if there are none."""
    chosen = load_predictions(run).select(split, by, faces_or_none(run))
    if not len(chosen):
        raise RunError(nothing_to_judge(run, split))
    return chosen


def judge_run(
    run: Run, split: str, by: Sequence[str] = (), intervals: IntervalPlan | None = None
) -> Judge:
    """Return the judge of the faces of a split, the same one each time.

    Raises
    ------
    RunError
        If no face of the split can be judged.
    """
    chosen = select_run(run, split, by)
    changed = (run.path / "predictions.parquet").stat().st_mtime_ns
    people = chosen.person is not None
    key = split_key(run, split)
    return _judge(run, chosen, str(run.path), changed, key, tuple(by), people, intervals)


@st.cache_resource(show_spinner=False, max_entries=32)
def _judge(
    _run: Run,
    _chosen: Selection,
    path: str,
    changed: int,
    split: str,
    by: tuple[str, ...],
    people: bool,
    intervals: IntervalPlan | None,
) -> Judge:
    del path, changed, split, by, people  # the key
    return judge_of(_run, _chosen, intervals)


def at_hand(judge: Judge, rule: DecisionRule) -> Judge:
    """Return `judge`, or while it is not prepared a twin that answers at once.

    The intervals of what needs scores take seconds at tens of thousands of faces: the page is
    painted without them first, see `prepare`.
    """
    if judge in _PREPARED or rule.calibration is not None or not judge.scored:
        return judge
    return Judge(judge.selection, judge.intervals, quick=True)


def prepare(judge: Judge) -> bool:
    """Compute what `at_hand` left out; return whether there was anything to compute."""
    if judge in _PREPARED or not judge.scored:
        return False
    judge.at(common_rule(0.5))
    _PREPARED.add(judge)
    return True


def rejudged(judge: Judge, score: np.ndarray) -> Judge:
    """Return a judge of the same faces with other scores, as a refitted last layer gives them.

    It knows no intervals of what needs scores, see `Judge`.
    """
    return Judge(replace(judge.selection, score=score), judge.intervals, quick=True)


@dataclass(frozen=True, eq=False)
class Pair:
    """The baseline's scores on the faces of a selection, where it has any.

    Attributes
    ----------
    both : ndarray, shape (m,), int64
        Places in the selection of the faces that both have scored.
    score : ndarray, shape (m,), float32
        The baseline's.
    scored : bool
        Whether these are scores, not imported labels.
    """

    both: np.ndarray
    score: np.ndarray
    scored: bool

    def compare(
        self,
        judge: Judge,
        rule: DecisionRule,
        baseline_rule: DecisionRule,
        plan: IntervalPlan,
        *,
        scores: bool,
    ) -> Comparison:
        """Compare what `judge` judges with the baseline, as `judge_pair` does.

        Parameters
        ----------
        scores : bool
            Whether what needs scores is compared too, which takes longest.
        """
        chosen, both = judge.selection, self.both
        scored = scores and judge.scored and self.scored
        return compare(
            chosen.label[both],
            judge.predict(rule)[both],
            self._predict(chosen, baseline_rule),
            chosen.group[both],
            chosen.groups,
            score=chosen.score[both] if scored else None,
            baseline_score=self.score if scored else None,
            person=None if chosen.person is None else chosen.person[both],
            plan=plan,
        )

    def _predict(self, selection: Selection, rule: DecisionRule) -> np.ndarray:
        return rule.predict(self.score, selection.column[self.both], selection.column_groups)


def pair_of(baseline: Run, run: Run, split: str, by: Sequence[str] = ()) -> Pair:
    """Return the baseline's scores on the faces of a run's split, matched by filename.

    Raises
    ------
    RunError
        If there is no face that both have scored.
    """
    chosen = select_run(run, split, by)
    times = [(one.path / "predictions.parquet").stat().st_mtime_ns for one in (baseline, run)]
    paths = (str(baseline.path), str(run.path))
    pair = _pair(baseline, chosen, paths, tuple(times), split_key(run, split), tuple(by))
    if not len(pair.both):
        raise RunError(
            f"{run.id} and {baseline.id} have no face of this split in common, so they cannot be "
            "compared. Compare runs of one face set."
        )
    return pair


@st.cache_resource(show_spinner=False, max_entries=32)
def _pair(
    _baseline: Run,
    _chosen: Selection,
    paths: tuple[str, str],
    times: tuple[int, ...],
    split: str,
    by: tuple[str, ...],
) -> Pair:
    del paths, times, split, by  # the key
    frame = load_predictions(_baseline).frame
    place = pd.Index(frame["filename"]).get_indexer(_chosen.filename)
    scores = frame["score"].to_numpy(dtype=np.float32, na_value=np.nan)[place]
    both = np.flatnonzero((place >= 0) & ~np.isnan(scores))
    imported = _baseline.config.imported
    return Pair(both, scores[both], imported is None or imported.scores)
