"""Search: the folder of a search, and what is done with it."""

from __future__ import annotations

import builtins
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from filelock import FileLock, Timeout

from softbio.config import HeadConfig, Space, TrainConfig
from softbio.cores import cores
from softbio.errors import ConfigError, RunError
from softbio.jobs.process import end_tree, reap, start_detached
from softbio.jobs.search.about import About, read_about, write_about
from softbio.jobs.search.claiming import Tally, forgive, tally
from softbio.jobs.search.making import check, folders, new_folder, remove_folder
from softbio.jobs.search.objective import DEFAULT, direction_of
from softbio.jobs.search.study import opened
from softbio.jobs.search.workers import (
    Worker,
    check_workers,
    living,
    register,
    workers_path,
)
from softbio.runs import RunStore

if TYPE_CHECKING:
    import optuna

    from softbio.faces.faceset import FaceSet
    from softbio.jobs.search.results import SearchResults
    from softbio.jobs.search.working import SearchProgress

__all__ = ["Search"]

_LOCK_PATIENCE = 60.0
State = Literal["waiting", "running", "stopped", "done"]


class Search:
    """A search, looked at through its folder; make one by `create` or `open`.

    Attributes
    ----------
    store : RunStore
        Whose runs the trials are.
    path : Path
        The folder.
    """

    def __init__(self, store: RunStore, path: Path) -> None:
        self.store = store
        self.path = path

    @classmethod
    def create(
        cls,
        store: RunStore,
        faces: FaceSet,
        space: Space,
        *,
        base: TrainConfig,
        trials: int,
        folds: int = 3,
        objective: str = DEFAULT,
        seed: int = 0,
        name: str = "",
    ) -> Search:
        """Make a search; nothing is trained yet.

        Parameters
        ----------
        store : RunStore
        faces : FaceSet
        space : Space
        base : TrainConfig
            What the trials start from; the search's `folds` take the place of its own.
        trials : int
            Complete and pruned ones together; at most as many as differ.
        folds : int
            2 to 20.
        objective : str
            One of `softbio.jobs.search.objectives`.
        seed : int
            Of the proposals; the trainings have the base's.
        name : str

        Raises
        ------
        ConfigError, DataError
            If space, base, objective and set do not go together: said now, and not in the night.
        RunError
            If the folder cannot be written.
        """
        direction = direction_of(objective)
        if not 2 <= folds <= 20:
            raise ConfigError(f"A search has 2 to 20 folds. Received: {folds}.")
        _check_trials(trials, space)
        base = base.model_copy(update={"folds": folds})
        check(faces, base, space)
        about = About(
            name=" ".join(name.split())[:200],
            created=time.time(),
            data=str(faces.path.resolve()),
            data_fingerprint=faces.fingerprint,
            group_column=faces.group_column,
            groups=faces.group_names,
            base=base,
            space=space.as_dict(),
            objective=objective,
            direction=direction,
            trials=trials,
            folds=folds,
            seed=seed,
        )
        return cls(store, new_folder(store, about))

    @classmethod
    def open(cls, store: RunStore, prefix: str) -> Search:
        """Return the search with this id, or the only one whose id begins with it.

        Raises
        ------
        RunError
            If there is none, or more than one, or it is damaged.
        """
        prefix = prefix.strip()
        there = folders(store)
        found = [path.name for path in there if prefix and path.name.startswith(prefix)]
        if not found:
            raise RunError(
                f"There is no search {prefix!r} in {store.path}. `softbio search --list` shows the "
                "ids."
            )
        if len(found) > 1:
            raise RunError(
                f"{prefix!r} is the beginning of {len(found)} searches: {', '.join(found[:8])}. "
                "Type more of the id."
            )
        search = cls(store, next(path for path in there if path.name == found[0]))
        assert search.about  # read here, so that whoever gets the search can rely on it
        return search

    @staticmethod
    def list(store: RunStore) -> builtins.list[Search]:
        """Return the searches that can be read, the newest first; see `damaged`."""
        return _look(store)[0]

    @staticmethod
    def damaged(store: RunStore) -> dict[str, str]:
        """Return the searches that cannot be read: id → reason."""
        return _look(store)[1]

    @property
    def id(self) -> str:
        """The folder's name, ``YYYYMMDD-HHMMSS-<4 hex>``."""
        return self.path.name

    @cached_property
    def _read(self) -> tuple[About, Space]:
        return read_about(self.path)

    @property
    def about(self) -> About:
        """What is searched. `RunError` if the file is missing or damaged."""
        return self._read[0]

    @property
    def space(self) -> Space:
        """What is varied."""
        return self._read[1]

    @property
    def state(self) -> State:
        """Where it stands: waiting (nothing was tried), running, stopped, or done."""
        if self.alive():
            return "running"
        counts = self.tally()
        if counts.finished >= self.about.trials:
            return "done"
        return "stopped" if counts.finished + counts.failed + counts.running else "waiting"

    def look_again(self) -> None:
        """Read anew what is searched when next asked: somebody may have asked for more trials."""
        self.__dict__.pop("_read", None)

    def extend(self, trials: int) -> None:
        """Ask for more trials, so many in all; whoever is at it hears of it at its next trial.

        Raises
        ------
        ConfigError
            If that is fewer than were asked for before, or more than differ.
        RunError
            If the folder cannot be written.
        """
        _check_trials(trials, self.space)
        with self.lock():
            self.look_again()
            if trials < self.about.trials:
                raise ConfigError(
                    f"The search {self.id} is asked for {self.about.trials} trials already. "
                    f"Received: {trials} in all."
                )
            write_about(self.path, self.about.model_copy(update={"trials": trials}))
            self.look_again()

    def tally(self) -> Tally:
        """Return how many trials stand where, and the best objective; `RunError` if damaged."""
        with self.study() as study:
            return tally(study.get_trials(deepcopy=False), self.about)

    def results(self) -> SearchResults:
        """Return what was found so far.

        Raises
        ------
        RunError
            If the file of the trials is missing, damaged or another search's.
        """
        from softbio.jobs.search.results import results_of

        keys = [worker.key for worker in living(self.path)]
        with self.study() as study:
            return results_of(study, self.about, self.space, keys, self.store.path)

    def settings_of(self, number: int) -> tuple[TrainConfig, HeadConfig | None]:
        """Return how a trial would be trained wholly, without folds, and refitted.

        Raises
        ------
        RunError
            If there is no such trial.
        """
        with self.study() as study:
            trials = study.get_trials(deepcopy=False)
        if not 0 <= number < len(trials):
            raise RunError(f"The search {self.id} has no trial {number}.")
        values = trials[number].params
        config = self.space.config(self.about.base, values)
        return config.model_copy(update={"folds": 0}), self.space.head(values)

    def work(
        self,
        progress: Callable[[SearchProgress], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        """Carry out trials in this process until enough are done; the first Ctrl-C stops it.

        Parameters
        ----------
        progress : callable, optional
            Called after each step and at the end of each trial.
        stop : callable, optional
            Asked after each step whether to stop; what is done is kept, and goes on next time.

        Raises
        ------
        RunError
            If the set was packed anew, files are damaged, or too many trials failed.
        """
        from softbio.jobs.search.working import work

        with self.lock():
            self._begin()
        work(self, progress, stop)

    def start(self, workers: int = 1) -> None:
        """Start as many detached processes as are missing; each goes on until enough is done.

        Raises
        ------
        ConfigError
            If there are more workers than cores.
        RunError
            If the folder cannot be written.
        """
        check_workers(workers)
        reap()
        with self.lock():
            self._begin()
            for _ in range(workers - self.alive()):
                log = workers_path(self.path) / f"{secrets.token_hex(4)}.log"
                log.parent.mkdir(exist_ok=True)
                pid, created = start_detached(self._command(workers), log)
                register(self.path, Worker(pid, created))

    def _begin(self) -> None:
        """Take back what kept workers from going on."""
        (self.path / "stop").unlink(missing_ok=True)
        with self.study() as study:
            forgive(study, self.about)

    def stop(self, *, kill: bool = False) -> None:
        """Ask all workers to stop after the step that they are in, or end them at once.

        Raises
        ------
        RunError
            If somebody deleted the search, or its folder cannot be written.
        """
        self._must_be_there()
        try:
            (self.path / "stop").touch()
        except OSError as error:
            raise RunError(f"The search {self.id} cannot be stopped: {error}.") from None
        if kill:
            for worker in living(self.path):
                end_tree(worker.pid, worker.created)

    @property
    def stop_requested(self) -> bool:
        """Whether somebody asked it to stop since it was started last."""
        return (self.path / "stop").exists()

    def alive(self) -> int:
        """Return how many workers are at it."""
        reap()
        return len(living(self.path))

    def remove(self, *, runs: bool = False) -> None:
        """Delete the search, and its trials' runs if asked.

        Raises
        ------
        RunError
            If workers are at it, or the folder cannot be removed.
        """
        if self.alive():
            raise RunError(f"The search {self.id} is running: stop it first.")
        if runs:
            for run in self.store.list():
                if run.config.search is not None and run.config.search.id == self.id:
                    self.store.remove(run, force=True)
        remove_folder(self.path)

    @contextmanager
    def study(self) -> Iterator[optuna.Study]:
        """Give the trials as Optuna has them; see `opened`."""
        with opened(self.path / "study.sqlite3", self.id) as study:
            yield study

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the search while the block lasts: whoever writes does."""
        self._must_be_there()  # a lock would bring its folder back
        try:
            with FileLock(self.path / ".lock", timeout=_LOCK_PATIENCE, poll_interval=0.02):
                yield
        except Timeout:
            raise RunError(
                f"Another process holds on to the search {self.id} ({self.path / '.lock'})."
            ) from None

    def _must_be_there(self) -> None:
        if not self.path.is_dir():
            raise RunError(f"The search {self.id} is not there any more: somebody deleted it.")

    def _command(self, workers: int) -> builtins.list[str]:
        threads = max(1, cores() // workers)
        return [
            *(sys.executable, "-m", "softbio.jobs.search.worker", self.id),
            *("--models", str(self.store.path.resolve()), "--threads", str(threads)),
        ]


def _check_trials(trials: int, space: Space) -> None:
    if not 1 <= trials <= 10_000:
        raise ConfigError(f"A search has 1 to 10,000 trials. Received: {trials}.")
    if space.size is not None and space.size < trials:
        raise ConfigError(
            f"The space holds {space.size} different trials, fewer than the {trials} asked "
            f"for: ask for {space.size} trials, or vary more."
        )


def _look(store: RunStore) -> tuple[list[Search], dict[str, str]]:
    sound, damaged = [], {}
    for path in folders(store):
        search = Search(store, path)
        try:
            assert search.about
            sound.append(search)
        except RunError as error:
            damaged[path.name] = str(error)
    return sound, damaged
