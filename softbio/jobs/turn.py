"""Whose turn it is: first come, first trained, and only so many at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from softbio.errors import CancelledError
from softbio.jobs.record import read_record
from softbio.runs import Run, RunStore

__all__ = ["is_next", "turn"]

_PAUSE = 0.25


@contextmanager
def turn(store: RunStore, run: Run, at_once: int = 1) -> Iterator[None]:
    """Wait until a place is free and no older run waits; hold the place inside the block.

    A place is a lock of the operating system's: it is free again when its holder ends, however
    that happens. Trainings started in the shell do not ask for one.

    Parameters
    ----------
    store : RunStore
    run : Run
    at_once : int
        How many places there are, as this process sees it.

    Raises
    ------
    CancelledError
        If the run is no longer queued, or was asked to stop, before its turn.
    """
    while True:
        if run.cancel_requested or run.state.status != "queued":
            raise CancelledError(f"The run {run.id} was cancelled before its turn.")
        place = _take_place(store, at_once) if is_next(store, run) else None
        if place is not None:
            break
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        place.release()


def is_next(store: RunStore, run: Run) -> bool:
    """Tell whether no run that was queued before `run` waits with a living process."""
    mine = read_record(run.path)
    if mine is None:
        return True
    for other in _folders(store.path):
        record = read_record(other)
        if (
            record is not None
            and other.name != run.id
            and (record.queued, other.name) < (mine.queued, run.id)
            and record.alive
            and _waits(store, other.name)
        ):
            return False
    return True


def _take_place(store: RunStore, at_once: int) -> FileLock | None:
    """Return the lock of a free place, held; None where all are taken."""
    for number in range(1, at_once + 1):
        lock = FileLock(
            store.path / (f".training-{number}.lock" if number > 1 else ".training.lock")
        )
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        return lock
    return None


def _folders(path: Path) -> Iterator[Path]:
    return (record.parent for record in path.glob("*/job.json"))


def _waits(store: RunStore, run_id: str) -> bool:
    # A process that trains holds a place, so that only those that wait matter here.
    return store.get(run_id).state.status == "queued"
