"""How runs are judged: one way, under the page, the command and the report alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from softbio.errors import ConfigError, DataError, RunError
from softbio.faces.faceset import FaceSet
from softbio.fairness import (
    DecisionRule,
    Evaluation,
    GroupCounts,
    IntervalPlan,
    ScoreFigures,
    common_rule,
    evaluate_counts,
    intervals_of,
    score_figures,
)
from softbio.runs.predictions import Selection
from softbio.runs.run import Run
from softbio.runs.unjudged import nothing_to_judge

if TYPE_CHECKING:
    from softbio.fairness.comparison import Comparison

__all__ = [
    "Judge",
    "faces_of",
    "has_scores",
    "judge",
    "judge_of",
    "judge_pair",
    "nothing_to_judge",
    "rule_of",
    "selection_of",
    "trained_on_judged",
]

#: What makes predictions of scores where nothing was decided.
_HALF = 0.5


class Judge:
    """Judges the same faces at one rule after another; what no rule changes is computed once.

    Parameters
    ----------
    selection : Selection
        The faces.
    intervals : IntervalPlan, optional
        How certain each figure is; None: not asked.
    scored : bool
        Whether the scores are scores; False for imported labels, of which what
        needs scores is undefined.
    quick : bool
        Leave out the intervals of what needs scores: they take seconds, too long for scores that
        change while a slider is dragged.
    """

    def __init__(
        self,
        selection: Selection,
        intervals: IntervalPlan | None = None,
        *,
        scored: bool = True,
        quick: bool = False,
    ) -> None:
        self.selection = selection
        self.intervals = intervals
        self.scored = scored
        self.quick = quick
        self._known: dict[str | None, ScoreFigures] = {}

    def at(self, rule: DecisionRule, intervals: IntervalPlan | None = None) -> Evaluation:
        """Return what each group gets when `rule` decides.

        Parameters
        ----------
        rule : DecisionRule
        intervals : IntervalPlan, optional
            In place of the judge's own for what is computed from counts, as with fewer
            replicates while a slider is dragged.

        Raises
        ------
        DataError
            If the rule needs the group of a face whose group is unknown.
        """
        chosen = self.selection
        prediction = self.predict(rule)
        figures = self._figures(rule)
        bounds = None
        plan = intervals or self.intervals
        if plan is not None:
            bounds = intervals_of(
                chosen.label,
                prediction,
                chosen.group,
                chosen.groups,
                plan,
                chosen.person,
                None if figures is None else figures.intervals,
            )
        return evaluate_counts(
            GroupCounts.from_predictions(chosen.label, prediction, chosen.group, chosen.groups),
            threshold=rule.threshold,
            rule=rule,
            score_figures=figures,
            intervals=bounds,
        )

    def predict(self, rule: DecisionRule) -> np.ndarray:
        """Return which faces `rule` predicts 1, bool, shape (n,)."""
        chosen = self.selection
        return rule.predict(chosen.score, chosen.column, chosen.column_groups)

    def _figures(self, rule: DecisionRule) -> ScoreFigures | None:
        """Return what needs scores; they are the calibrated ones where the rule calibrates."""
        if not self.scored:
            return None
        key = None if rule.calibration is None else rule.calibration.model_dump_json()
        if key not in self._known:
            chosen = self.selection
            score = rule.calibrated(chosen.score, chosen.column, chosen.column_groups)
            plan = None if self.quick else self.intervals
            self._known[key] = score_figures(
                chosen.label, score, chosen.group, chosen.groups, chosen.person, plan
            )
        return self._known[key]


def judge(
    run: Run,
    split: str = "val_select",
    *,
    by: Sequence[str] = (),
    faces: FaceSet | None = None,
    threshold: float | None = None,
    rule: DecisionRule | None = None,
    intervals: IntervalPlan | None = None,
) -> Evaluation:
    """Judge a run on one of its splits.

    Parameters
    ----------
    run : Run
    split : str
        One of `softbio.faces.SPLITS`, or `softbio.runs.REVIEWED`: the test faces that people
        reviewed blind in a random sample, against what they say; it needs `faces`.
    by : sequence of str
        One or two columns to group by; empty: the group column.
    faces : FaceSet, optional
        The set that was scored, see `faces_of`. It tells who is on each photograph, without
        which intervals take every face for another person's, and what else to group by.
    threshold, rule : optional
        What makes predictions of scores; neither: see `rule_of`.
    intervals : IntervalPlan, optional
        None: no intervals.

    Raises
    ------
    RunError
        If there are no predictions, or no face of the split can be judged.
    ConfigError
        If the faces cannot be grouped by the columns, or the threshold is outside 0 … 1.
    """
    chosen = selection_of(run, split, by, faces)
    return judge_of(run, chosen, intervals).at(rule_of(run, threshold, rule))


def judge_pair(
    run: Run,
    baseline: Run,
    split: str = "val_select",
    *,
    by: Sequence[str] = (),
    faces: FaceSet | None = None,
    threshold: float | None = None,
    baseline_threshold: float | None = None,
    intervals: IntervalPlan | None = None,
    tolerance: float = 0.005,
) -> Comparison:
    """Compare a run with a baseline on the faces of a split of `run` that both have scored.

    Parameters
    ----------
    run, baseline : Run
    split, by, faces : optional
        As `judge` takes them; groups, labels and people are those of `run`.
    threshold, baseline_threshold : float, optional
        None: each run's own rule, see `rule_of`.
    intervals : IntervalPlan, optional
        None: the default plan.
    tolerance : float
        How much a group may lose and still not be called worse off, as a share.

    Raises
    ------
    RunError
        If there is no face that both have scored.
    """
    chosen, scores, both = _in_common(run, baseline, split, by, faces)
    column, names = chosen.column[both], chosen.column_groups
    score, other = chosen.score[both], scores[both]
    scored = has_scores(run) and has_scores(baseline)
    from softbio.fairness.comparison import compare

    return compare(
        chosen.label[both],
        rule_of(run, threshold).predict(score, column, names),
        rule_of(baseline, baseline_threshold).predict(other, column, names),
        chosen.group[both],
        chosen.groups,
        score=score if scored else None,
        baseline_score=other if scored else None,
        person=None if chosen.person is None else chosen.person[both],
        plan=intervals or IntervalPlan(),
        tolerance=tolerance,
    )


def trained_on_judged(
    run: Run,
    baseline: Run,
    split: str = "val_select",
    *,
    by: Sequence[str] = (),
    faces: FaceSet | None = None,
) -> tuple[int, int]:
    """Count the faces that `judge_pair` judges by and that each of the two was trained on.

    A baseline made from another set of the same photographs may know faces that the run held out,
    and they flatter it. Of imported predictions nobody knows: 0.
    """
    chosen, _, both = _in_common(run, baseline, split, by, faces)
    judged = chosen.filename[both]
    return _trained_on(run, judged), _trained_on(baseline, judged)


def rule_of(
    run: Run, threshold: float | None = None, rule: DecisionRule | None = None
) -> DecisionRule:
    """Return what makes predictions of a run's scores.

    That is `rule`; or one `threshold` for everybody; or the rule that is stored with the run;
    or, where nothing was ever decided, the threshold one half.

    Raises
    ------
    ConfigError
        If both are given, or the threshold is outside 0 … 1.
    """
    if rule is not None and threshold is not None:
        raise ConfigError("Give a threshold or a rule, not both.")
    if rule is not None:
        return rule
    if threshold is None:
        return run.rule() or common_rule(_HALF)
    if not 0.0 <= threshold <= 1.0:
        raise ConfigError(f"The threshold must lie in 0 … 1. Received: {threshold:g}.")
    return common_rule(threshold)


def judge_of(run: Run, chosen: Selection, intervals: IntervalPlan | None = None) -> Judge:
    """Return the judge of a run's faces."""
    return Judge(chosen, intervals, scored=has_scores(run))


