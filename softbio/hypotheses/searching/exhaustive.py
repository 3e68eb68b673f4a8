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
from dataclasses import dataclass
from math import comb
from typing import TypeAlias

import numpy as np

from softbio.formula.conjunctions import Conjunctions, ranks_of, tuples_of
from softbio.hypotheses.searching.functions import functions_of, widened
from softbio.hypotheses.searching.pool import TIE, Candidates, Pool
from softbio.hypotheses.searching.scoring import Scale, formula_bits

__all__ = ["score_functions", "search_functions"]

_TUPLES_AT_ONCE = 8192
#: Tuples that wait for being scored, the most promising first; a bound on memory.
_MOST_WAITING = 100_000
# Functions × tuples of a job, after which the limit is looked at again: jobs lower it.
_SCORES_OF_A_JOB = 1 << 15
_JOBS_AT_ONCE = 8
# Functions × strata × cells of one step: its arrays stay in a core's cache, and the
# product is so small that the linear algebra library starts no threads of its own.
_PRODUCT_AT_ONCE = 1 << 18

Scored: TypeAlias = tuple[np.ndarray, Candidates]


def search_functions(
    conjunctions: Conjunctions,
    scale: Scale,
    *,
    most: int,
    keep: int,
    threads: int,
    progress: Callable[[int, int], None],
    stop: Callable[[], None],
    margin: float = TIE,
) -> Pool:
    """Find the shortest descriptions by functions of up to `most` attributes.

    A function is kept if its description is among the best `keep`, and shorter
    than those by every function of fewer of its attributes, and by every function
    of the same attributes that needs fewer literals.

    Parameters
    ----------
    conjunctions, scale
        The faces.
    most : int
        1 to 4, and not more than the conjunctions were made for.
    keep, threads : int
    progress : callable
        Called with how many tuples have been examined, and of how many.
    stop : callable
        Called often; raises to end the search.
    margin : float
        By how many bits a function must be shorter than those of fewer attributes or
        literals to be kept; negative where these bits are too pessimistic of longer ones.
    """
    attributes = conjunctions.packed.attributes
    total = sum(comb(attributes, size) for size in range(1, most + 1))
    pool = Pool(keep)
    # The best description by any function of a tuple or of its parts, by rank of the tuple.
    best: np.ndarray = np.full(1, np.inf)
    done = 0
    with ThreadPoolExecutor(threads) as workers:
        for size in range(1, most + 1):
            parts, best = best, np.empty(comb(attributes, size))
            lengths = _lengths(scale, size)
            waiting: list[_Cases] = []
            start = 0
            for tuples, tables in _blocks(conjunctions, size, stop):
                cases = _Cases.of(scale, tuples, tables, _best_below(tuples, parts), start, margin)
                best[start : start + len(tuples)] = cases.below
                waiting.append(cases.open_under(pool.limit, lengths[0]))
                start += len(tuples)
                if sum(map(len, waiting)) > _MOST_WAITING:
                    _examine(pool, scale, _Cases.joined(waiting), best, workers, stop)
                    waiting = []
                progress(done + start, total)
            _examine(pool, scale, _Cases.joined(waiting), best, workers, stop)
            done += start
    return pool


@dataclass(frozen=True, eq=False)
class _Cases:
    """Tuples with what their scoring needs.

    `below` is the shortest description by a function of fewer of their
    attributes, `bound` a lower bound of what theirs cost without the formula,
    `rank` their place among all tuples; `margin` is that of `search_functions`.
    """

    tuples: np.ndarray
    tables: np.ndarray
    below: np.ndarray
    bound: np.ndarray
    rank: np.ndarray
    margin: float

    def __len__(self) -> int:
        return len(self.tuples)

    @classmethod
    def of(
        cls,
        scale: Scale,
        tuples: np.ndarray,
        tables: np.ndarray,
        below: np.ndarray,
        start: int,
        margin: float,
    ) -> _Cases:
        bound = scale.bound(tables) if tuples.shape[1] > 2 else np.zeros(len(tuples))
        return cls(tuples, tables, below, bound, start + np.arange(len(tuples)), margin)

    @classmethod
    def joined(cls, cases: list[_Cases]) -> _Cases:
        """Join blocks, the most promising tuple first."""
        every = cls(
            np.concatenate([part.tuples for part in cases]),
            np.concatenate([part.tables for part in cases]),
            np.concatenate([part.below for part in cases]),
            np.concatenate([part.bound for part in cases]),
            np.concatenate([part.rank for part in cases]),
            cases[0].margin,
        )
        return every.take(np.argsort(every.bound, kind="stable"))

    def take(self, rows: np.ndarray) -> _Cases:
        return _Cases(
            self.tuples[rows],
            self.tables[rows],
            self.below[rows],
            self.bound[rows],
            self.rank[rows],
            self.margin,
        )

    def room(self, limit: float) -> np.ndarray:
        """How many bits a formula may take at most: it must beat its parts and the pool."""
        return np.minimum(self.below - self.margin, limit) - self.bound

    def open_under(self, limit: float, least: float) -> _Cases:
        """Return those of which some function could be good enough; `least`: formula bits."""
        return self.take(np.flatnonzero(self.room(limit) >= least))


