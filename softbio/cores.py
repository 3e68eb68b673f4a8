"""How many cores there are for this process, and how many of them a training takes."""

from __future__ import annotations

import os

__all__ = ["cores", "take_cores"]

#: What TensorFlow and its libraries read once, when they are loaded.
_READ_AT_LOADING = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


def cores() -> int:
    """Return how many cores this process may use, at least 1.

    A container or ``taskset`` may leave it fewer than the machine has.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def take_cores(number: int) -> None:
    """Let networks of this process and its children use `number` cores, from 1.

    Nothing changes once TensorFlow is loaded.
    """
    for name in _READ_AT_LOADING:
        os.environ[name] = str(number)
