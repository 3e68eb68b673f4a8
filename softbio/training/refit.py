"""Refitting a run's last layer: what it is fitted to, and keeping it as a run of its own."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

from softbio.config.head import HeadConfig
from softbio.errors import DataError, RunError
from softbio.faces.faceset import FaceSet
from softbio.runs import Run, RunConfig, RunStore
from softbio.runs.head import HEAD_FILE, Head
from softbio.training.corrections import copy_corrections, read_corrections
from softbio.training.environment import write_environment
from softbio.training.head import HeadData

__all__ = ["FEATURES", "fitted_rows", "head_data", "keep_refit", "last_inputs"]

#: Name of the embeddings' columns that are the inputs of the last layer.
FEATURES = "features"


def last_inputs(run: Run) -> np.ndarray:
    """Return the inputs of the run's last layer on every face.

    Returns
    -------
    ndarray, shape (N, D), float16
        A view of the memory-mapped embeddings: nothing is read until rows are asked for.

    Raises
    ------
    RunError
        If the run has no network, no embeddings yet, or damaged ones.
    """
    _refuse_imported(run)
    values, ranges = run.embeddings()
    if FEATURES not in ranges:
        raise RunError(
            f"The embeddings of {run.id} do not say which columns are the last layer's inputs "
            f"({FEATURES!r}). Train anew."
        )
    start, stop = ranges[FEATURES]
    return values[:, start:stop]


def fitted_rows(run: Run, faces: FaceSet, where: str = "val_fit") -> np.ndarray:
    """Return the rows of the split `where` that have a label and a known group, ascending.

    Raises
    ------
    RunError
        If the run was made on another set.
    DataError
        If there is no such face.
    """
    if faces.fingerprint != run.config.data_fingerprint:
        raise RunError(
            f"{run.id} was made on another packing of the faces than {faces.path}: they do not "
            "belong together. Give the set that it was made on, or train a run on this one."
        )
    rows = faces.rows(where)
    if where == "val_fit" and not len(rows) and len(faces.rows("val")):
        raise DataError(
            f"The face set {faces.name} was packed before validation was cut in two, so no face is "
            "set aside for refits: pack it again and train on it, or fit on the training faces "
            "(--fitted-on train)."
        )
    label, _ = _counted(run, faces, where)
    rows = rows[(label[rows] >= 0) & (faces.group_index()[rows] >= 0)]
    if not len(rows):
        raise DataError(
            f"The face set {faces.name} has no face in its split {where!r} with a label and a "
            f"known {faces.group_column}, so there is nothing to fit the last layer to."
        )
    return rows


def _counted(run: Run, faces: FaceSet, where: str) -> tuple[np.ndarray, np.ndarray]:
    """Return label and weight of each face (N,); of those that train as the training took them."""
    corrections = read_corrections(run, faces) if where == "train" else None
    if corrections is None:
        return faces.labels(), np.ones(len(faces), dtype=np.float32)
    return corrections.labels(faces), corrections.weights(len(faces))


def head_data(run: Run, faces: FaceSet, where: str = "val_fit") -> HeadData:
    """Return the last layer's inputs on the faces of a split that have a label and a group.

    Parameters
    ----------
    run : Run
        Trained, or itself a refit.
    faces : FaceSet
        The set that it was made on.
    where : {"val_fit", "train"}

    Raises
    ------
    RunError
        If the run was made on another set, has no embeddings, or they do not fit the set.
    DataError
        If the split has no such face, or none of one of the labels.
    """
    _refuse_imported(run)
    rows = fitted_rows(run, faces, where)
    values = last_inputs(run)
    if len(values) != len(faces):
        raise RunError(
            f"The embeddings of {run.id} are damaged: {len(values):,} rows for {len(faces):,} "
            "faces. Train anew."
        )
    label, weight = _counted(run, faces, where)
    return HeadData(
        values[rows].astype(np.float32),
        label[rows],
        faces.group_index()[rows],
        tuple(faces.group_names.values()),
        weight[rows],
    )


def keep_refit(
    store: RunStore, run: Run, faces: FaceSet, settings: HeadConfig, head: Head, name: str = ""
) -> Run:
    """Store a refitted last layer as a run like any other, complete in its own folder.

    Weights and embeddings are hard links to the parent's files where the disk can, else copies:
    the parent may be removed. The faces that the layer was fitted to are in-sample from now on.

    Parameters
    ----------
    store : RunStore
    run : Run
        The parent.
    faces : FaceSet
        The set that it was made on.
    settings : HeadConfig
        What `head` was fitted with.
    head : Head
    name : str

    Returns
    -------
    Run
        Done; ``kind`` is ``refit`` and ``parent`` the parent's id. `softbio.predict.predict`
        gives its stored scores, but for the rounding of the embeddings to float16.

    Raises
    ------
    RunError
        If the parent has no verified weights, embeddings or predictions, or the folder cannot
        be written.
    ValueError
        If the head has another width than the parent's last layer.
    """
    _refuse_imported(run)
    fitted = fitted_rows(run, faces, settings.fitted_on)
    scores = head.scores(last_inputs(run))
    frame = run.predictions().frame
    if len(frame) != len(scores):
        raise RunError(
            f"The predictions of {run.id} are damaged: {len(frame):,} for {len(scores):,} faces. "
            "Train anew."
        )
    out_of_sample = frame["out_of_sample"].to_numpy(dtype=bool, copy=True)
    out_of_sample[fitted] = False
    # The refitted layer is the run's own network's, which has seen what its folds held out.
    out_of_sample[frame["fold"].notna().to_numpy()] = False
    run.verify_weights()
    kept = store.create(
        RunConfig(
            kind="refit",
            data=str(faces.path.resolve()),
            data_fingerprint=faces.fingerprint,
            name=name,
            size=run.config.size,
            group_column=run.config.group_column,
            groups=run.config.groups,
            train=run.config.training,
            parent=run.id,
            head=settings,
        )
    )
    try:
        _fill(kept, run, head)
        kept.write_predictions(
            frame.assign(
                score=scores,
                fold=pd.array([pd.NA] * len(frame), dtype="Int16"),
                out_of_sample=out_of_sample,
            )
        )
        kept.update_state(status="done", finished=time.time())
    except BaseException as error:
        store.remove(kept, force=True)
        if isinstance(error, OSError):
            raise RunError(
                f"The refit of {run.id} cannot be kept in {store.path}: {error.strerror}."
            ) from None
        raise
    return kept


def _fill(kept: Run, parent: Run, head: Head) -> None:
    """Bring all files but the predictions into the new run's folder."""
    kept.update_state(
        status="running",
        started=time.time(),
        pid=os.getpid(),
        pid_created=psutil.Process().create_time(),
        heartbeat=time.time(),
    )
    for source in (parent.weights_path, parent.path / "embeddings.npy"):
        _link_or_copy(source, kept.path / source.name)
    shutil.copyfile(parent.path / "embeddings.json", kept.path / "embeddings.json")
    copy_corrections(parent, kept)
    kept.update_state(
        weights_sha256=parent.state.weights_sha256, head_sha256=head.save(kept.path / HEAD_FILE)
    )
    kept.verify_weights()
    write_environment(kept, "numpy", "float32", ["cpu"])


def _link_or_copy(source: Path, target: Path) -> None:
    # A linked file is safe: softbio replaces its files and never changes them in place.
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _refuse_imported(run: Run) -> None:
    if run.config.kind == "imported":
        raise RunError(
            f"{run.id} holds imported predictions and no network, so it has no last layer to refit."
        )