def selection_of(
    run: Run, split: str, by: Sequence[str] = (), faces: FaceSet | None = None
) -> Selection:
    """Return the faces of a split that can be judged; `RunError` if there are none."""
    chosen = run.predictions().select(split, by, faces)
    if not len(chosen):
        raise RunError(nothing_to_judge(run, split))
    return chosen


def faces_of(run: Run) -> FaceSet:
    """Open the face set that a run was made from.

    Raises
    ------
    DataError
        If it is not where it was, or was packed anew since.
    """
    path = Path(run.config.data)
    if not path.exists():
        raise DataError(f"The face set of {run.id} is not at {path} any more. Put it back there.")
    faces = FaceSet.open(path)
    if faces.fingerprint != run.config.data_fingerprint:
        raise DataError(
            f"{path} was packed anew since {run.id} was made, so its faces may be others. Train "
            "again on the set as it is now."
        )
    return faces


def _in_common(
    run: Run, baseline: Run, split: str, by: Sequence[str], faces: FaceSet | None
) -> tuple[Selection, np.ndarray, np.ndarray]:
    """Return the run's faces, the baseline's scores of them, and which ones both have scored."""
    chosen = selection_of(run, split, by, faces)
    scores = _scores_of(baseline, chosen.filename)
    both = np.flatnonzero(~np.isnan(scores))
    if not len(both):
        raise RunError(
            f"{run.id} and {baseline.id} have no face of the split {split!r} in common, so they "
            "cannot be compared. Compare runs of one face set."
        )
    return chosen, scores, both


def _trained_on(run: Run, filenames: np.ndarray) -> int:
    """Count the faces that a run was trained on."""
    if run.config.kind == "imported":
        return 0
    frame = run.predictions().frame
    place = pd.Index(frame["filename"]).get_indexer(filenames)
    return int((~frame["out_of_sample"].to_numpy(dtype=bool)[place[place >= 0]]).sum())


def _scores_of(run: Run, filenames: np.ndarray) -> np.ndarray:
    """Return the run's score of each face, float32; NaN where it has none."""
    frame = run.predictions().frame
    place = pd.Index(frame["filename"]).get_indexer(filenames)
    scores = frame["score"].to_numpy(dtype=np.float32, na_value=np.nan)[place]
    return np.where(place >= 0, scores, np.float32(np.nan))


def has_scores(run: Run) -> bool:
    """Return whether a run has scores: imported predictions may be labels alone."""
    return run.config.imported is None or run.config.imported.scores
