"""What a trained run leaves behind: predictions and embeddings of all faces."""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import pandas as pd

from softbio.faces.faceset import FaceSet
from softbio.runs import Run, replacing, write_atomically
from softbio.training.corrections import Corrections
from softbio.training.plan import TrainingPlan
from softbio.training.validation import sigmoid

__all__ = ["out_of_fold", "write_results"]

_FLOAT16_MAX = float(np.finfo(np.float16).max)


def write_results(
    run: Run,
    faces: FaceSet,
    plan: TrainingPlan,
    outputs: Iterable[tuple[np.ndarray, np.ndarray]],
    ranges: dict[str, list[int]],
    corrections: Corrections | None = None,
) -> None:
    """Write ``predictions.parquet``, ``embeddings.npy`` and ``embeddings.json``.

    Parameters
    ----------
    run : Run
    faces : FaceSet
    plan : TrainingPlan
        Its rows were trained on; all other faces are out of sample.
    outputs : iterable of (ndarray (b, 1), ndarray (b, D))
        Logits and embeddings of all faces, in the set's order, batch by batch.
    ranges : dict of str to [int, int]
        Columns of each block.
    corrections : Corrections, optional
        The faces in it have ``label_version`` 1: they were trained on as people corrected them.
        ``label`` is the given one.
    """
    count = len(faces)
    width = max((stop for _, stop in ranges.values()), default=0)
    logits = np.empty(count, dtype=np.float32)
    with replacing(run.path / "embeddings.npy") as sibling:
        embeddings = np.lib.format.open_memmap(
            sibling, mode="w+", dtype=np.float16, shape=(count, width)
        )
        start = 0
        for logit, embedding in outputs:
            stop = start + len(logit)
            logits[start:stop] = logit[:, 0]
            embeddings[start:stop] = np.clip(embedding, -_FLOAT16_MAX, _FLOAT16_MAX)
            start = stop
        embeddings.flush()
        del embeddings
    write_atomically(run.path / "embeddings.json", json.dumps(ranges, indent=2).encode() + b"\n")
    trained_on = np.zeros(count, dtype=bool)
    trained_on[plan.rows] = True
    corrected = np.zeros(count, dtype=np.int32)
    if corrections is not None:
        corrected[corrections.rows] = 1
    frame = faces.table[["filename", "split", "label", faces.group_column]].assign(
        score=sigmoid(logits), out_of_sample=~trained_on, label_version=corrected
    )
    run.write_predictions(frame)


def out_of_fold(
    frame: pd.DataFrame, rows: np.ndarray, score: np.ndarray, fold: np.ndarray
) -> pd.DataFrame:
    """Return predictions in which the faces `rows` have the scores of the folds that held them out.

    Parameters
    ----------
    frame : DataFrame
        As `write_results` writes it.
    rows, score, fold : ndarray, shape (n,)
        `fold` from 1.
    """
    every = frame["score"].to_numpy(dtype=np.float32).copy()
    every[rows] = score
    folds = pd.array(np.zeros(len(frame), np.int16), dtype="Int16")
    folds[:] = pd.NA
    folds[rows] = fold
    unseen = frame["out_of_sample"].to_numpy(dtype=bool).copy()
    unseen[rows] = True
    return frame.assign(score=every, fold=folds, out_of_sample=unseen)
