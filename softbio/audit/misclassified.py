"""The faces that a run gets wrong, the most confident errors first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from softbio.errors import ConfigError
from softbio.fairness import DecisionRule, common_rule
from softbio.runs import Predictions, Selection

__all__ = ["error_table", "misclassified"]


def misclassified(
    predictions: Predictions,
    split: str,
    threshold: float = 0.5,
    group: str | None = None,
    label: int | None = None,
    *,
    rule: DecisionRule | None = None,
) -> pd.DataFrame:
    """Return the misclassified faces of a split.

    There are exactly as many as the confusion matrices of
    ``predictions.evaluate(split, threshold)`` count as wrong.

    Parameters
    ----------
    predictions : Predictions
    split : str
    threshold : float
        A score above it means 1.
    group : str, optional
        Only the faces of this group.
    label : {0, 1}, optional
        Only the faces with this label: 0 gives false positives, 1 false negatives.
    rule : DecisionRule, optional
        What makes predictions of scores, in place of the threshold.

    Returns
    -------
    DataFrame
        ``filename`` (str), ``group`` (str), ``label`` (int8), ``score``
        (float32) and ``row`` (int64, the face's row in its set), ordered by how
        far the score is from the label, then by row.

    Raises
    ------
    RunError
        If there is no such split.
    ConfigError
        If there is no such group or label, or the threshold is outside 0 … 1.
    """
    faces = predictions.select(split)
    if group is not None and group not in faces.groups:
        raise ConfigError(
            f"There is no group {group!r}. The groups are: {', '.join(faces.groups)}."
        )
    if label not in (None, 0, 1):
        raise ConfigError(f"A label is 0 or 1. Received: {label!r}.")
    if not 0.0 <= threshold <= 1.0:
        raise ConfigError(f"The threshold must lie in 0 … 1. Received: {threshold:g}.")
    decide = rule or common_rule(threshold)
    wrong = decide.predict(faces.score, faces.column, faces.column_groups) != (faces.label == 1)
    if group is not None:
        wrong &= faces.group == faces.groups.index(group)
    if label is not None:
        wrong &= faces.label == label
    return error_table(faces, np.flatnonzero(wrong))


def error_table(faces: Selection, places: np.ndarray) -> pd.DataFrame:
    """Return some faces of a selection as `misclassified` does.

    Parameters
    ----------
    faces : Selection
    places : ndarray, shape (m,), int
        Of the faces in the selection, ascending.
    """
    # In float64: the distance of tiny scores from 1 would be rounded away in float32.
    distance = np.abs(faces.label[places] - faces.score[places].astype(np.float64))
    places = places[np.argsort(-distance, kind="stable")]
    names = np.array(faces.groups, dtype=object)
    return pd.DataFrame(
        {
            "filename": pd.array(faces.filename[places], dtype="str"),
            "group": pd.array(names[faces.group[places]], dtype="str"),
            "label": faces.label[places],
            "score": faces.score[places],
            "row": faces.row[places],
        }
    )
