"""RunStore: the folder that holds the runs."""

from __future__ import annotations

import builtins
import contextlib
import os
import re
import secrets
import shutil
import time
from datetime import datetime
from pathlib import Path

from softbio.errors import RunError
from softbio.runs.config import RunConfig
from softbio.runs.files import write_atomically
from softbio.runs.run import Run
from softbio.runs.state import RunState, write_state

__all__ = ["RunStore", "run_id"]

_ID = re.compile(r"\d{8}-\d{6}-.+-[0-9a-f]{4}")
_REMOVED = ".removed-"
_SHOWN = 8


def run_id(recipe: str, moment: float | None = None) -> str:
    """Return an id for a new run: local time, the recipe's name, four random digits.

    Examples
    --------
    >>> run_id("Mine / 2nd try!")[16:-5]
    'mine-2nd-try'
    """
    name = re.sub(r"[^a-z0-9_]+", "-", recipe.lower()).strip("-")[:40] or "run"
    stamp = datetime.fromtimestamp(time.time() if moment is None else moment)
    return f"{stamp:%Y%m%d-%H%M%S}-{name}-{secrets.token_hex(2)}"


class RunStore:
    """The runs in one folder; the folder is made when the first run is.

    Parameters
    ----------
    path : path or None
        None: ``$SOFTBIO_MODELS``, or ``models`` where that is not set.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path or os.environ.get("SOFTBIO_MODELS") or "models")
        self._sound: dict[Path, tuple[int, float, Run]] = {}

    def create(self, config: RunConfig) -> Run:
        """Make a run whose state is ``queued``.

        The folder appears at once with its config and state in it.

        Raises
        ------
        RunError
            If the folder cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            draft = self.path / f".new-{secrets.token_hex(6)}"
            draft.mkdir()
            now = time.time()
            write_atomically(
                draft / "config.json", config.model_dump_json(indent=2).encode() + b"\n"
            )
            write_state(draft / "state.json", RunState(created=now))
            while True:
                path = self.path / run_id(config.recipe, now)
                if path.exists():
                    continue
                draft.rename(path)
                return Run(path)
        except OSError as error:
            raise RunError(
                f"No run can be made in {self.path}: {error.strerror}. Choose another folder with "
                "--models or SOFTBIO_MODELS."
            ) from None

    def get(self, prefix: str) -> Run:
        """Return the run with this id, or the only one whose id begins with it.

        Raises
        ------
        RunError
            If there is none, or more than one.
        """
        prefix = prefix.strip()
        if not prefix or prefix.startswith(".") or re.search(r"[/\\\0]", prefix):
            raise RunError(f"{prefix!r} is not the id of a run. `softbio runs list` shows the ids.")
        if self._is_run(self.path / prefix):
            return Run(self.path / prefix)
        found = [name for name in self._names() if name.startswith(prefix)]
        if not found:
            raise RunError(
                f"There is no run {prefix!r} in {self.path}. `softbio runs list` shows the ids."
            )
        if len(found) > 1:
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            raise RunError(
                f"{prefix!r} is the beginning of {len(found)} runs: {', '.join(found[:_SHOWN])}"
                f"{more}. Type more of the id."
            )
        return Run(self.path / found[0])

    def list(self) -> list[Run]:
        """Return the runs whose config and state can be read, newest first; see `damaged`.

        A state that has not changed since the last call is not read again.
        """
        return self._look()[0]

    def damaged(self) -> dict[str, str]:
        """Return the folders that are named like runs and cannot be read: id → reason."""
        return self._look()[1]

    def remove(self, run: Run, *, force: bool = False) -> None:
        """Delete a run's folder with all that is in it.

        The folder leaves the list at once, however long deleting takes.

        Parameters
        ----------
        run : Run
        force : bool
            Delete it even if its state says that it is running.

        Raises
        ------
        RunError
            If the run is not in this store, or is running.
        """
        if run.path.parent.resolve() != self.path.resolve() or not run.path.is_dir():
            raise RunError(f"There is no run {run.id} in {self.path}.")
        running = False
        if not force:
            with contextlib.suppress(RunError):  # a damaged one may go
                running = run.state.status == "running"
            if running:
                raise RunError(
                    f"The run {run.id} is running: cancel it first, or wait until it is done."
                )
        hidden = self.path / f"{_REMOVED}{secrets.token_hex(4)}-{run.id}"
        try:
            run.path.rename(hidden)
        except OSError as error:
            raise RunError(f"The run {run.id} cannot be removed: {error.strerror}.") from None
        for left in self.path.glob(f"{_REMOVED}*"):  # also what a killed removal left behind
            shutil.rmtree(left, ignore_errors=True)

    def _look(self) -> tuple[builtins.list[Run], dict[str, str]]:
        damaged: dict[str, str] = {}
        sound: dict[Path, tuple[int, float, Run]] = {}
        for name in self._names():
            path = self.path / name
            try:
                changed = (path / "state.json").stat().st_mtime_ns
                known = self._sound.get(path)
                sound[path] = known if known and known[0] == changed else _read(path, changed)
            except FileNotFoundError:
                if path.is_dir():  # otherwise it was removed meanwhile
                    damaged[name] = "state.json is missing"
            except (RunError, OSError) as error:
                damaged[name] = str(error)
        self._sound = sound
        # Ids tell seconds; runs of the same second are told apart by their states.
        newest = sorted(
            sound.values(), key=lambda known: (known[2].id[:15], known[1]), reverse=True
        )
        return [run for _, _, run in newest], damaged

    def _names(self) -> builtins.list[str]:
        if not self.path.is_dir():
            return []
        names = [entry.name for entry in os.scandir(self.path) if entry.is_dir()]
        return sorted((name for name in names if _ID.fullmatch(name)), reverse=True)

    @staticmethod
    def _is_run(path: Path) -> bool:
        return path.is_dir() and bool(_ID.fullmatch(path.name))


def _read(path: Path, changed: int) -> tuple[int, float, Run]:
    """Return what is remembered of a sound run; `RunError` if its state or config is damaged."""
    run = Run(path)
    created = run.state.created or 0.0
    assert run.config  # read here, so that whoever gets the run can rely on it
    return changed, created, run
