"""Which trial a worker takes next, and how trials end: each step survives the worker's death.

A trial is written down whole, with the worker that has it; its run is made after that, and named by
it. How it ends stands in the study before the run's state says so, and the trial is closed last. So
whoever takes up the trial of a worker that died finds either a run to go on with, or an end to
repeat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from softbio.config import Space
from softbio.config.space import Value
from softbio.errors import RunError
from softbio.jobs.search.about import About
from softbio.jobs.search.study import add_trial, propose

if TYPE_CHECKING:
    import optuna
    from optuna.trial import FrozenTrial

__all__ = ["Claim", "Tally", "Verdict", "claim", "close", "forgive", "note", "tally"]

#: Failed trials that a search bears, as long as they are not more than those that ended well.
_FAILURES = 3
#: Attribute of the study: how many had failed when a person let it go on.
_FORGIVEN = "forgiven"

Verdict = Literal["complete", "pruned", "failed"]


@dataclass(frozen=True)
class Claim:
    """A trial that a worker has.

    Attributes
    ----------
    number : int
        From 0.
    values : dict
        Of each path of the space.
    run : str or None
        Id of its run, once that is made.
    outcome : dict or None
        How it ended, where a worker died before it was closed.
    """

    number: int
    values: dict[str, Value]
    run: str | None
    outcome: dict[str, Any] | None


@dataclass(frozen=True)
class Tally:
    """How many trials stand where.

    Attributes
    ----------
    complete, pruned, failed, running : int
        `running` counts those that a dead worker left, too.
    best : float or None
        Best objective of the complete ones.
    """

    complete: int
    pruned: int
    failed: int
    running: int
    best: float | None

    @property
    def finished(self) -> int:
        """Trials that count: complete or pruned."""
        return self.complete + self.pruned


def tally(trials: Sequence[FrozenTrial], about: About) -> Tally:
    """Count trials."""
    names = [trial.state.name for trial in trials]
    values = [trial.values[0] for trial in trials if trial.state.name == "COMPLETE"]
    better = max if about.direction == "maximise" else min
    return Tally(
        complete=names.count("COMPLETE"),
        pruned=names.count("PRUNED"),
        failed=names.count("FAIL"),
        running=names.count("RUNNING"),
        best=better(values) if values else None,
    )


def claim(
    study: optuna.Study, about: About, space: Space, me: str, living: Sequence[str]
) -> Claim | Literal["wait"] | None:
    """Take the trial of a worker that died, or else a new one; the search's lock is held.

    Returns
    -------
    Claim, "wait" or None
        ``"wait"``: others have the last ones, and may die; None: enough are done.

    Raises
    ------
    RunError
        If too many trials failed.
    """
    trials = study.get_trials(deepcopy=False)
    counts = tally(trials, about)
    for trial in trials:
        if trial.state.name == "RUNNING":
            worker = trial.user_attrs.get("worker")
            if worker == me or worker not in living:
                note(study, trial.number, "worker", me)
                return _taken(trial)
    if counts.finished >= about.trials:
        return None
    failed = counts.failed - study.user_attrs.get(_FORGIVEN, 0)
    if failed >= _FAILURES and failed > counts.finished:
        last = [trial for trial in trials if trial.state.name == "FAIL"][-1]
        why = last.user_attrs.get("outcome", {}).get("note", "not known")
        raise RunError(
            f"{failed} trials of the search failed and {counts.finished} ended well, so it "
            f"was given up. The last one: {why}"
        )
    if counts.finished + counts.running >= about.trials:
        return "wait"
    values = propose(trials, space, about.direction, about.seed, about.trials)
    number = add_trial(study, space, values, {"worker": me})
    return Claim(number, values, None, None)


def forgive(study: optuna.Study, about: About) -> None:
    """Begin anew to count failures: a person goes on, and may have mended the cause."""
    study.set_user_attr(_FORGIVEN, tally(study.get_trials(deepcopy=False), about).failed)


def note(study: optuna.Study, number: int, key: str, value: Any) -> None:
    """Write something down about a trial that runs."""
    storage = study._storage
    trial = storage.get_trial_id_from_study_id_trial_number(study._study_id, number)
    storage.set_trial_user_attr(trial, key, value)


def close(study: optuna.Study, number: int, outcome: Mapping[str, Any]) -> None:
    """End a trial as its outcome says; nothing happens where that was done before."""
    from optuna.trial import TrialState

    states = {"pruned": TrialState.PRUNED, "failed": TrialState.FAIL}
    if outcome["verdict"] == "complete":
        study.tell(number, outcome["figures"]["value"], skip_if_finished=True)
    else:
        study.tell(number, state=states[outcome["verdict"]], skip_if_finished=True)


def _taken(trial: FrozenTrial) -> Claim:
    told = trial.user_attrs
    return Claim(trial.number, dict(trial.params), told.get("run"), told.get("outcome"))
