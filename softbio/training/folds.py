"""Folds: every training face gets a score of a network that has not seen it, nor its person.

Each fold is a training of its own in a folder of the run, with checkpoints, so that a run that is
killed in the third fold goes on there.
"""

from __future__ import annotations

import shutil
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from softbio.config import TrainConfig
from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.runs import Run, RunState, replacing
from softbio.runs.state import write_state
from softbio.training.batches import steps_per_epoch
from softbio.training.checkpoint import remove_checkpoints
from softbio.training.corrections import Corrections
from softbio.training.plan import plan_training, trainable
from softbio.training.reporter import Reporter
from softbio.training.results import out_of_fold
from softbio.training.session import FORWARD, Session
from softbio.training.validation import sigmoid

__all__ = [
    "check_folds",
    "folds_of",
    "folds_path",
    "part",
    "steps_of_folds",
    "train_folds",
    "trained_fold",
]

_SCORES = "scores.npz"


def folds_path(run: Run) -> Path:
    """Return the folder of what the folds have given so far; it goes when they are done."""
    return run.path / "folds"


def folds_of(
    rows: np.ndarray, cell: np.ndarray, person: np.ndarray | None, count: int, seed: int
) -> np.ndarray:
    """Part faces into folds that keep people together and cells as equally spread as they can be.

    Parameters
    ----------
    rows : ndarray, shape (n,), int64
        Rows of the face set; named where there are too few.
    cell : ndarray, shape (n,), int64
        Group × label of each.
    person : ndarray, shape (n,), int64, or None
        Who is on each; None: everybody is somebody else.
    count : int
        At least 2.
    seed : int

    Returns
    -------
    ndarray, shape (n,), int64
        0 … count − 1; every fold has a face.

    Raises
    ------
    DataError
        If there are fewer people than folds, or a fold has no face.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    who = rows if person is None else person
    people = len(np.unique(who))
    if people < count:
        raise DataError(
            f"{count} folds need {count} people to train on, and there are {people}. "
            "Set folds to fewer, or pack more faces."
        )
    fold = np.empty(len(rows), dtype=np.int64)
    alone = people == len(rows)
    kind = StratifiedKFold if alone else StratifiedGroupKFold
    # A cell of fewer faces than folds is missing in some of them, which nothing can change.
    # Where all cells are that small, they are not told apart.
    spread = cell if np.bincount(cell).max() >= count else np.zeros_like(cell)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class")
        parts = kind(count, shuffle=True, random_state=seed).split(
            rows, spread, None if alone else who
        )
        for number, (_, held_out) in enumerate(parts):
            fold[held_out] = number
    if len(np.unique(fold)) < count:
        raise DataError(
            f"{people} people with {len(rows)} faces to train on cannot fill {count} folds. "
            "Set folds to fewer, or pack more faces."
        )
    return fold


def part(
    faces: FaceSet, config: TrainConfig, corrections: Corrections | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the training faces, rows of the set, and the fold of each; as `folds_of`."""
    labels = faces.labels() if corrections is None else corrections.labels(faces)
    rows = trainable(faces, labels)
    cell = 2 * faces.group_index()[rows] + labels[rows]
    return rows, folds_of(rows, cell, _people(faces, rows), config.folds, config.seed)


def check_folds(faces: FaceSet, config: TrainConfig, corrections: Corrections | None) -> None:
    """Refuse folds that cannot be trained, before any training.

    Raises
    ------
    DataError
        If there are too few people, or a fold holds out all faces of a cell that is balanced.
    """
    rows, fold = part(faces, config, corrections)
    for number in range(config.folds):
        try:
            plan_training(faces, config, corrections, without=rows[fold == number])
        except DataError as error:
            raise DataError(
                f"Fold {number + 1} of {config.folds} cannot be trained. {error} Or train without "
                "folds."
            ) from None


def train_folds(
    run: Run, faces: FaceSet, corrections: Corrections | None, reporter: Reporter
) -> float:
    """Train a network for each fold that is left, and put their scores into the predictions.

    Parameters
    ----------
    run : Run
        Whose own network is trained already.
    faces : FaceSet
    corrections : Corrections or None
    reporter : Reporter

    Returns
    -------
    float
        Seconds that this sitting took.

    Raises
    ------
    CancelledError
        If it was asked to stop; finished folds are kept for a resumption.
    """
    config = run.config.training
    rows, fold = part(faces, config, corrections)
    score = np.full(len(rows), np.nan, dtype=np.float32)
    seconds = 0.0
    for number in range(config.folds):
        held_out = fold == number
        place = folds_path(run) / str(number + 1)
        known = _read_scores(place, rows[held_out])
        if known is None:
            known, taken = _train_fold(
                run, faces, corrections, reporter, place, number, rows[held_out]
            )
            seconds += taken
        score[held_out] = known
    run.write_predictions(
        out_of_fold(run.predictions().frame, rows, score, (fold + 1).astype(np.int16))
    )
    shutil.rmtree(folds_path(run), ignore_errors=True)
    return seconds


def steps_of_folds(
    run: Run, faces: FaceSet, corrections: Corrections | None, after: int = 0
) -> int:
    """Return about how many steps the folds behind the first `after` take, for the time left."""
    config = run.config.training
    if config.folds < 2:
        return 0
    steps = steps_per_epoch(plan_training(faces, config, corrections), config)
    share = (config.folds - 1) / config.folds
    return round((config.folds - after) * config.epochs * steps * share)


def _people(faces: FaceSet, rows: np.ndarray) -> np.ndarray | None:
    """Return who is on each face; whoever is not known is somebody of their own."""
    if not faces.has_identities:
        return None
    identity = faces.table["identity"].iloc[rows]
    known = identity.notna().to_numpy()
    person = np.empty(len(rows), dtype=np.int64)
    person[known] = np.unique(identity[known].to_numpy(dtype=np.int64), return_inverse=True)[1]
    person[~known] = len(rows) + np.arange((~known).sum())
    return person


def trained_fold(
    run: Run,
    faces: FaceSet,
    corrections: Corrections | None,
    reporter: Reporter,
    place: Path,
    number: int,
    held_out: np.ndarray,
    hook: Callable[[Session], None] | None = None,
) -> Session:
    """Train the network of a fold, or go on with it; the weights that are kept are in it then.

    Parameters
    ----------
    run : Run
        Whose config says how.
    faces : FaceSet
    corrections : Corrections or None
    reporter : Reporter
    place : Path
        Folder of its own for checkpoints and history; `remove_checkpoints` cleans it.
    number : int
        From 0.
    held_out : ndarray of int
        Rows that it must not see.
    hook : callable, optional
        Called after each epoch; what it raises ends the training.
    """
    config = run.config.training
    place.mkdir(parents=True, exist_ok=True)
    workshop = Run(place)
    if not (place / "config.json").exists():
        write_state(place / "state.json", RunState())
        with replacing(place / "config.json") as sibling:
            shutil.copyfile(run.path / "config.json", sibling)
    session = Session(
        workshop,
        faces,
        plan_training(faces, config, corrections, without=held_out),
        reporter,
        None if hook is None else lambda row: hook(session),
        phase=f"fold {number + 1} of {config.folds}",
        steps_after=steps_of_folds(run, faces, corrections, after=number + 1),
    )
    session.train()
    session.keep()
    return session


def _train_fold(
    run: Run,
    faces: FaceSet,
    corrections: Corrections | None,
    reporter: Reporter,
    place: Path,
    number: int,
    held_out: np.ndarray,
) -> tuple[np.ndarray, float]:
    """Train on all but the faces `held_out`; return their scores and the seconds it took."""
    from softbio.networks.trainer import forward

    session = trained_fold(run, faces, corrections, reporter, place, number, held_out)
    pixels = faces.batches(held_out, FORWARD)
    logits = [output[:, 0] for output in forward(session.trainer.scorer, pixels, FORWARD)]
    score = sigmoid(np.concatenate(logits))
    with replacing(place / _SCORES) as sibling, sibling.open("wb") as file:
        np.savez(file, rows=held_out, score=score)
    remove_checkpoints(session.run)
    return score, session.seconds


def _read_scores(place: Path, held_out: np.ndarray) -> np.ndarray | None:
    """Return what a finished fold gave; None where it is not finished or was of other faces."""
    try:
        with np.load(place / _SCORES, allow_pickle=False) as kept:
            score: np.ndarray = kept["score"]
            return score if np.array_equal(kept["rows"], held_out) else None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
