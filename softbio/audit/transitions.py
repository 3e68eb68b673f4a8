"""What changed from one run to another: faces fixed, faces broken, faces that both get wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from softbio.audit.misclassified import error_table
from softbio.errors import RunError
from softbio.faces.faceset import FaceSet
from softbio.fairness import DecisionRule
from softbio.runs import Run, Selection
from softbio.runs.judging import rule_of, selection_of

__all__ = ["KINDS", "Transitions", "transitions", "transitions_of"]

#: What can become of a face that at least one of two runs gets wrong.
KINDS = ("fixed", "broken", "still_wrong")


@dataclass(frozen=True, eq=False)
class Transitions:
    """The faces that a run or its baseline gets wrong.

    Attributes
    ----------
    fixed : DataFrame
        Wrong before, right now. As `misclassified` gives them, with ``baseline_score`` (float32)
        beside ``score``; here the most confident errors of the baseline come first.
    broken : DataFrame
        Right before, wrong now; the most confident errors of the run first.
    still_wrong : DataFrame
        Wrong before and now, ordered as `broken`.
    n : ndarray, shape (G, 2), int64
        Faces that both have scored, by group and label.
    groups : tuple of str
    """

    fixed: pd.DataFrame
    broken: pd.DataFrame
    still_wrong: pd.DataFrame
    n: np.ndarray
    groups: tuple[str, ...]

    def counts(self, kind: str) -> np.ndarray:
        """Count the faces of one of `KINDS` by group and label, shape (G, 2), int64."""
        table = getattr(self, kind)
        found = np.zeros((len(self.groups), 2), dtype=np.int64)
        group = pd.Index(self.groups).get_indexer(table["group"])
        np.add.at(found, (group, table["label"].to_numpy()), 1)
        return found


def transitions(
    run: Run,
    baseline: Run,
    split: str = "val_select",
    rule: DecisionRule | None = None,
    baseline_rule: DecisionRule | None = None,
    faces: FaceSet | None = None,
) -> Transitions:
    """Compare the errors of a run with those of a baseline, face by face.

    Faces are matched by file name, as `softbio.runs.judging.judge_pair` matches them; labels,
    groups and rows are those of `run`.

    Parameters
    ----------
    run, baseline : Run
    split : str
        Of `run`.
    rule, baseline_rule : DecisionRule, optional
        What makes predictions of each run's scores; None: see `softbio.runs.judging.rule_of`.
    faces : FaceSet, optional
        The set of `run`, which the split ``reviewed`` needs.

    Raises
    ------
    RunError
        If there is no face of the split that both have scored.
    """
    chosen = selection_of(run, split, (), faces)
    before = _scores_on(baseline, chosen)
    if np.isnan(before).all():
        raise RunError(
            f"{run.id} and {baseline.id} have no face of the split {split!r} in common, so they "
            "cannot be compared. Compare runs of one face set."
        )
    rules = rule_of(run, None, rule), rule_of(baseline, None, baseline_rule)
    return transitions_of(chosen, before, *rules)


def transitions_of(
    chosen: Selection, before: np.ndarray, rule: DecisionRule, baseline_rule: DecisionRule
) -> Transitions:
    """Return the same where the faces and the baseline's scores are at hand.

    Parameters
    ----------
    chosen : Selection
        With the run's scores.
    before : ndarray, shape (n,), float32
        The baseline's scores of these faces, NaN where it has none.
    rule, baseline_rule : DecisionRule
    """
    both = ~np.isnan(before)
    truth = chosen.label == 1
    wrong = _predict(rule, chosen, chosen.score) != truth
    # A score that is not there is decided somehow, and left out by `both`.
    wrong_before = _predict(baseline_rule, chosen, np.nan_to_num(before)) != truth
    n = np.zeros((len(chosen.groups), 2), dtype=np.int64)
    np.add.at(n, (chosen.group[both], chosen.label[both]), 1)
    return Transitions(
        fixed=_table(chosen, both & wrong_before & ~wrong, before, by_baseline=True),
        broken=_table(chosen, both & ~wrong_before & wrong, before),
        still_wrong=_table(chosen, both & wrong_before & wrong, before),
        n=n,
        groups=chosen.groups,
    )


def _scores_on(run: Run, chosen: Selection) -> np.ndarray:
    """Return a run's score of each face of a selection, float32; NaN where it has none."""
    frame = run.predictions().frame
    place = pd.Index(frame["filename"]).get_indexer(chosen.filename)
    score = frame["score"].to_numpy(dtype=np.float32, na_value=np.nan)[place]
    return np.where(place >= 0, score, np.float32(np.nan))


def _predict(rule: DecisionRule, chosen: Selection, score: np.ndarray) -> np.ndarray:
    return rule.predict(score, chosen.column, chosen.column_groups)


def _table(
    chosen: Selection, which: np.ndarray, before: np.ndarray, *, by_baseline: bool = False
) -> pd.DataFrame:
    table = error_table(chosen, np.flatnonzero(which))
    at = np.searchsorted(chosen.row, table["row"].to_numpy())
    table.insert(4, "baseline_score", before[at])
    if by_baseline:
        distance = (table["label"] - table["baseline_score"].astype(np.float64)).abs()
        table = table.iloc[np.argsort(-distance.to_numpy(), kind="stable")]
    return table.reset_index(drop=True)
