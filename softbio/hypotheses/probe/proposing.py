"""Which faces a person should tag next."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from softbio.errors import DataError
from softbio.hypotheses.probe.features import Features
from softbio.hypotheses.probe.logistic import fit_logistic, logistic
from softbio.hypotheses.probe.probe import Probe

__all__ = ["Proposal", "propose"]

#: One of so many faces is drawn at random, for the check sample.
_CHECKED = 5
#: Faces of a group that are looked at when different ones are sought.
_SAMPLE = 2000
#: While a group has fewer yes than this, half of its proposals are likely ones.
_SCARCE = 8
#: Candidates for each face that is chosen among the uncertain.
_CANDIDATES = 8
#: Penalty of the guess that is made before a probe can be learned.
_GUESS_L2 = 0.1


class Proposal(NamedTuple):
    """Faces to tag.

    Attributes
    ----------
    rows : ndarray, shape (n,), int64
        In the order in which they should be shown.
    why : ndarray, shape (n,), str
        ``diverse``: unlike those tagged and each other; ``uncertain``: the probe cannot tell;
        ``likely``: the probe says yes while few are known; ``check``: drawn at random.
    """

    rows: np.ndarray
    why: np.ndarray


def propose(
    features: Features,
    tags: np.ndarray,
    probe: Probe | None,
    group: np.ndarray,
    *,
    n: int,
    seed: int = 0,
) -> Proposal:
    """Propose faces that nobody tagged, as many of each group as of the others.

    Parameters
    ----------
    features : Features
        Of N faces.
    tags : ndarray, shape (N,), int8
        1 yes, 0 no, −1 open; any other value: neither known nor to be proposed, as where a
        person was unsure.
    probe : Probe or None
        What was learned so far.
    group : ndarray, shape (N,), int
        −1 unknown: such faces are not proposed unless there are no others.
    n : int
        Faces wanted; fewer come if fewer are left.
    seed : int
        The same tags and seed give the same faces.

    Raises
    ------
    DataError
        If lengths differ.
    """
    tags, group = np.asarray(tags), np.asarray(group)
    if not len(tags) == len(group) == len(features):
        raise DataError(
            f"`tags` tells of {len(tags):,} faces, `group` of {len(group):,}, the features of "
            f"{len(features):,}."
        )
    if n < 1:
        raise ValueError(f"`n` must be at least 1. Received: n={n}")
    tagged = int((tags != -1).sum())
    chances = probe.chances if probe is not None else _first_guess(features, tags)
    draws = np.random.default_rng([seed, tagged])
    members = [np.flatnonzero(group == number) for number in range(int(group.max(initial=-1)) + 1)]
    members = [rows for rows in members if len(rows)] or [np.arange(len(tags))]
    open_rows = [rows[tags[rows] == -1] for rows in members]
    chosen: list[list[tuple[int, str]]] = []
    for rows, among, wanted in zip(members, open_rows, _shares(open_rows, n, tagged), strict=True):
        chosen.append(_of_group(features, tags, chances, rows, among, wanted, draws))
    # Groups in turns, so that whoever stops early has tagged as many of each.
    most = max(map(len, chosen))
    order = [faces[turn] for turn in range(most) for faces in chosen if turn < len(faces)]
    rows = np.array([row for row, _ in order], np.int64)
    return Proposal(rows, np.array([why for _, why in order], "<U9"))


def _first_guess(features: Features, tags: np.ndarray) -> np.ndarray | None:
    """Return rough chances from tags too few for a probe; None before there is a yes and a no."""
    rows = np.flatnonzero(tags >= 0)
    label = tags[rows] == 1
    if label.all() or not label.any():
        return None
    line = fit_logistic(features.rows(rows), label, _GUESS_L2)
    return logistic(features.scores(line.coefficients, line.intercept))


def _shares(open_rows: list[np.ndarray], n: int, tagged: int) -> list[int]:
    """Share `n` faces out to the groups, evenly as far as they go."""
    wanted = [0] * len(open_rows)
    # Where it does not divide, the odd face goes to another group each time.
    turn = tagged
    for _ in range(min(n, sum(map(len, open_rows)))):
        while wanted[turn % len(wanted)] >= len(open_rows[turn % len(wanted)]):
            turn += 1
        wanted[turn % len(wanted)] += 1
        turn += 1
    return wanted


def _of_group(
    features: Features,
    tags: np.ndarray,
    chances: np.ndarray | None,
    members: np.ndarray,
    among: np.ndarray,
    wanted: int,
    draws: np.random.Generator,
) -> list[tuple[int, str]]:
    """Return rows of one group and why, in the order in which they should be shown."""
    if wanted == 0:
        return []
    checks = wanted // _CHECKED + int(draws.integers(_CHECKED) < wanted % _CHECKED)
    picked: list[tuple[int, str]] = []

    def take(rows: np.ndarray, why: str) -> None:
        nonlocal among
        picked.extend((int(row), why) for row in rows)
        among = np.setdiff1d(among, rows, assume_unique=True)

    take(draws.choice(among, min(checks, len(among)), replace=False), "check")
    left = wanted - len(picked)
    known = members[tags[members] >= 0]
    if chances is None:
        take(_diverse(features, _sample(among, draws), known, left, draws), "diverse")
    else:
        if int((tags[members] == 1).sum()) < _SCARCE:
            best = among[np.argsort(-chances[among], kind="stable")[: left // 2]]
            take(best, "likely")
        left = wanted - len(picked)
        doubt = np.abs(chances[among] - 0.5)
        open_questions = among[np.argsort(doubt, kind="stable")[: left * _CANDIDATES]]
        take(_diverse(features, open_questions, known, left, draws), "uncertain")
    return [picked[place] for place in draws.permutation(len(picked))]


def _sample(rows: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    return draws.choice(rows, _SAMPLE, replace=False) if len(rows) > _SAMPLE else rows


def _diverse(
    features: Features,
    candidates: np.ndarray,
    known: np.ndarray,
    wanted: int,
    draws: np.random.Generator,
) -> np.ndarray:
    """Choose candidates unlike those known and each other (k-means++, Arthur & Vassilvitskii 2007).

    Each is drawn with a chance that grows with the square of its distance to the nearest face
    that is known or was chosen.
    """
    wanted = min(wanted, len(candidates))
    values = features.values[candidates].astype(np.float32)
    lengths = np.einsum("nd,nd->n", values, values)
    nearest = np.full(len(candidates), np.inf, np.float32)
    if len(known):
        others = features.values[_sample(known, draws)].astype(np.float32)
        apart = np.einsum("nd,nd->n", others, others) - 2 * values @ others.T
        nearest = np.maximum(lengths + apart.min(axis=1), 0)
    chosen: list[int] = []
    while len(chosen) < wanted:
        weights = np.where(np.isinf(nearest), 1.0, nearest).astype(np.float64)
        weights[chosen] = 0
        if not weights.sum() > 0:
            weights[:] = 1
            weights[chosen] = 0
        place = int(draws.choice(len(candidates), p=weights / weights.sum()))
        chosen.append(place)
        apart = lengths + lengths[place] - 2 * values @ values[place]
        nearest = np.minimum(nearest, np.maximum(apart, 0))
    return candidates[chosen]
