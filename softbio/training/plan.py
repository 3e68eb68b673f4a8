"""What a training trains on: the faces, their labels and their weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from softbio.config import TrainConfig
from softbio.config.named import cell_values
from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.fairness import METRICS, GroupCounts, evaluate_counts
from softbio.training.balanced_batches import balances_batches
from softbio.training.balancing import (
    over_sample,
    part_sizes,
    parts,
    target_shares,
    under_sample,
)
from softbio.training.corrections import Corrections
from softbio.training.plan_notes import balancing_notes, loss_notes, network_notes, weight_notes
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
    variants : ndarray, shape (n,), bool
        Repeated faces that are shown as new variants: all but the first of each row, with
        ``augment_minority``.
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
    variants: np.ndarray
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
        If a weight or a flip rate names a group that the set does not have.
    """
    faces.needs_images("Training")
    groups = tuple(faces.group_names.values())
    cell_values(config.loss.flip_rates, groups, "loss.flip_rates", otherwise=0.0)  # or refuses
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
    chosen = _sample(config, labels[rows], group[rows], groups)
    sampled = rows[chosen]
    repeated = np.diff(sampled, prepend=-1) == 0  # `chosen` ascends
    variants = repeated & (config.balancing.method == "augment_minority")
    trust = None if corrections is None else corrections.weights(len(faces))[sampled]
    drawn = _drawn(config, labels[sampled], group[sampled], groups)
    weights = face_weights(config, labels[sampled], group[sampled], groups, trust, drawn)
    val = faces.rows("val_select")
    val = val[(given[val] >= 0) & (group[val] >= 0)]
    return TrainingPlan(
        groups=groups,
        rows=sampled,
        variants=variants,
        labels=labels[sampled].astype(np.float32),
        group=group[sampled],
        weights=weights.astype(np.float32),
        val_rows=val,
        val_labels=given[val],
        val_group=group[val],
        left_out=len(split) - len(rows),
        notes=(
            *_notes(len(split), _unknown(faces, corrections), len(np.unique(sampled)), len(val)),
            *_watch_notes(config, given[val], group[val], groups),
            *balancing_notes(
                config, groups, labels[rows], group[rows], chosen, int(variants.sum())
            ),
            *weight_notes(config),
            *loss_notes(config),
            *network_notes(config),
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
    """Return the places of the faces of an epoch, ascending."""
    balancing = config.balancing
    sample = {
        "under_sample": under_sample,
        "over_sample": over_sample,
        "augment_minority": over_sample,
    }.get(balancing.method)
    if sample is None or not balancing.mixture:
        return np.arange(len(labels))
    return sample(labels, group, groups, balancing.by, config.seed, balancing.mixture)


def _drawn(
    config: TrainConfig, labels: np.ndarray, group: np.ndarray, groups: tuple[str, ...]
) -> np.ndarray | None:
    """Return how often each face is shown against the others, (n,); None: all equally often."""
    balancing = config.balancing
    if not balances_batches(config):
        return None
    sizes = part_sizes(labels, group, groups, balancing.by)
    shares = np.array(target_shares(sizes, balancing.mixture), dtype=np.float64)
    often: np.ndarray = (shares / sizes)[parts(labels, group, balancing.by)]
    return often


def _watch_notes(
    config: TrainConfig, labels: np.ndarray, group: np.ndarray, groups: tuple[str, ...]
) -> list[str]:
    """Say so where the faces that validate do not give the figure that is watched."""
    watch = config.early_stopping
    watched = watch.restore_best or watch.patience is not None
    if not len(labels) or not watched or watch.monitor == "loss":
        return []
    counts = GroupCounts.from_predictions(labels, labels, group, groups)
    if not math.isnan(evaluate_counts(counts).overall[watch.monitor]):
        return []
    missing = [
        f"{name} with label {label}"
        for place, name in enumerate(groups)
        for label in (0, 1)
        if not ((group == place) & (labels == label)).any()
    ]
    return [
        f"No face of {' or '.join(missing)} validates, so {METRICS[watch.monitor].title} is "
        "undefined there: no epoch is the best, and the last one is kept."
    ]


def _notes(split: int, unknown: int, shown: int, val: int) -> list[str]:
    notes = [f"Trains on {shown:,} of {split:,} training faces; {val:,} faces validate."]
    if unknown:
        notes.append(f"{unknown:,} training faces without a label or a known group are left out.")
    if not val:
        notes.append(
            "No face validates: every validation figure is undefined, and the last epoch is kept."
        )
    return notes
