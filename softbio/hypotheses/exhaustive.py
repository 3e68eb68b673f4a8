"""Every Boolean function of every tuple of attributes, without looking at most of them.

Functions of one and two attributes are all scored. A tuple of three or four is
scored only if a bound says that one of its functions could be among the best
and better than every formula over fewer of the tuple's attributes; and then
only its functions of so few literals that they could be. What is left out is
therefore known to be worse than what is kept: the search is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from math import comb
from typing import TypeAlias

import numpy as np

from softbio.hypotheses.functions import functions_of, widened
from softbio.hypotheses.pool import TIE, Candidates, Pool
from softbio.hypotheses.scoring import Scale, formula_bits
from softbio.hypotheses.tables import Conjunctions, PackedFaces, ranks_of, tuples_of

__all__ = ["score_functions", "search_functions"]

_QUADRUPLES_AT_ONCE = 8192
# Functions × tuples of one step: its arrays stay in a core's second-level cache.
_SCORES_AT_ONCE = 1 << 15
# Then the limit is looked at again, which later jobs have lowered.
_JOBS_AT_ONCE = 8

Scored: TypeAlias = tuple[np.ndarray, Candidates]


def search_functions(
    packed: PackedFaces,
    scale: Scale,
    *,
    most: int,
    keep: int,
    threads: int,
    progress: Callable[[int, int], None],
    stop: Callable[[], None],
) -> Pool:
    """Find the shortest descriptions by functions of up to `most` attributes.

    A function is kept if its description is among the best `keep`, and shorter
    than those by every function of fewer of its attributes, and by every function
    of the same attributes that needs fewer literals.

    Parameters
    ----------
    packed, scale
        The faces.
    most : int
        1 to 4.
    keep, threads : int
    progress : callable
        Called with how many tuples have been examined, and of how many.
    stop : callable
        Called often; raises to end the search.
    """
    most = min(most, packed.attributes)
    total = sum(comb(packed.attributes, size) for size in range(1, most + 1))
    pool = Pool(keep)
    conjunctions = Conjunctions(packed, most, threads)
    best: np.ndarray = np.full(1, np.inf)
    done = 0
    with ThreadPoolExecutor(threads) as workers:
        for size in range(1, most + 1):
            lowest = []
            for tuples, tables in _blocks(conjunctions, size, stop):
                below = _best_below(tuples, best)
                lowest.append(_examine(pool, scale, tuples, tables, below, workers, stop))
                done += len(tuples)
                progress(done, total)
            best = np.concatenate(lowest)
    return pool


def _blocks(
    conjunctions: Conjunctions, size: int, stop: Callable[[], None]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    if size == 4:
        yield from conjunctions.quadruples(stop, _QUADRUPLES_AT_ONCE)
        return
    tuples = tuples_of(conjunctions.packed.attributes, size)
    for start in range(0, len(tuples), _QUADRUPLES_AT_ONCE):
        stop()
        some = tuples[start : start + _QUADRUPLES_AT_ONCE]
        yield some, conjunctions.tables(size, some)


def _best_below(tuples: np.ndarray, best: np.ndarray) -> np.ndarray:
    """The shortest description by a function of fewer of each tuple's attributes (T,).

    `best` holds the same, itself included, for all tuples of one attribute fewer.
    """
    size = tuples.shape[1]
    if size == 1:
        return np.full(len(tuples), np.inf)
    below: np.ndarray = np.full(len(tuples), np.inf)
    for left_out in range(size):
        part = np.delete(tuples, left_out, axis=1)
        below = np.minimum(below, best[ranks_of(part)])
    return below


def _examine(
    pool: Pool,
    scale: Scale,
    tuples: np.ndarray,
    tables: np.ndarray,
    below: np.ndarray,
    workers: ThreadPoolExecutor,
    stop: Callable[[], None],
) -> np.ndarray:
    """Add a block's candidates to the pool; return the best description of each tuple (T,).

    Where a tuple was not looked at, that is the best of its parts: its own are
    no better, or not good enough for the pool, and then neither is what they
    could rule out.
    """
    size = tuples.shape[1]
    table = functions_of(size)
    lengths = np.asarray(formula_bits(table.literals, scale.attributes))
    best = below.copy()
    bound = scale.bound(tables) if size > 2 else np.zeros(len(tuples))
    order = np.argsort(bound, kind="stable")
    while True:
        stop()
        # A function must be shorter than its parts' and as short as the pool's last.
        limits = np.minimum(below - TIE, pool.limit)
        room = limits - bound
        order = order[room[order] >= lengths[0]]
        if not len(order):
            return best
        jobs, order = _jobs(order, room, lengths)

        def score(job: tuple[np.ndarray, int], limits: np.ndarray = limits) -> Scored:
            rows, functions = job
            return score_functions(scale, tuples[rows], tables[rows], limits[rows], functions)

        for (rows, _), (shortest, found) in zip(jobs, workers.map(score, jobs), strict=True):
            best[rows] = np.minimum(best[rows], shortest)
            pool.add(found)


def _jobs(
    order: np.ndarray, room: np.ndarray, lengths: np.ndarray
) -> tuple[list[tuple[np.ndarray, int]], np.ndarray]:
    """Cut the next tuples into jobs: rows, and how many functions have room. And the rest."""
    jobs: list[tuple[np.ndarray, int]] = []
    start = 0
    while start < len(order) and len(jobs) < _JOBS_AT_ONCE:
        fit = int(np.searchsorted(lengths, room[order[start]], side="right"))
        rows = order[start : start + max(_SCORES_AT_ONCE // fit, 1)]
        jobs.append((rows, int(np.searchsorted(lengths, room[rows].max(), side="right"))))
        start += len(rows)
    return jobs, order[start:]


def score_functions(
    scale: Scale,
    tuples: np.ndarray,
    tables: np.ndarray,
    limits: np.ndarray,
    functions: int | None = None,
    keep_longer: bool = False,
) -> tuple[np.ndarray, Candidates]:
    """Score functions of tuples from their contingency tables.

    Parameters
    ----------
    scale : Scale
    tuples : ndarray, shape (T, k)
    tables : ndarray, shape (T, 2 G, 2^k)
    limits : ndarray, shape (T,)
        What is longer is not returned.
    functions : int, optional
        How many of the shortest; all by default.
    keep_longer : bool
        Return also functions that a function of the same attributes and fewer
        literals is no worse than.

    Returns
    -------
    ndarray, shape (T,)
        The shortest description of each tuple, among those scored.
    Candidates
        Of functions that do the same in all cells that hold faces, the shortest.
    """
    size = tuples.shape[1]
    table = functions_of(size)
    bits = np.stack(scale.data_bits(tables @ table.cells[:functions].T), axis=1)
    bits += np.asarray(formula_bits(table.literals[:functions], scale.attributes))
    shortest = bits.min(axis=(1, 2))
    room = limits[:, None] if keep_longer else _below_shorter(bits, table.literals, limits)
    which, denied, function = np.nonzero(bits <= room[:, None])
    found, truth = bits[which, denied, function], table.truth[function]
    truth = truth ^ denied * ((1 << (1 << size)) - 1)
    filled = (tables.sum(axis=1) > 0) @ (1 << np.arange(1 << size))
    same = which << (1 << size) | truth & filled[which]
    order = np.lexsort((function, found))
    kept = order[np.unique(same[order], return_index=True)[1]]
    return shortest, Candidates.of(found[kept], widened(truth[kept], size), tuples[which[kept]])


def _below_shorter(bits: np.ndarray, literals: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Return what each function must not exceed to be better than all of fewer literals (T, F)."""
    functions = bits.shape[2]
    levels = np.flatnonzero(np.diff(literals[:functions], prepend=0))
    steps = np.minimum.reduceat(bits.min(axis=1), levels, axis=1)
    steps = np.minimum.accumulate(steps, axis=1)[:, :-1] - TIE
    room = np.concatenate([limits[:, None], np.minimum(steps, limits[:, None])], axis=1)
    return np.repeat(room, np.diff(levels, append=functions), axis=1)
