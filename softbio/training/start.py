"""Starting a training and keeping its state true, however it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import psutil
from filelock import FileLock, Timeout

from softbio.config import HeadConfig, TrainConfig
from softbio.errors import CancelledError, RunError, SoftbioError
from softbio.faces.faceset import FaceSet
from softbio.runs import Progress, Run, RunConfig, RunStore, TrialOf
from softbio.runs.published import check as check_published
from softbio.training.checkpoint import remove_checkpoints
from softbio.training.corrections import (
    corrections_of,
    read_corrections,
    same,
    write_corrections,
)
from softbio.training.fit import fit
from softbio.training.folds import check_folds
from softbio.training.plan import plan_training

__all__ = [
    "BusyError",
    "alone",
    "find_or_make",
    "find_or_train",
    "interruption",
    "new_run",
    "train",
]


def new_run(
    store: RunStore,
    faces: FaceSet,
    config: TrainConfig,
    name: str | None = None,
    *,
    head: HeadConfig | None = None,
    search: TrialOf | None = None,
) -> Run:
    """Make a queued run for a face set; corrected labels are frozen into it as they are now.

    Parameters
    ----------
    store : RunStore
    faces : FaceSet
    config : TrainConfig
    name : str, optional
    head : HeadConfig, optional
        Of a trial that is refitted before it is judged.
    search : TrialOf, optional
        The search that it is a trial of.

    Raises
    ------
    DataError, ConfigError
        If the set and the config do not go together, or the network's published weights cannot
        be had: said now, and not when the run's turn has come.
    RunError
        If the run's folder cannot be written.
    """
    config.network.check_size(faces.size)
    corrections = corrections_of(faces, config.labels)
    plan_training(faces, config, corrections)
    check_published(config.network)
    if config.folds > 1:
        check_folds(faces, config, corrections)
    run = store.create(
        RunConfig(
            data=str(faces.path.resolve()),
            data_fingerprint=faces.fingerprint,
            name=name or "",
            size=faces.size,
            group_column=faces.group_column,
            groups=faces.group_names,
            train=config,
            head=head,
            search=search,
        )
    )
    write_corrections(run, faces, corrections)
    return run


def train(
    run: Run,
    progress: Callable[[Progress], None] | None = None,
    *,
    on_epoch: Callable[[dict[str, float]], None] | None = None,
) -> Run:
    """Train a run, or go on with one that was stopped, in this process.

    The first Ctrl-C stops the training after the step that it is in, and what
    the finished epochs gave is kept; the second stops everything at once.

    Parameters
    ----------
    run : Run
    progress : callable, optional
        Called after each step.
    on_epoch : callable, optional
        Called with each new line of the history.

    Returns
    -------
    Run
        Whose status is ``done`` or ``cancelled``.

    Raises
    ------
    SoftbioError
        What a person can mend; the state is ``failed`` and holds the sentence.
    RunError
        If the run is done already, or another process trains it.
    """
    if run.config.search is not None:
        raise RunError(
            f"The run {run.id} is trial {run.config.search.trial} of a search and has no network of "
            f"its own: go on with `softbio search --resume {run.config.search.id}`."
        )
    with alone(run):
        if run.state.status == "done":
            raise RunError(f"The run {run.id} is done; there is nothing to go on with.")
        run.update_state(
            status="running",
            started=time.time(),
            finished=None,
            error=None,
            pid=os.getpid(),
            pid_created=psutil.Process().create_time(),
            heartbeat=time.time(),
        )
        with _truth(run), interruption() as interrupted:
            fit(run, _open(run), progress, on_epoch=on_epoch, stop=interrupted)
    return run


def find_or_make(
    store: RunStore, faces: FaceSet, config: TrainConfig, name: str | None = None
) -> Run:
    """Return the newest finished run of this set and config, or one to go on with, or a new one.

    Raises
    ------
    SoftbioError
        As `new_run` does.
    """
    corrections = corrections_of(faces, config.labels)
    made = [
        run
        for run in store.list()
        if run.config.kind == "trained"
        and run.config.search is None
        and run.config.train == config
        and run.config.data_fingerprint == faces.fingerprint
        and same(read_corrections(run, faces), corrections)
    ]
    for run in made:
        if run.state.status == "done":
            return run
    for run in made:
        if run.state.status in ("interrupted", "running", "cancelled"):
            with contextlib.suppress(BusyError), alone(run):
                run.clear_cancel()  # where another process trains it, that is its to hear of
                return run
    return new_run(store, faces, config, name)


def find_or_train(
    store: RunStore,
    faces: FaceSet,
    config: TrainConfig,
    progress: Callable[[Progress], None] | None = None,
    *,
    on_epoch: Callable[[dict[str, float]], None] | None = None,
) -> Run:
    """Return the newest finished run of this set and config; else resume or train one.

    Raises
    ------
    SoftbioError
        As `train` does.
    """
    run = find_or_make(store, faces, config)
    return run if run.state.status == "done" else train(run, progress, on_epoch=on_epoch)


class BusyError(RunError):
    """Another process trains the run."""


@contextmanager
def alone(run: Run) -> Iterator[None]:
    """Hold a run while the block lasts; `RunError` where another process trains it."""
    lock = FileLock(run.path / ".training.lock", timeout=0)
    try:
        with lock:
            yield
    except Timeout:
        raise BusyError(
            f"The run {run.id} is being trained by another process (pid {run.state.pid})."
        ) from None


@contextmanager
def _truth(run: Run) -> Iterator[None]:
    """Write how the block ended to the run's state."""
    try:
        yield
    except (CancelledError, KeyboardInterrupt) as error:
        run.update_state(status="cancelled", finished=time.time())
        if isinstance(error, KeyboardInterrupt):
            raise
    except SoftbioError as error:
        run.update_state(status="failed", finished=time.time(), error=str(error))
        raise
    except OSError as error:
        sentence = f"The run {run.id} cannot be written or its faces read: {error}."
        with contextlib.suppress(OSError, SoftbioError):  # the disk may be full
            run.update_state(status="failed", finished=time.time(), error=sentence)
        raise RunError(sentence) from error
    except BaseException as error:
        sentence = f"softbio failed unexpectedly: {type(error).__name__}: {error}"
        run.update_state(status="failed", finished=time.time(), error=sentence)
        raise
    else:
        run.update_state(status="done", finished=time.time())
        remove_checkpoints(run)


@contextmanager
def interruption() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C into a request to stop; only the main thread can."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def handle(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _open(run: Run) -> FaceSet:
    faces = FaceSet.open(run.config.data)
    if faces.fingerprint != run.config.data_fingerprint:
        raise RunError(
            f"The face set {run.config.data} was packed anew since {run.id} was made: they do not "
            "belong together any more. Make a new run."
        )
    return faces
