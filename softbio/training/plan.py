"""What a training trains on: the faces, their labels and their weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.config import TrainConfig
from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.training.balancing import over_sample, under_sample
from softbio.training.corrections import Corrections
from softbio.training.weights import face_weights

__all__ = ["TrainingPlan", "plan_training", "trainable"]


@dataclass(frozen=True, eq=False)
class TrainingPlan:
    """The faces that a training goes through in each epoch, and those that judge it.

    Attributes
    ----------
    groups : tuple of str
    rows : ndarray, shape (n,), int64
        Rows of the face set; a row stands there more than once when over-sampled.
    labels : ndarray, shape (n,), float32
        0 or 1.
    group : ndarray, shape (n,), int64
        Index into `groups`.
    weights : ndarray, shape (n,), float32
    val_rows, val_labels, val_group : ndarray, shape (m,)
        The faces of ``val_select`` that have a label and a known group.
    left_out : int
        Faces of the training split without a label or a known group, or corrected away.
    notes : tuple of str
        What a person should know, a sentence each.
    """

    groups: tuple[str, ...]
    rows: np.ndarray
    labels: np.ndarray
    group: np.ndarray
    weights: np.ndarray
    val_rows: np.ndarray
    val_labels: np.ndarray
    val_group: np.ndarray
    left_out: int
    notes: tuple[str, ...]


def plan_training(
    faces: FaceSet,
    config: TrainConfig,
    corrections: Corrections | None = None,
    *,
    without: np.ndarray | None = None,
) -> TrainingPlan:
    """Choose, balance and weigh the training faces.

    Parameters
    ----------
    faces : FaceSet
    config : TrainConfig
    corrections : Corrections, optional
        What is trained on in place of given labels. Validation keeps the given ones, so that
        trainings on corrected labels and on given ones are watched by the same figures.
    without : ndarray of int, optional
        Rows that are held out.

    Raises
    ------
    DataError
        If the set holds no images, no face can be trained on, or balancing needs a cell that is empty.
    ConfigError
        If a weight names a group that the set does not have.
    """
    faces.needs_images("Training")
    groups = tuple(faces.group_names.values())
    given, group = faces.labels(), faces.group_index()
    labels = given if corrections is None else corrections.labels(faces)
    split = faces.rows("train")
    rows = trainable(faces, labels)
    if without is not None:
        rows = np.setdiff1d(rows, without, assume_unique=True)
    if not len(rows):
        raise DataError(
            f"The face set {faces.name} has no face to train on: its training split holds "
            f"{len(split)} faces, and none of them has both a label and a known group."
        )
    sampled = rows[_sample(config, labels[rows], group[rows], groups)]
    trust = None if corrections is None else corrections.weights(len(faces))[sampled]
    weights = face_weights(config, labels[sampled], group[sampled], groups, trust)
    val = faces.rows("val_select")
    val = val[(given[val] >= 0) & (group[val] >= 0)]
    return TrainingPlan(
        groups=groups,
        rows=sampled,
        labels=labels[sampled].astype(np.float32),
        group=group[sampled],
        weights=weights.astype(np.float32),
        val_rows=val,
        val_labels=given[val],
        val_group=group[val],
        left_out=len(split) - len(rows),
        notes=(
            *_notes(
                config, len(split), _unknown(faces, corrections), len(rows), len(sampled), len(val)
            ),
            *(() if corrections is None else corrections.notes()),
        ),
    )


def trainable(faces: FaceSet, labels: np.ndarray) -> np.ndarray:
    """Return the rows of the training split with a known group and a label among `labels` (N,)."""
    split = faces.rows("train")
    return split[(labels[split] >= 0) & (faces.group_index()[split] >= 0)]


def _unknown(faces: FaceSet, corrections: Corrections | None) -> int:
    """Count the training faces of which the label or the group is not known."""
    labels = faces.labels()
    if corrections is not None:  # what people took away was known
        labels[corrections.rows] = np.maximum(corrections.given, corrections.label)
    return len(faces.rows("train")) - len(trainable(faces, labels))


def _sample(
    config: TrainConfig, labels: np.ndarray, group: np.ndarray, groups: tuple[str, ...]
) -> np.ndarray:
    by, seed = config.balancing.by, config.seed
    if config.balancing.method == "under_sample":
        return under_sample(labels, group, groups, by, seed)
    if config.balancing.method == "over_sample":
        return over_sample(labels, group, groups, by, seed)
    return np.arange(len(labels))


def _notes(
    config: TrainConfig, split: int, unknown: int, usable: int, sampled: int, val: int
) -> list[str]:
    notes = [f"Trains on {sampled:,} of {split:,} training faces; {val:,} faces validate."]
    if unknown:
        notes.append(f"{unknown:,} training faces without a label or a known group are left out.")
    if sampled != usable:
        verb = "Under-sampled" if sampled < usable else "Over-sampled"
        notes.append(
            f"{verb} by {config.balancing.by}, in the training split only: "
            f"{usable:,} faces became {sampled:,}."
        )
    if config.loss.name == "focal":
        alpha = f"α = {config.loss.alpha:g}"
        if not config.loss.class_balancing:
            notes.append(f"{alpha} has no effect: class balancing is off.")
        else:
            notes.append(
                f"{alpha} counts: label 1 weighs {config.loss.alpha:g}, "
                f"label 0 {1 - config.loss.alpha:g}."
            )
    if not val:
        notes.append(
            "No face validates: every validation figure is undefined, and the last epoch is kept."
        )
    return notes
