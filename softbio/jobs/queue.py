"""The queue: trainings that run in processes of their own, one after the other or a few at once.

There is no supervisor that could die. Everything that is known about a job
stands in its run's folder; whoever asks (a page, a server that starts) puts the
queue right by `JobQueue.reconcile`.
"""

from __future__ import annotations

import builtins
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from softbio.errors import RunError
from softbio.jobs.process import end_tree, is_alive, reap, start_detached
from softbio.jobs.record import JobRecord, read_record, write_record
from softbio.runs import Run, RunState, RunStore

__all__ = ["ACTIVE", "CANCEL_PATIENCE", "JobEvents", "JobQueue", "worker_command"]

ACTIVE = ("queued", "running")
#: Seconds that a training gets to obey a cancellation before its processes are ended …
CANCEL_PATIENCE = 20.0
#: … and besides one for so many faces: what the finished epochs gave is still used to score them
#: all. Slower than any machine measured.
FACES_PER_SECOND = 500
#: Seconds without a sign of life after which a run without a living process is given up. A process
#: in another container has a number that means nothing here, but its heartbeat is fresh.
HEARTBEAT_LIMIT = 4.0
#: Seconds without a sign of life after which a process that still exists is taken to hang. Only the
#: queue's own workers are ended for that: somebody may have paused a training in the shell.
HANG_LIMIT = 120.0
#: Processes started for one run in the queue before it is given up.
MAX_ATTEMPTS = 3
#: Seconds after which a queued run that nobody put in the queue is taken to be left behind.
_ORPHAN_LIMIT = 120.0
_LOCK_PATIENCE = 10.0


@dataclass(frozen=True)
class JobEvents:
    """What happened to a run since it was asked about last.

    Attributes
    ----------
    state : RunState
    epochs : DataFrame
        The lines of its history that are new, see ``history.csv``.
    last : int
        The last epoch of the history, 0 if there is none: what to pass as
        `since` next time. It is less than `since` was when a resumed training
        went back to its checkpoint; then later epochs that were read are void.
    """

    state: RunState
    epochs: pd.DataFrame
    last: int


def worker_command(run: Run, at_once: int = 1) -> builtins.list[str]:
    """Return the command line of the process that waits for its turn and trains `run`."""
    return [
        *(sys.executable, "-m", "softbio.jobs.worker"),
        *(run.id, "--models", str(run.path.parent.resolve()), "--at-once", str(at_once)),
    ]


