"""Work beside the page: each in a thread of the server, found again by whoever asks the same.

Seconds of work with nothing to keep on disk: searches of the hypothesis lab, looks at faces. A page
begins one with `job_of`, ticks while it runs and finds it with `known_job`, in whichever session.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from softbio.errors import CancelledError, SoftbioError

__all__ = ["Job", "Progress", "Stop", "Work", "job_of", "known_job"]

#: Called with the phase, how much of it is done, and of how much.
Progress = Callable[[str, int, int], None]
#: Asked whether to stop, by raising CancelledError.
Stop = Callable[[], bool]
#: What does the work: given ``progress(phase, done, total)`` and ``stop()``.
Work = Callable[[Progress, Stop], Any]

#: Seconds without a page that asks, after which work ends: its tab was closed. Browsers let the
#: timers of hidden tabs fire once a minute only.
_PATIENCE = 180.0
#: Outcomes of each kind that are kept, unless its pages ask for another number.
_KEPT = 32


@dataclass
class Job:
    """Work that runs, or has ended.

    Attributes
    ----------
    kind : str
        What it is, as ``search``: the first word of its key.
    found : object or None
        What came out.
    fault : str
        Why nothing did, in a sentence; empty while it runs, and when it was cancelled.
    cancelled : bool
    """

    kind: str = "search"
    found: Any = None
    fault: str = ""
    cancelled: bool = False
    _ended: threading.Event = field(default_factory=threading.Event)
    _phase: tuple[str, int, int] = ("", 0, 1)
    _asked: float = field(default_factory=time.monotonic)

    @property
    def ended(self) -> bool:
        """Whether it has."""
        return self._ended.is_set()

    def look(self) -> tuple[str, float]:
        """Return the phase and how much of it is done, in 0 … 1; it goes on while somebody looks."""
        self._asked = time.monotonic()
        phase, done, total = self._phase
        return phase, min(done / total, 1.0) if total else 0.0

    def wait(self, seconds: float) -> None:
        """Wait for its end, but not longer: most searches are over before a bar is worth it."""
        self._ended.wait(seconds)

    def cancel(self) -> None:
        """End it soon."""
        self.cancelled = True

    def run(self, work: Work) -> None:
        """Do the work, whatever comes of it."""
        try:
            self.found = work(self._progress, self._stop)
        except CancelledError:
            self.cancelled = True
        except SoftbioError as error:
            self.fault = str(error)
        except Exception:
            traceback.print_exc()
            self.fault = f"The {self.kind} failed for a reason of our own; the server's log has it."
        finally:
            self._ended.set()

    def _progress(self, phase: str, done: int, total: int) -> None:
        self._phase = (phase, done, total)

    def _stop(self) -> bool:
        return self.cancelled or time.monotonic() - self._asked > _PATIENCE


class Jobs:
    """The latest work of this server, by what was asked; the first word of a key is its kind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: OrderedDict[tuple[str, ...], Job] = OrderedDict()

    def known(self, key: tuple[str, ...]) -> Job | None:
        """Return the work that was begun for `key` and not cancelled."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.cancelled:
                return None
            return job

    def begun(self, key: tuple[str, ...], work: Work, kept: int = _KEPT) -> Job:
        """Return the work for `key`, begun now unless it was before."""
        kind = key[0]
        with self._lock:
            job = self._jobs.get(key)
            # What failed may go well now; what was cancelled is wanted again.
            if job is None or job.cancelled or job.fault:
                job = self._jobs[key] = Job(kind)
                threading.Thread(
                    target=job.run, args=(work,), name=f"softbio-{kind}", daemon=True
                ).start()
            self._jobs.move_to_end(key)
            alike = [each for each in self._jobs if each[0] == kind]
            for old in alike[: max(len(alike) - kept, 0)]:
                if self._jobs[old].ended:
                    del self._jobs[old]
            return job


@st.cache_resource(show_spinner=False)
def _jobs() -> Jobs:
    return Jobs()


def known_job(key: tuple[str, ...]) -> Job | None:
    """Return the work that was begun for `key`, in whichever session; None if there is none."""
    return _jobs().known(key)


def job_of(key: tuple[str, ...], work: Work, kept: int = _KEPT) -> Job:
    """Return the work for `key`, begun now unless it was before.

    Parameters
    ----------
    key : tuple of str
        Its kind, such as ``search``, and all that the outcome depends on.
    work : Work
        Called in another thread; it must not draw on the page.
    kept : int
        How many outcomes of this kind the server keeps: few where they are large.
    """
    return _jobs().begun(key, work, kept)
