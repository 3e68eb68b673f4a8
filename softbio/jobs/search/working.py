"""A worker's day: trial after trial until enough are done, whoever dies meanwhile."""

from __future__ import annotations

import contextlib
import math
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from softbio.errors import CancelledError, RunError, SoftbioError
from softbio.faces.faceset import FaceSet
from softbio.fairness import GroupCounts
from softbio.jobs.search.claiming import Claim, Tally, claim, close, note, tally
from softbio.jobs.search.objective import figures
from softbio.jobs.search.study import prune_against
from softbio.jobs.search.wholly import faces_of
from softbio.jobs.search.workers import Worker, living, myself, register, sign_off
from softbio.runs import Progress, Run, TrialOf

if TYPE_CHECKING:
    from softbio.jobs.search.search import Search

__all__ = ["SearchProgress", "work"]

#: Seconds between two looks at what others do.
_PAUSE = 0.5


@dataclass(frozen=True)
class SearchProgress:
    """How far a worker has come.

    Attributes
    ----------
    trial : int or None
        The one that it has; None while it waits for others to end.
    training : Progress or None
        Of the trial's training; its phase names the fold.
    tally : Tally
        Of all workers' trials, as it was when this one began or ended.
    trials : int
        Wanted.
    ended : dict or None
        How the trial ended, once it has: ``verdict``, ``figures`` and ``note``.
    """

    trial: int | None
    training: Progress | None
    tally: Tally
    trials: int
    ended: dict[str, Any] | None = None


class _PrunedError(Exception):
    """The trial is hopeless."""


def work(
    search: Search,
    progress: Callable[[SearchProgress], None] | None,
    stop: Callable[[], bool] | None,
    most: int | None = None,
) -> bool:
    """Carry out trials in this process, at most so many; as `Search.work`.

    Returns
    -------
    bool
        Whether there is more to do for this worker.
    """
    from softbio.training.start import interruption

    faces = faces_of(search)
    me = myself()
    with interruption() as interrupted, _on_duty(search, me) as duty:
        asked, done = _Asked(search, interrupted, stop), 0
        while not asked():
            if done == most:
                duty.goes_on = True
                return True
            taken, counts = _claim(search, me)
            if taken is None:
                break
            if isinstance(taken, str):
                _tell(progress, search, None, counts)
                time.sleep(_PAUSE)
                continue
            done += _carry_out(search, faces, taken, counts, progress, asked)
    return False


class _Asked:
    """Whether to stop: by Ctrl-C, by whoever called, or by the file in the folder."""

    def __init__(
        self, search: Search, interrupted: Callable[[], bool], stop: Callable[[], bool] | None
    ) -> None:
        self._search, self._interrupted, self._stop = search, interrupted, stop
        self._looked, self._file = 0.0, False

    def __call__(self) -> bool:
        now = time.monotonic()
        if now - self._looked >= _PAUSE:
            self._looked, self._file = now, self._search.stop_requested
        return self._file or self._interrupted() or (self._stop is not None and self._stop())


@dataclass
class _Duty:
    """Whether a worker comes back when its block has ended."""

    goes_on: bool = False


@contextmanager
def _on_duty(search: Search, me: Worker) -> Iterator[_Duty]:
    """Keep the worker's line while it is at work, and while its process begins anew."""
    duty = _Duty()
    register(search.path, me)
    try:
        yield duty
    finally:
        if not duty.goes_on:
            sign_off(search.path, me)


def _claim(search: Search, me: Worker) -> tuple[Claim | str | None, Tally]:
    with search.lock(), search.study() as study:
        search.look_again()
        keys = [worker.key for worker in living(search.path)]
        taken = claim(study, search.about, search.space, me.key, keys)
        return taken, tally(study.get_trials(deepcopy=False), search.about)


def _carry_out(
    search: Search,
    faces: FaceSet,
    taken: Claim,
    counts: Tally,
    progress: Callable[[SearchProgress], None] | None,
    asked: Callable[[], bool],
) -> bool:
    """Bring a trial to its end; False where it has none yet, as when the worker is asked to stop."""
    from softbio.training.start import BusyError

    run = None
    outcome = taken.outcome
    try:
        if outcome is None:
            run = _run_of(search, faces, taken)
            outcome = _try_out(search, faces, taken.number, run, counts, progress, asked)
        elif taken.run is not None:
            run = _known_run(search, taken.run)
    except CancelledError:
        return False
    except BusyError:  # a worker that cannot be seen from here, in another container for instance
        _tell(progress, search, None, counts)
        time.sleep(_PAUSE)
        return False
    except SoftbioError as error:
        outcome = {"verdict": "failed", "note": str(error)}
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        told = f"softbio failed unexpectedly: {type(error).__name__}: {error}"
        outcome = {"verdict": "failed", "note": told}
    _end(search, taken.number, run, outcome)
    with search.study() as study:
        counts = tally(study.get_trials(deepcopy=False), search.about)
    _tell(progress, search, taken.number, counts, ended=outcome)
    return True


