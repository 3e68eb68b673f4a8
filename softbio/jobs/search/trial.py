"""One trial: its folds are trained, and all training faces are judged by who has not seen them."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import FileLock, Timeout

from softbio.errors import CancelledError
from softbio.faces.faceset import FaceSet
from softbio.fairness import GroupCounts, predict_at
from softbio.jobs.search.fold_outputs import (
    FoldOutputs,
    logits_of,
    outputs_of,
    read_outputs,
    write_outputs,
)
from softbio.runs import Progress, Run
from softbio.training.checkpoint import remove_checkpoints
from softbio.training.corrections import Corrections, read_corrections
from softbio.training.folds import folds_path, part, trained_fold
from softbio.training.head import HeadData, fit_head
from softbio.training.refit import fitted_rows
from softbio.training.reporter import Reporter
from softbio.training.results import out_of_fold
from softbio.training.session import Session
from softbio.training.validation import sigmoid

__all__ = ["Shared", "Spent", "carry_out"]

#: Shares of the first fold's epochs after which a trial is first looked at.
_STATIONS = (1 / 3, 2 / 3)
_PAUSE = 0.5
_THRESHOLD = 0.5

#: Told of a step and of the faces that are judged so far; raises where the trial is given up.
Report = Callable[[int, GroupCounts], None]


@dataclass(frozen=True)
class Spent:
    """What a trial took.

    Attributes
    ----------
    epochs : int
        Of all folds together.
    seconds : float
        Of training, in all sittings, and of refits.
    """

    epochs: int
    seconds: float


@dataclass(frozen=True)
class Shared:
    """Folds that all trials have in common, since they differ in their last layers alone.

    Attributes
    ----------
    path : Path
        Folder in the search's own.
    """

    path: Path


@dataclass(frozen=True, eq=False)
class _Work:
    run: Run
    faces: FaceSet
    corrections: Corrections | None
    reporter: Reporter
    report: Report
    shared: Shared | None
    fitted_on: tuple[str, ...]
    rows: np.ndarray
    fold: np.ndarray


def carry_out(
    run: Run,
    faces: FaceSet,
    report: Report,
    *,
    shared: Shared | None = None,
    fitted_on: tuple[str, ...] = (),
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[GroupCounts, Spent]:
    """Train the folds of a trial that are left, and write its predictions.

    Every fold is trained without the people that it holds out and then scores them. With settings
    of a refit, the last layer of its network is fitted anew first. The folds' folder stays, so that
    a trial that is killed goes on where it was, and ends with the same scores.

    Parameters
    ----------
    run : Run
        A trial's.
    faces : FaceSet
    report : callable
        Told of steps 0 and 1 (a third and two thirds of the first fold's epochs, not where the last
        layer is refitted), then 2 and so on after each fold but the last; what it raises ends the
        trial.
    shared : Shared, optional
    fitted_on : tuple of str
        Where the last layers of these trials are fitted, of the shared folds.
    progress, stop : callable, optional
        As `softbio.training.fit.fit` takes them.

    Returns
    -------
    counts : GroupCounts, shape (G, 2, 2)
        Of all training faces with a given label, at a threshold of one half.
    spent : Spent

    Raises
    ------
    CancelledError
        If it was asked to stop.
    SoftbioError
        What a person can mend.
    """
    corrections = read_corrections(run, faces)
    rows, fold = part(faces, run.config.training, corrections)
    head = run.config.head
    score = np.full(len(rows), np.nan, dtype=np.float32)
    epochs, seconds = 0, 0.0
    with Reporter(run, progress, stop) as reporter:
        work = _Work(
            run, faces, corrections, reporter, report, shared,
            fitted_on or (() if head is None else (head.fitted_on,)), rows, fold,
        )  # fmt: skip
        for number in range(run.config.training.folds):
            outputs, trained = _fold(work, number)  # waits where another worker trains it
            began = time.monotonic()
            score[fold == number] = _scores(work, number, outputs)
            epochs += outputs.epochs if trained else 0
            seconds += time.monotonic() - began + (outputs.seconds if trained else 0.0)
            if number + 1 < run.config.training.folds:
                report(len(_STATIONS) + number, _counts(work, score))
    run.write_predictions(_frame(work, score))
    return _counts(work, score), Spent(epochs, seconds)


def remove_folds(run: Run) -> None:
    """Remove what the folds of a trial left behind; its predictions stay."""
    shutil.rmtree(folds_path(run), ignore_errors=True)


def _fold(work: _Work, number: int) -> tuple[FoldOutputs, bool]:
    """Return what a fold's network says, and whether this trial is what trained it."""
    rows = _needed(work, number)
    if work.shared is None:
        place = folds_path(work.run) / str(number + 1)
        return read_outputs(place, rows) or _train(work, number, place, rows), True
    place = work.shared.path / str(number + 1)
    place.mkdir(parents=True, exist_ok=True)
    lock = FileLock(place / ".lock")
    while True:
        if (known := read_outputs(place, rows)) is not None:
            return known, False
        try:
            with lock.acquire(timeout=0):
                known = read_outputs(place, rows)
                return known or _train(work, number, place, rows), known is None
        except Timeout:  # another worker trains it
            if work.reporter.stop_requested:
                raise CancelledError(f"{work.run.id} was stopped.") from None
            time.sleep(_PAUSE)


