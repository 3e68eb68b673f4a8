"""Searches beside the page: each in a thread of the server, found again by whoever asks the same."""

from __future__ import annotations

import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from softbio.errors import CancelledError, SoftbioError
from softbio.hypotheses import Explanation
from softbio.hypotheses.explaining import PHASES

__all__ = ["SearchJob", "Work", "job_of", "known_job"]

#: What does the work: given ``progress(phase, done, total)`` and ``stop()``.
Work = Callable[[Callable[[str, int, int], None], Callable[[], bool]], Explanation]

#: Seconds without a page that asks, after which a search ends: its tab was closed. Browsers let the
#: timers of hidden tabs fire once a minute only.
_PATIENCE = 180.0
_KEPT = 32


@dataclass
class SearchJob:
    """A search that runs, or has ended.

    Attributes
    ----------
    found : Explanation or None
    fault : str
        Why there is none, in a sentence; empty while it runs, and when it was cancelled.
    cancelled : bool
    """

    found: Explanation | None = None
    fault: str = ""
    cancelled: bool = False
    _ended: threading.Event = field(default_factory=threading.Event)
    _phase: tuple[str, int, int] = (PHASES[0], 0, 1)
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
            self.fault = "The search failed for a reason of our own; the server's log has it."
        finally:
            self._ended.set()

    def _progress(self, phase: str, done: int, total: int) -> None:
        self._phase = (phase, done, total)

    def _stop(self) -> bool:
        return self.cancelled or time.monotonic() - self._asked > _PATIENCE


class _Jobs:
    """The latest searches of this server, by what was asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: OrderedDict[tuple[str, ...], SearchJob] = OrderedDict()

    def known(self, key: tuple[str, ...]) -> SearchJob | None:
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.cancelled:
                return None
            return job

    def begun(self, key: tuple[str, ...], work: Work) -> SearchJob:
        with self._lock:
            job = self._jobs.get(key)
            # What failed may go well now; what was cancelled is wanted again.
            if job is None or job.cancelled or job.fault:
                job = self._jobs[key] = SearchJob()
                threading.Thread(
                    target=job.run, args=(work,), name="softbio-search", daemon=True
                ).start()
            self._jobs.move_to_end(key)
            for old in list(self._jobs)[: max(len(self._jobs) - _KEPT, 0)]:
                if self._jobs[old].ended:
                    del self._jobs[old]
            return job


@st.cache_resource(show_spinner=False)
def _jobs() -> _Jobs:
    return _Jobs()


def known_job(key: tuple[str, ...]) -> SearchJob | None:
    """Return the search that was begun for `key`, in whichever session; None if there is none."""
    return _jobs().known(key)


def job_of(key: tuple[str, ...], work: Work) -> SearchJob:
    """Return the search for `key`, begun now unless it was before.

    Parameters
    ----------
    key : tuple of str
        All that the outcome depends on.
    work : Work
        Called in another thread; it must not draw on the page.
    """
    return _jobs().begun(key, work)