def _run_of(search: Search, faces: FaceSet, taken: Claim) -> Run:
    """Return the trial's run; it is made where that was not done yet."""
    from softbio.training.start import new_run

    if taken.run is not None and (known := _known_run(search, taken.run)) is not None:
        return known
    of = TrialOf(id=search.id, trial=taken.number)
    made = [run for run in search.store.list() if run.config.search == of]
    config = search.space.config(search.about.base, taken.values)
    head = search.space.head(taken.values)
    name = f"{search.about.name or search.id} #{taken.number}"[:200]
    run = made[0] if made else new_run(search.store, faces, config, name, head=head, search=of)
    with search.lock(), search.study() as study:
        note(study, taken.number, "run", run.id)
    return run


def _known_run(search: Search, run_id: str) -> Run | None:
    with contextlib.suppress(RunError):  # somebody removed it
        return search.store.get(run_id)
    return None


def _try_out(
    search: Search,
    faces: FaceSet,
    number: int,
    run: Run,
    counts: Tally,
    progress: Callable[[SearchProgress], None] | None,
    asked: Callable[[], bool],
) -> dict[str, Any]:
    """Train and judge; return how the trial ended.

    Raises
    ------
    CancelledError
        If it was asked to stop: the run says so, and goes on next time.
    """
    from softbio.jobs.search.trial import Shared, carry_out
    from softbio.training.start import alone

    about = search.about

    def report(step: int, judged: GroupCounts) -> None:
        value = figures(judged, about.objective)["value"]
        if math.isnan(value) or search.space.trains_alike:  # the latter costs a second anyway
            return
        with search.lock(), search.study() as study:
            needed = prune_against(study, number, step, value)
        if needed is not None:
            where = "in its first fold" if step < 2 else f"after {step - 1} of {about.folds} folds"
            raise _PrunedError(
                f"Given up {where}: {about.objective} was {value:.3f}, and three quarters of the "
                f"trials before it were better than {needed:.3f} there."
            )

    with alone(run), _interrupted_in_the_end(run):
        try:
            judged, spent = carry_out(
                run,
                faces,
                report,
                shared=Shared(search.path / "folds") if search.space.trains_alike else None,
                fitted_on=_fitted_on(search),
                progress=lambda now: _tell(progress, search, number, counts, now),
                stop=asked,
            )
        except _PrunedError as error:
            return {"verdict": "pruned", "note": str(error)}
        except CancelledError:
            if asked() or not run.cancel_requested:
                raise
            return {"verdict": "pruned", "note": "Given up by hand."}
        except OSError as error:
            raise RunError(
                f"The run {run.id} cannot be written or its faces read: {error}."
            ) from error
    found = figures(judged, about.objective)
    outcome: dict[str, Any] = {
        "verdict": "complete",
        "figures": {name: None if math.isnan(one) else one for name, one in found.items()},
        "spent": {"epochs_trained": spent.epochs, "seconds": spent.seconds},
    }
    if math.isnan(found["value"]):
        outcome |= {"verdict": "failed", "note": f"{about.objective} is undefined for this trial."}
    return outcome


@contextmanager
def _interrupted_in_the_end(run: Run) -> Iterator[None]:
    """Keep the run's state true: running in the block, interrupted if that is not the end."""
    me = myself()
    run.clear_cancel()
    run.update_state(
        status="running",
        started=run.state.started or time.time(),
        finished=None,
        error=None,
        pid=os.getpid(),
        pid_created=me.created,
        heartbeat=time.time(),
    )
    try:
        yield
    except (CancelledError, KeyboardInterrupt):
        told = "The search was stopped here; it goes on with this trial."
        run.update_state(status="interrupted", finished=time.time(), error=told)
        raise


def _fitted_on(search: Search) -> tuple[str, ...]:
    """Return where the last layers of the trials are fitted, one with another."""
    from softbio.config import Choice, HeadConfig

    if not search.space.refits:
        return ()
    where = search.space.get("head.fitted_on")
    return tuple(map(str, where.values)) if isinstance(where, Choice) else (HeadConfig().fitted_on,)


def _end(search: Search, number: int, run: Run | None, outcome: dict[str, Any]) -> None:
    """Write down how a trial ended: in the study, in its run, and then that it is closed."""
    from softbio.jobs.search.trial import remove_folds

    with search.lock(), search.study() as study:
        note(study, number, "outcome", outcome)
    if run is not None:
        with contextlib.suppress(RunError):  # somebody removed it meanwhile
            status = {"complete": "done", "pruned": "cancelled", "failed": "failed"}
            run.update_state(
                status=status[outcome["verdict"]],
                finished=time.time(),
                error=outcome.get("note"),
                seconds=outcome.get("spent", {}).get("seconds"),
            )
        remove_folds(run)  # before it is closed: nobody comes back to a closed trial
    with search.lock(), search.study() as study:
        close(study, number, outcome)


def _tell(
    progress: Callable[[SearchProgress], None] | None,
    search: Search,
    number: int | None,
    counts: Tally,
    training: Progress | None = None,
    ended: dict[str, Any] | None = None,
) -> None:
    if progress is not None:
        progress(SearchProgress(number, training, counts, search.about.trials, ended))
