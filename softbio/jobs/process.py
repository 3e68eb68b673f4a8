"""Processes that outlive their parent: start them detached, tell whether they live, end them."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import psutil

__all__ = ["creation_time", "end_tree", "is_alive", "reap", "start_detached"]

#: A process is told from a later one with the same number by its creation time, in seconds.
_SAME_MOMENT = 0.5

#: Children of this process that are not yet known to have ended; asked so that none stays a zombie.
_children: list[subprocess.Popen[bytes]] = []


def start_detached(command: Sequence[str], log: Path) -> tuple[int, float]:
    """Start `command` in a session of its own, its output appended to `log`.

    The process survives the end of the one that started it, a closed terminal
    and Ctrl-C there.

    Returns
    -------
    pid : int
    created : float
        The process's creation time, seconds since the epoch.
    """
    reap()
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            close_fds=True,
        )
    _children.append(process)
    return process.pid, creation_time(process.pid) or 0.0


def reap() -> None:
    """Take note of children that have ended, so that the system forgets them."""
    _children[:] = [child for child in _children if child.poll() is None]


def creation_time(pid: int) -> float | None:
    """Return when process `pid` was created, seconds since the epoch; None without it."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def is_alive(pid: int | None, created: float | None) -> bool:
    """Tell whether the process numbered `pid` that was created at `created` still runs.

    A zombie counts as dead, and so does a later process that was given the
    same number.
    """
    if pid is None or created is None:
        return False
    try:
        process = psutil.Process(pid)
        return (
            abs(process.create_time() - created) < _SAME_MOMENT
            and process.status() != psutil.STATUS_ZOMBIE
        )
    except psutil.Error:
        return False


def end_tree(pid: int, created: float, patience: float = 2.0) -> None:
    """End the process and all its descendants: ask first, kill after `patience` seconds.

    Nothing happens when the process no longer runs.
    """
    if not is_alive(pid, created):
        return
    try:
        root = psutil.Process(pid)
        family = [*root.children(recursive=True), root]
    except psutil.Error:
        return
    for process in family:
        _send(process, kill=False)
    _, stubborn = psutil.wait_procs(family, timeout=patience)
    for process in stubborn:
        _send(process, kill=True)
    psutil.wait_procs(stubborn, timeout=patience)
    reap()


def _send(process: psutil.Process, *, kill: bool) -> None:
    try:
        process.kill() if kill else process.terminate()
    except psutil.Error:
        return
