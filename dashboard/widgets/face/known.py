"""What is known of one face: of the photograph, of its person, of what a run says."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.widgets.loading import load_predictions
from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.fairness import DecisionRule
from softbio.runs import Run
from softbio.runs.judging import has_scores

__all__ = ["Known", "Said", "known_of", "said_of"]

#: Scores are kept this far from 0 and 1, so that a loss is finite, as Keras does.
_CLOSEST = 1e-7


@dataclass(frozen=True)
class Said:
    """What a run says of a face.

    Attributes
    ----------
    score : float
    scored : bool
        Whether it is a score, not an imported label.
    prediction : int or None
        None where the rule needs a group that is not known.
    threshold : float or None
        What stands between 0 and 1 for this face, on the scale of `score`; None where the rule
        calibrates or needs a group that is not known.
    loss : float or None
        Cross-entropy of the score; None without a label or a score.
    out_of_sample : bool
        Whether the network did not train on this face.
    """

    score: float
    scored: bool
    prediction: int | None
    threshold: float | None
    loss: float | None
    out_of_sample: bool


@dataclass(frozen=True)
class Known:
    """What is known of a face, apart from what people say of it.

    Attributes
    ----------
    filename, split : str
    group : str
        Empty where unknown.
    label, true_label : int or None
        `true_label` in synthetic sets alone.
    identity : int or None
    photographs : ndarray, shape (m,), int64
        Rows of this person's other photographs; empty where it is not known who it is.
    holding, lacking, unknown : tuple of str
        Names of the attributes.
    said : Said or None
        None without a run, or where the run has no score of the face.
    """

    filename: str
    split: str
    group: str
    label: int | None
    true_label: int | None
    identity: int | None
    photographs: np.ndarray
    holding: tuple[str, ...]
    lacking: tuple[str, ...]
    unknown: tuple[str, ...]
    said: Said | None

    @property
    def right(self) -> bool | None:
        """Whether the prediction is the label; None where either is not known."""
        if self.label is None or self.said is None or self.said.prediction is None:
            return None
        return self.said.prediction == self.label

    @property
    def verdict(self) -> str:
        """The prediction in words: ``wrong: a false negative``."""
        if self.said is None:
            return ""
        if self.said.prediction is None:
            return "no prediction: the rule needs a group, and this face's is not known"
        if self.right is None:
            return f"predicted {self.said.prediction}; there is no label"
        if self.right:
            return "right"
        return f"wrong: a false {'negative' if self.label else 'positive'}"


def known_of(
    faces: FaceSet, row: int, run: Run | None = None, rule: DecisionRule | None = None
) -> Known:
    """Return what is known of a face; `run` was made from these faces."""
    line = faces.table.iloc[row]
    label = _number(line["label"])
    identity = _number(line["identity"])
    group_code = _number(line[faces.group_column])
    group = "" if group_code is None else faces.group_names.get(group_code, "")
    values = {name: _number(line[name]) for name in faces.attributes}
    photographs = np.zeros(0, np.int64)
    if identity is not None:
        same = faces.table["identity"].to_numpy(dtype=np.int64, na_value=-1) == identity
        same[row] = False
        photographs = np.flatnonzero(same)
    return Known(
        filename=str(line["filename"]),
        split=str(line["split"]),
        group=group,
        label=label,
        true_label=_number(line.get("true_label")),
        identity=identity,
        photographs=photographs,
        holding=tuple(name for name, value in values.items() if value == 1),
        lacking=tuple(name for name, value in values.items() if value == 0),
        unknown=tuple(name for name, value in values.items() if value is None),
        said=None if run is None or rule is None else said_of(run, rule, row, label, group),
    )


def said_of(run: Run, rule: DecisionRule, row: int, label: int | None, group: str) -> Said | None:
    """Return what a run says of the face in a row of its set; None where it has no score of it."""
    predictions = load_predictions(run)
    line = predictions.frame.iloc[row]
    if pd.isna(line["score"]):
        return None
    score = np.float32(line["score"])
    groups = tuple(predictions.groups.values())
    place = groups.index(group) if group in groups else -1
    prediction: int | None
    try:
        prediction = int(rule.predict(np.array([score]), np.array([place]), groups)[0])
    except DataError:
        prediction = None
    scored = has_scores(run)
    loss = None
    if scored and label is not None:
        chance = min(max(float(score), _CLOSEST), 1 - _CLOSEST)
        loss = -math.log(chance if label else 1 - chance)
    return Said(
        score=float(score),
        scored=scored,
        prediction=prediction,
        threshold=_threshold(rule, group),
        loss=loss,
        out_of_sample=bool(line["out_of_sample"]),
    )


def _threshold(rule: DecisionRule, group: str) -> float | None:
    if rule.calibration is not None:
        return None
    if rule.kind == "per_group":
        return rule.thresholds.get(group)
    return rule.threshold


def _number(value: object) -> int | None:
    return None if value is None or pd.isna(value) else int(value)  # type: ignore[call-overload]
