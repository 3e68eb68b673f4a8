"""One worker's process: ``python -m softbio.jobs.search.worker SEARCH --models DIR``.

What it prints goes to a log in the search's folder.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from softbio.cores import take_cores
from softbio.errors import SoftbioError
from softbio.jobs.search.search import Search
from softbio.jobs.search.working import SearchProgress, work
from softbio.runs import RunStore

__all__ = ["main"]

#: Trials after which the process begins anew under its number: TensorFlow keeps about 10 MB of each
#: network that it has compiled, whatever becomes of it.
_TRIALS = 20
#: So that the page and the person at the machine come before the training.
_NICENESS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Work on a search until enough is done; return 0, or 1 if it cannot go on."""
    parser = argparse.ArgumentParser(description="Work on a search.")
    parser.add_argument("search", help="id of the search")
    parser.add_argument("--models", type=Path, required=True, help="folder of the runs")
    parser.add_argument("--threads", type=int, default=0, help="cores for it; 0: all")
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = parser.parse_args(given)
    with contextlib.suppress(OSError, AttributeError):
        os.nice(max(0, _NICENESS - os.nice(0)))  # it stays when the process begins anew
    if options.threads:  # read when TensorFlow is loaded, which has not happened yet
        take_cores(options.threads)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    _say(f"process {os.getpid()} begins")
    try:
        more = work(Search.open(RunStore(options.models), options.search), _tell, None, _TRIALS)
    except SoftbioError as error:
        _say(f"Error: {error}")
        return 1
    if more:
        _say("begins anew")
        os.execv(sys.executable, [sys.executable, "-m", __spec__.name, *given])
    _say("ends")
    return 0


def _tell(now: SearchProgress) -> None:
    if now.ended is not None:
        why = now.ended.get("note") or f"{now.ended.get('figures', {}).get('value')}"
        _say(f"trial {now.trial} is {now.ended['verdict']}: {why}")


def _say(text: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
