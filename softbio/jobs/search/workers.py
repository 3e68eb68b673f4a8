"""The processes that work on a search: who they are, and which are alive."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from softbio.cores import cores
from softbio.errors import ConfigError
from softbio.jobs.process import creation_time, is_alive
from softbio.runs import write_atomically

__all__ = [
    "Worker",
    "check_workers",
    "last_words",
    "living",
    "myself",
    "register",
    "sign_off",
    "workers_path",
]


@dataclass(frozen=True)
class Worker:
    """A process, told from a later one with the same number by when it was created.

    Attributes
    ----------
    pid : int
    created : float
        Seconds since the epoch.
    """

    pid: int
    created: float

    @property
    def key(self) -> str:
        """What a trial names it by."""
        return f"{self.pid}-{self.created:.2f}"

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return is_alive(self.pid, self.created)


def workers_path(folder: Path) -> Path:
    """Return the folder of the workers' lines and logs in a search's folder."""
    return folder / "workers"


def myself() -> Worker:
    """Return this process."""
    return Worker(os.getpid(), creation_time(os.getpid()) or 0.0)


def register(folder: Path, worker: Worker) -> None:
    """Write a worker's line."""
    place = workers_path(folder)
    place.mkdir(exist_ok=True)
    line = json.dumps({"pid": worker.pid, "created": worker.created})
    write_atomically(place / f"{worker.key}.json", line.encode() + b"\n")


def sign_off(folder: Path, worker: Worker) -> None:
    """Remove a worker's line."""
    (workers_path(folder) / f"{worker.key}.json").unlink(missing_ok=True)


def living(folder: Path) -> list[Worker]:
    """Return the workers that are alive; the lines of dead ones are removed."""
    found = []
    for path in sorted(workers_path(folder).glob("*.json")):
        try:
            worker = Worker(**json.loads(path.read_text(encoding="utf-8")))
            alive = worker.alive
        except FileNotFoundError:
            continue
        except (OSError, ValueError, TypeError):
            alive = False
        if alive:
            found.append(worker)
        else:
            path.unlink(missing_ok=True)
    return found


def last_words(folder: Path) -> str:
    """Return the last line that a detached worker wrote, for a person."""
    logs = sorted(workers_path(folder).glob("*.log"), key=lambda path: path.stat().st_mtime)
    for log in reversed(logs):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        if lines:
            return f"{lines[-1][:500]} ({log})"
    return f"they wrote nothing in {workers_path(folder)}"


def check_workers(workers: int) -> None:
    """Raise `ConfigError` where there are more workers than cores."""
    if not 1 <= workers <= cores():
        raise ConfigError(
            f"A search has 1 to {cores()} workers on this machine, whose cores they "
            f"share: a training uses all that it gets. Received: {workers}."
        )
