"""Whose turn it is: one training at a time, first come, first trained."""

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
def turn(store: RunStore, run: Run) -> Iterator[None]:
    """Wait until nobody trains and no older run waits; hold the turn inside the block.

    The lock is the operating system's: it is free again when its holder ends,
    however that happens. Trainings started in the shell do not ask for it.

    Raises
    ------
    CancelledError
        If the run is no longer queued, or was asked to stop, before its turn.
    """
    lock = FileLock(store.path / ".training.lock")
    while True:
        if run.cancel_requested or run.state.status != "queued":
            raise CancelledError(f"The run {run.id} was cancelled before its turn.")
        if is_next(store, run):
            try:
                lock.acquire(timeout=0)
            except Timeout:
                pass
            else:
                break
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        lock.release()


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


def _folders(path: Path) -> Iterator[Path]:
    return (record.parent for record in path.glob("*/job.json"))


def _waits(store: RunStore, run_id: str) -> bool:
    # A process that trains holds the lock, so that only those that wait matter here.
    return store.get(run_id).state.status == "queued"
