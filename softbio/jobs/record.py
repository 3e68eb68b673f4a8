"""The queue's own note about a run: when it was queued, and which process is to train it.

It stands in ``job.json`` in the run's folder. A run without one was not
queued: somebody trains it from the shell or from Python.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from softbio.jobs.process import is_alive
from softbio.runs.files import write_atomically

__all__ = ["JobRecord", "read_record", "write_record"]

_NAME = "job.json"


@dataclass(frozen=True)
class JobRecord:
    """One run's place in the queue.

    Attributes
    ----------
    queued : float
        When it was queued, seconds since the epoch: first come, first trained.
    attempts : int
        How many processes were started for it since then.
    pid : int
    pid_created : float
        The process that waits or trains, see `softbio.jobs.process.is_alive`.
    """

    queued: float
    attempts: int
    pid: int
    pid_created: float

    @property
    def alive(self) -> bool:
        """Whether its process still runs."""
        return is_alive(self.pid, self.pid_created)


def read_record(folder: Path) -> JobRecord | None:
    """Return the note in a run's `folder`; None where there is none that can be read."""
    try:
        return JobRecord(**json.loads((folder / _NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_record(folder: Path, record: JobRecord) -> None:
    """Put the note into a run's `folder`."""
    write_atomically(folder / _NAME, json.dumps(asdict(record)).encode())
