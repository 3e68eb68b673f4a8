"""A search's trials as Optuna keeps them, and what it proposes and prunes.

Nothing here loads Optuna before it is needed. The file is SQLite: what is read from it are numbers,
text and JSON, and nothing is ever unpickled. Whoever writes holds the search's lock, so that SQLite
never has two writers; readers wait for the writer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from softbio.config import Choice, Space
from softbio.config.space import Value
from softbio.errors import RunError
from softbio.jobs.search.objective import Direction

if TYPE_CHECKING:
    import optuna
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial

__all__ = ["add_trial", "create_study", "opened", "propose", "prune_against", "study_of"]

#: Seconds that SQLite waits for another process.
_BUSY = 60.0
#: Completed trials before any is pruned.
_UNPRUNED = 4
#: Share of the completed trials that one must keep up with, in per cent. With the median in its
#: place half of the work is saved instead of a third, but in simulated searches of 24 trials the
#: one chosen was worse by a tenth of a point, and too few were complete to say what mattered.
_KEPT = 75.0
#: Draws before one that was not tried yet is taken at random, where they can be listed, or else one
#: that was.
_DRAWS = 5
_LISTED = 5_000
#: Files whose tables are those of the installed Optuna, the last used last: looking, and putting
#: questions into SQL, takes longer than all else that is done with them. No file is held open.
_known: dict[tuple[Path, int], Any] = {}
_MOST_KNOWN = 16


def create_study(path: Path, name: str, direction: Direction) -> None:
    """Make the file of a new search's trials."""
    optuna = _optuna()
    storage = _new_storage(path, check=False)
    optuna.create_study(storage=storage, study_name=name, direction=f"{direction[:-3]}ize")
    storage.remove_session()


@contextmanager
def opened(path: Path, name: str) -> Iterator[optuna.Study]:
    """Give the study of a search while the block lasts.

    Raises
    ------
    RunError
        If the file is missing, damaged, or not the one of this search.
    """
    optuna = _optuna()
    from optuna.exceptions import OptunaError
    from sqlalchemy.exc import SQLAlchemyError

    if not path.is_file():
        raise RunError(f"There is no {path}: the trials of the search are lost. Remove the search.")
    storage = None
    try:
        storage = _storage(path)
        yield optuna.load_study(storage=storage, study_name=name, sampler=None)
    except KeyError:
        raise RunError(
            f"{path} does not hold the trials of {name}: it belongs to another search. Put the "
            "right file back, or remove the search."
        ) from None
    except (SQLAlchemyError, OptunaError, RuntimeError, ValueError, sqlite3.Error) as error:
        told = str(error.__cause__ or error).splitlines()[0].rstrip(".")
        raise RunError(
            f"{path} cannot be used ({told}). Another process holds on to it, it is damaged, or "
            "another version of Optuna wrote it."
        ) from None
    finally:
        if storage is not None:
            storage.remove_session()