def _blocks(
    conjunctions: Conjunctions, size: int, stop: Callable[[], None]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    if size == 4:
        yield from conjunctions.quadruples(stop, _TUPLES_AT_ONCE)
        return
    tuples = tuples_of(conjunctions.packed.attributes, size)
    for start in range(0, len(tuples), _TUPLES_AT_ONCE):
        stop()
        some = tuples[start : start + _TUPLES_AT_ONCE]
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
    cases: _Cases,
    best: np.ndarray,
    workers: ThreadPoolExecutor,
    stop: Callable[[], None],
) -> None:
    """Score cases, the most promising first; add to the pool and lower `best`.

    Where a tuple is not scored, `best` stays that of its parts: its own functions
    are no better, or not good enough for the pool, and then neither is what
    they could rule out.
    """
    lengths = _lengths(scale, cases.tuples.shape[1])
    order = np.arange(len(cases))
    while True:
        stop()
        limits = np.minimum(cases.below - cases.margin, pool.limit)
        room = cases.room(pool.limit)
        order = order[room[order] >= lengths[0]]
        if not len(order):
            return
        jobs, order = _jobs(order, room, lengths)

        def score(job: tuple[np.ndarray, int], limits: np.ndarray = limits) -> Scored:
            rows, functions = job
            tuples, tables = cases.tuples[rows], cases.tables[rows]
            return score_functions(
                scale, tuples, tables, limits[rows], functions, margin=cases.margin
            )

        for (rows, _), (shortest, found) in zip(jobs, workers.map(score, jobs), strict=True):
            ranks = cases.rank[rows]
            best[ranks] = np.minimum(best[ranks], shortest)
            pool.add(found)


def _lengths(scale: Scale, size: int) -> np.ndarray:
    """Bits of the shortest formula of each function of so many inputs, ascending (F,)."""
    return np.asarray(formula_bits(functions_of(size).literals, scale.attributes))


def _jobs(
    order: np.ndarray, room: np.ndarray, lengths: np.ndarray
) -> tuple[list[tuple[np.ndarray, int]], np.ndarray]:
    """Cut the next tuples into jobs: rows, and how many functions have room. And the rest."""
    jobs: list[tuple[np.ndarray, int]] = []
    start = 0
    while start < len(order) and len(jobs) < _JOBS_AT_ONCE:
        fit = int(np.searchsorted(lengths, room[order[start]], side="right"))
        rows = order[start : start + max(_SCORES_OF_A_JOB // fit, 1)]
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
    margin: float = TIE,
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
    margin : float
        By how many bits a function must be shorter than those of fewer literals.

    Returns
    -------
    ndarray, shape (T,)
        The shortest description of each tuple, among those scored.
    Candidates
        Of functions that do the same in all cells that hold faces, the shortest.
    """
    size = tuples.shape[1]
    table = functions_of(size)
    functions = functions or len(table)
    bits = np.empty((len(tuples), 2, functions))
    step = max(_PRODUCT_AT_ONCE // (tables.shape[1] * tables.shape[2]), 1)
    for start in range(0, functions, step):
        some = slice(start, min(start + step, functions))
        bits[:, 0, some], bits[:, 1, some] = scale.data_bits(tables @ table.cells[some].T)
    bits += _lengths(scale, size)[:functions]
    shortest = bits.min(axis=(1, 2))
    room = limits[:, None] if keep_longer else _below_shorter(bits, table.literals, limits, margin)
    which, denied, function = np.nonzero(bits <= room[:, None])
    found, truth = bits[which, denied, function], table.truth[function]
    truth = truth ^ denied * ((1 << (1 << size)) - 1)
    filled = (tables.sum(axis=1) > 0) @ (1 << np.arange(1 << size))
    same = which << (1 << size) | truth & filled[which]
    order = np.lexsort((function, found))
    kept = order[np.unique(same[order], return_index=True)[1]]
    return shortest, Candidates.of(found[kept], widened(truth[kept], size), tuples[which[kept]])


def _below_shorter(
    bits: np.ndarray, literals: np.ndarray, limits: np.ndarray, margin: float
) -> np.ndarray:
    """Return what each function must not exceed to be better than all of fewer literals (T, F)."""
    functions = bits.shape[2]
    levels = np.flatnonzero(np.diff(literals[:functions], prepend=0))
    steps = np.minimum.reduceat(bits.min(axis=1), levels, axis=1)
    steps = np.minimum.accumulate(steps, axis=1)[:, :-1] - margin
    room = np.concatenate([limits[:, None], np.minimum(steps, limits[:, None])], axis=1)
    return np.repeat(room, np.diff(levels, append=functions), axis=1)