class JobQueue:
    """The trainings of a `RunStore` that wait, run, or ended.

    The protocol (`submit`, `get`, `events`, `cancel`, `resume`, `list`,
    `reconcile`) knows nothing of processes, so that a cluster can stand behind
    it one day. Any number of queues may stand over one store, in any processes.

    Parameters
    ----------
    store : RunStore
    command : callable, optional
        Gives the command line of the process that trains a run, of it and `at_once`.
    at_once : int
        How many of the runs that this queue starts a process for may train at once, with an equal
        share of the cores each. Many small networks take less time so than one after the other.
    """

    def __init__(
        self,
        store: RunStore,
        command: Callable[[Run, int], Sequence[str]] | None = None,
        at_once: int = 1,
    ) -> None:
        self.store = store
        self.at_once = at_once
        self._command = command or worker_command
        self._settled: dict[Path, int] = {}

    def submit(self, run: Run) -> Run:
        """Queue `run`, whose state is ``queued``, and start the process that will train it.

        Raises
        ------
        RunError
            If the run is not waiting to be trained.
        """
        with self._lock():
            if run.state.status != "queued":
                raise RunError(f"The run {run.id} is {run.state.status}; only a new one is queued.")
            self._start(run, JobRecord(time.time(), 0, 0, 0.0))
        return run

    def resume(self, run: Run) -> Run:
        """Queue a run again that was interrupted, cancelled or failed; it goes on where it was.

        Raises
        ------
        RunError
            If the run is done, or under way.
        """
        if run.config.search is not None:
            raise RunError(
                f"The run {run.id} is a trial of the search {run.config.search.id}: go on with that."
            )
        with self._lock():
            status = run.state.status
            if status not in ("interrupted", "cancelled", "failed"):
                raise RunError(f"The run {run.id} is {status}; there is nothing to resume.")
            run.clear_cancel()
            run.update_state(status="queued", error=None, finished=None, pid=None, pid_created=None)
            self._start(run, JobRecord(time.time(), 0, 0, 0.0))
        return run

    def get(self, run_id: str) -> Run:
        """Return the run whose id starts with `run_id`; `RunError` when there is not just one."""
        return self.store.get(run_id)

    def list(self) -> builtins.list[Run]:
        """Return all runs, the newest first, trained from wherever."""
        return self.store.list()

    def events(self, run_id: str, since: int = 0) -> JobEvents:
        """Return a run's state and the epochs that it finished after epoch `since`."""
        run = self.get(run_id)
        history = run.history()
        last = int(history["epoch"].max()) if len(history) else 0
        return JobEvents(run.state, history[history["epoch"] > since], last)

    def cancel(self, run_id: str) -> None:
        """Ask a run to stop: at once if it waits, after the present batch if it trains.

        A training that has not stopped after `CANCEL_PATIENCE` seconds (more
        for a large set, whose faces are scored first) is ended by `reconcile`.
        A run that has ended already stays as it is.
        """
        run = self.get(run_id)
        with self._lock():
            state = run.state
            if state.status not in ACTIVE:
                return
            run.request_cancel()
            if state.status == "queued":
                record = read_record(run.path)
                if record is not None:
                    end_tree(record.pid, record.pid_created)
                if run.state.status in ACTIVE:
                    run.update_state(status="cancelled", finished=time.time())

    def reconcile(self) -> builtins.list[str]:
        """Bring what the folders say in line with the processes there are; cheap.

        Runs whose process is gone become ``interrupted`` (or ``cancelled``, if
        that was asked for), queued runs that lost their process get another,
        and trainings that do not obey a cancellation are ended.

        Returns
        -------
        list of str
            The ids of the runs that were put right.
        """
        reap()
        waiting = self.active()
        if not waiting:
            return []
        try:
            with self._lock(patience=0.0):
                return [run.id for run in waiting if self._put_right(run)]
        except Timeout:
            return []  # another queue over the same store is at it

    def active(self) -> builtins.list[Run]:
        """Return the runs that wait or train, newest first; cheap with any number of others."""
        runs = []
        for run in self.store.list():
            try:
                changed = (run.path / "state.json").stat().st_mtime_ns
                if self._settled.get(run.path) == changed:
                    continue
                if run.state.status in ACTIVE:
                    runs.append(run)
                else:
                    self._settled[run.path] = changed
            except (OSError, RunError):
                continue  # removed meanwhile, or damaged: the list of runs tells of it
        return runs

    def in_line(self) -> builtins.list[Run]:
        """Return the runs that wait, the next one first."""
        waiting = [run for run in self.active() if run.state.status == "queued"]
        return sorted(waiting, key=lambda run: (_queued_at(run), run.id))

    def _put_right(self, run: Run) -> bool:
        state, record = run.state, read_record(run.path)
        if state.status == "queued":
            return self._put_queued_right(run, record)
        if state.status == "running":
            return self._put_running_right(run, state, record)
        return False

    def _put_queued_right(self, run: Run, record: JobRecord | None) -> bool:
        if run.cancel_requested:
            if record is not None:
                end_tree(record.pid, record.pid_created)
            run.update_state(status="cancelled", finished=time.time())
        elif record is None:
            if _age(run.path / "state.json") < _ORPHAN_LIMIT:
                return False
            _interrupt(run, "The process that made this run ended before training began.")
        elif record.alive:
            return False
        elif record.attempts < MAX_ATTEMPTS:
            self._start(run, record)
        else:
            _interrupt(
                run,
                f"Its process ended {record.attempts} times before training began; see "
                f"{run.path / 'log.txt'}.",
            )
        return True

    def _put_running_right(self, run: Run, state: RunState, record: JobRecord | None) -> bool:
        silent = _seconds_since(state.heartbeat)
        if not is_alive(state.pid, state.pid_created):
            if silent < HEARTBEAT_LIMIT:
                return False
            if run.cancel_requested:
                run.update_state(status="cancelled", finished=time.time())
            else:
                _interrupt(run, "The process that trained it ended.")
            return True
        if record is None or not record.alive or record.pid != state.pid:
            return False
        if run.cancel_requested and _age(run.path / "cancel") > _cancel_patience(run, state):
            end_tree(record.pid, record.pid_created)
            run.update_state(status="cancelled", finished=time.time())
            return True
        if silent > HANG_LIMIT:
            end_tree(record.pid, record.pid_created)
            _interrupt(run, f"The process that trained it gave no sign of life for {silent:.0f} s.")
            return True
        return False

    def _start(self, run: Run, record: JobRecord) -> None:
        pid, created = start_detached(self._command(run, self.at_once), run.path / "log.txt")
        write_record(
            run.path, replace(record, attempts=record.attempts + 1, pid=pid, pid_created=created)
        )

    def _lock(self, patience: float = _LOCK_PATIENCE) -> FileLock:
        self.store.path.mkdir(parents=True, exist_ok=True)
        return FileLock(self.store.path / ".jobs.lock", timeout=patience)


def _interrupt(run: Run, reason: str) -> None:
    run.update_state(status="interrupted", finished=time.time(), error=reason)


def _cancel_patience(run: Run, state: RunState) -> float:
    steps = state.progress.steps if state.progress is not None else 0
    return CANCEL_PATIENCE + steps * run.config.training.batch_size / FACES_PER_SECOND


def _queued_at(run: Run) -> float:
    record = read_record(run.path)
    return run.state.created or 0.0 if record is None else record.queued


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _seconds_since(moment: float | None) -> float:
    return float("inf") if moment is None else time.time() - moment