def propose(
    trials: Sequence[FrozenTrial], space: Space, direction: Direction, seed: int, wanted: int
) -> dict[str, Value]:
    """Return the values of the next trial, by a tree-structured Parzen estimator.

    They follow from the seed and the trials before alone, so that a search by one worker that was
    killed and resumed proposes what an unbroken one does. Trials that are under way count as bad
    ones for the moment, so that workers do not crowd one place. What was tried already is not
    proposed again while there is something else.

    Parameters
    ----------
    trials : sequence of FrozenTrial
        All there are, in the order of their numbers.
    space : Space
    direction : {"maximise", "minimise"}
    seed : int
    wanted : int
        Trials in all: a third of them, but four to ten, are drawn at random first.
    """
    optuna = _optuna()
    known = [trial for trial in trials if trial.state.name != "FAIL"]
    tried = [trial.params for trial in trials]  # what failed once would fail again
    for draw in range(_DRAWS):
        start = np.random.SeedSequence([seed, len(trials), draw]).generate_state(1)
        sampler = optuna.samplers.TPESampler(
            seed=int(start[0]), n_startup_trials=min(10, max(4, wanted // 3)), constant_liar=True
        )
        study = study_of(known, direction, sampler)
        values: dict[str, Value] = _tidy(study.ask(_distributions(space)).params)
        if values not in tried:
            return values
    if space.size is not None and space.size <= _LISTED:
        left = [one for one in space.combinations() if one not in tried]
        if left:
            draws = np.random.default_rng([seed, len(trials)])
            return left[int(draws.integers(len(left)))]
    return values


def add_trial(
    study: optuna.Study, space: Space, values: Mapping[str, Value], attributes: dict[str, Any]
) -> int:
    """Write down a trial that begins, whole at once; return its number."""
    from optuna.trial import TrialState, create_trial

    study.add_trial(
        create_trial(
            state=TrialState.RUNNING,
            params=dict(values),
            distributions=_distributions(space),
            user_attrs=attributes,
        )
    )
    return len(study.get_trials(deepcopy=False)) - 1


def prune_against(study: optuna.Study, number: int, step: int, value: float) -> float | None:
    """Note how good a trial is at a step; return what it should have reached, if it is hopeless.

    Returns
    -------
    float or None
        The worst quarter of the complete trials was not better than this at the same step. None:
        it goes on; no trial is pruned before a few are complete.
    """
    optuna = _optuna()
    storage = study._storage
    trial_id = storage.get_trial_id_from_study_id_trial_number(study._study_id, number)
    storage.set_trial_intermediate_value(trial_id, step, value)
    pruner = optuna.pruners.PercentilePruner(_KEPT, _UNPRUNED, n_min_trials=_UNPRUNED)
    if not pruner.prune(study, storage.get_trial(trial_id)):
        return None
    others = [
        trial.intermediate_values[step]
        for trial in study.get_trials(deepcopy=False)
        if trial.state.name == "COMPLETE" and step in trial.intermediate_values
    ]
    share = 100 - _KEPT if study.direction.name == "MAXIMIZE" else _KEPT
    return float(np.percentile(others, share))


def study_of(
    trials: Sequence[FrozenTrial], direction: Direction, sampler: BaseSampler | None = None
) -> optuna.Study:
    """Return a study of trials in memory: what is done with it is written nowhere."""
    study = _optuna().create_study(direction=f"{direction[:-3]}ize", sampler=sampler)
    study.add_trials(trials)
    return study


def _tidy(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return values without the last digits that steps of 0.1 leave behind."""
    return {
        path: round(value, 12) if isinstance(value, float) and abs(value) > 1e-6 else value
        for path, value in values.items()
    }


def _distributions(space: Space) -> dict[str, BaseDistribution]:
    from optuna import distributions as kinds

    made: dict[str, BaseDistribution] = {}
    for path, one in space.items():
        if isinstance(one, Choice):
            made[path] = kinds.CategoricalDistribution(one.values)
        elif one.whole:
            made[path] = kinds.IntDistribution(
                int(one.low), int(one.high), log=one.log, step=int(one.step or 1)
            )
        else:
            made[path] = kinds.FloatDistribution(one.low, one.high, log=one.log, step=one.step)
    return made


def _storage(path: Path) -> Any:
    file = (path, path.stat().st_ino)
    storage = _known.pop(file, None) or _new_storage(path)
    _known[file] = storage
    while len(_known) > _MOST_KNOWN:
        _known.pop(next(iter(_known)), None)
    return storage


def _new_storage(path: Path, *, check: bool = True) -> Any:
    from sqlalchemy.pool import NullPool

    _optuna()
    from optuna.storages import RDBStorage

    return RDBStorage(
        "sqlite://",  # a path in an address would have to be quoted twice over
        engine_kwargs={
            "creator": lambda: sqlite3.connect(path, timeout=_BUSY, check_same_thread=False),
            "poolclass": NullPool,
        },
        skip_compatibility_check=not check,
    )


def _optuna() -> Any:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna
