"""Runs that differ in nothing but their seed."""

from __future__ import annotations

import json
from collections.abc import Sequence

from softbio.runs.run import Run

__all__ = ["same_but_seed"]


def same_but_seed(runs: Sequence[Run]) -> list[list[Run]]:
    """Group runs whose settings and faces are the same but for the seed.

    Refits belong together when their own settings are the same and those of
    their parents are the same but for the seed. Imported predictions have no
    seed: each is alone.

    Parameters
    ----------
    runs : sequence of Run

    Returns
    -------
    list of lists of Run
        In the order in which their first run came. Each seed stands in a group
        once, with the run that came first: the same training done twice is no
        second draw, and would make the spread look smaller than it is.

    Raises
    ------
    RunError
        If a run's config is missing or damaged.
    """
    groups: dict[str, dict[int, Run]] = {}
    for run in runs:
        key, seed = _key(run)
        groups.setdefault(key, {}).setdefault(seed, run)
    return [list(group.values()) for group in groups.values()]


def _key(run: Run) -> tuple[str, int]:
    config = run.config
    if config.train is None:
        return run.id, 0
    parts = {
        "kind": config.kind,
        "faces": config.data_fingerprint,
        "size": config.size,
        "group_column": config.group_column,
        "train": config.train.model_dump(mode="json", exclude={"seed"}),
        "head": None if config.head is None else config.head.model_dump(mode="json"),
    }
    return json.dumps(parts, sort_keys=True), config.train.seed
