"""Reporter: signs of life, progress and requests to stop, from a thread beside the training."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from types import TracebackType

from softbio.errors import SoftbioError
from softbio.runs import Progress, Run

__all__ = ["Reporter"]

#: Seconds between two looks at the run's folder.
_LOOK = 0.5
#: Seconds between two signs of life in state.json.
_BEAT = 1.0


class Reporter:
    """Writes heartbeat and progress to the run's state while the block lasts.

    The thread goes on while the network is loaded and compiled, which takes
    longer than anybody waits for a sign of life.

    Parameters
    ----------
    run : Run
    listener : callable, optional
        Called with each `Progress`, from the thread that trains.
    stop : callable, optional
        Asked together with the run's own flag whether to stop.
    """

    def __init__(
        self,
        run: Run,
        listener: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        self._run = run
        self._listener = listener
        self._stop = stop
        self._progress = Progress()
        self._cancelled = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="reporter", daemon=True)

    def __enter__(self) -> Reporter:
        self._cancelled = self._run.cancel_requested
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._write()

    @property
    def stop_requested(self) -> bool:
        """Whether somebody asked the run to stop; the folder is looked at twice a second."""
        return self._cancelled or (self._stop is not None and self._stop())

    def tell(self, progress: Progress) -> None:
        """Take note of how far the training has come; it costs no more than a call."""
        self._progress = progress
        if self._listener is not None:
            self._listener(progress)

    def _work(self) -> None:
        written = 0.0
        while not self._ended.wait(_LOOK):
            self._cancelled = self._cancelled or self._run.cancel_requested
            now = time.monotonic()
            if now - written >= _BEAT - _LOOK / 2:
                written = now
                self._write()

    def _write(self) -> None:
        # A state that cannot be written now may be a second later; training goes on.
        with contextlib.suppress(SoftbioError, OSError):
            self._run.update_state(heartbeat=time.time(), progress=self._progress)