def _needed(work: _Work, number: int) -> np.ndarray:
    """Return the rows on which the network of a fold is asked, ascending."""
    needed = [work.rows[work.fold == number]]
    if "val_fit" in work.fitted_on:
        needed.append(fitted_rows(work.run, work.faces))
    if "train" in work.fitted_on:
        needed.append(work.rows)
    return np.unique(np.concatenate(needed))


def _train(work: _Work, number: int, place: Path, rows: np.ndarray) -> FoldOutputs:
    held_out = work.rows[work.fold == number]
    watched = number == 0 and work.run.config.head is None
    session = trained_fold(
        work.run, work.faces, work.corrections, work.reporter, place, number, held_out,
        _watching(work, held_out) if watched else None,
    )  # fmt: skip
    outputs = outputs_of(session, rows, features=work.run.config.head is not None)
    write_outputs(place, outputs)
    remove_checkpoints(session.run)
    return outputs


def _watching(work: _Work, held_out: np.ndarray) -> Callable[[Session], None]:
    """Return what looks at the held out faces at the stations of the first fold."""
    epochs = work.run.config.training.epochs
    stations = {math.ceil(share * epochs): step for step, share in enumerate(_STATIONS)}
    place = np.searchsorted(work.rows, held_out)

    def hook(session: Session) -> None:
        if session.finished or session.epoch not in stations:
            return
        score = np.full(len(work.rows), np.nan, dtype=np.float32)
        with session.trainer.judged():
            score[place] = sigmoid(logits_of(session, held_out))
        work.report(stations[session.epoch], _counts(work, score))

    return hook


def _scores(work: _Work, number: int, outputs: FoldOutputs) -> np.ndarray:
    """Return the scores of the faces that a fold holds out, after the refit if there is one."""
    held_out = work.fold == number
    head = work.run.config.head
    if head is None:
        return sigmoid(outputs.logits_of(work.rows[held_out]))
    group = work.faces.group_index()
    label, weight = work.faces.labels(), np.ones(len(work.faces), dtype=np.float32)
    if head.fitted_on == "train" and work.corrections is not None:
        label = work.corrections.labels(work.faces)
        weight = work.corrections.weights(len(work.faces))
    if head.fitted_on == "train":
        fitted = work.rows[~held_out]
        fitted = fitted[label[fitted] >= 0]
    else:
        fitted = fitted_rows(work.run, work.faces)
    data = HeadData(
        outputs.features_of(fitted).astype(np.float32),
        label[fitted],
        group[fitted],
        tuple(work.faces.group_names.values()),
        weight[fitted],
    )
    return fit_head(data, head).scores(outputs.features_of(work.rows[held_out]))


def _counts(work: _Work, score: np.ndarray) -> GroupCounts:
    """Count the faces that are scored so far and have a given label."""
    label = work.faces.labels()[work.rows]
    judged = ~np.isnan(score) & (label >= 0)
    return GroupCounts.from_predictions(
        label[judged],
        predict_at(score[judged], _THRESHOLD),
        work.faces.group_index()[work.rows][judged],
        tuple(work.faces.group_names.values()),
    )


def _frame(work: _Work, score: np.ndarray) -> pd.DataFrame:
    """Return predictions of the training faces alone, each by the network that has not seen it."""
    faces = work.faces
    nobody = np.zeros(len(faces), dtype=bool)
    frame = faces.table[["filename", "split", "label", faces.group_column]].assign(
        score=np.float32(np.nan), out_of_sample=nobody
    )
    return out_of_fold(frame, work.rows, score, (work.fold + 1).astype(np.int16))
