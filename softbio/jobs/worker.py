"""One job's process: ``python -m softbio.jobs.worker RUN --models DIR [--at-once N]``.

It waits for its turn, and only then loads TensorFlow. What it prints goes to
the run's ``log.txt``.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from softbio.cores import cores, take_cores
from softbio.errors import CancelledError, SoftbioError
from softbio.jobs.turn import turn
from softbio.runs import Run, RunStore

__all__ = ["main"]

#: So that the page and the person at the machine come before the training.
_NICENESS = 5
#: Seconds between two signs of life.
_BEAT = 2.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Train one queued run; return 0, or 1 if it did not end well."""
    parser = argparse.ArgumentParser(description="Train one queued run.")
    parser.add_argument("run", help="id of the run")
    parser.add_argument("--models", type=Path, required=True, help="folder of the runs")
    parser.add_argument("--at-once", type=int, default=1, help="trainings that share the cores")
    options = parser.parse_args(arguments)
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICENESS)
    try:
        store = RunStore(options.models)
        run = store.get(options.run)
        _say(f"waiting for its turn, process {os.getpid()}")
        with turn(store, run, options.at_once):
            if options.at_once > 1:
                take_cores(max(1, cores() // options.at_once))
            _say("training")
            with _signs_of_life(run):
                return _train(run)
    except CancelledError as error:
        _say(str(error))
        return 0
    except SoftbioError as error:
        _say(f"Error: {error}")
        return 1


def _train(run: Run) -> int:
    from softbio.training.start import train

    try:
        train(run)
    except CancelledError:
        _say("cancelled")
        return 0
    except SoftbioError as error:
        _say(f"Error: {error}")
        return 1
    except Exception:
        traceback.print_exc()
        if run.state.status in ("queued", "running"):
            run.update_state(
                status="failed",
                error=f"softbio failed unexpectedly; see {run.path / 'log.txt'}.",
            )
        return 1
    _say(run.state.status)
    return 0


@contextmanager
def _signs_of_life(run: Run) -> Iterator[None]:
    """Write the heartbeat from a thread: loading TensorFlow takes longer than people wait."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(_BEAT):
            with contextlib.suppress(SoftbioError):
                run.update_state(heartbeat=time.time())

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _say(text: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
