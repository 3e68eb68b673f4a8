"""Drawing people with replacement, the weights kept for whoever asks next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np

from softbio.cores import cores
from softbio.errors import DataError
from softbio.fairness.intervals.plan import IntervalPlan

__all__ = ["BLOCK", "draw_people", "draw_rows", "in_threads", "kept_people"]

#: Replicates that one thread takes at once: weights and their float32 copy stay small.
BLOCK = 64


def draw_people(
    n_people: int, replicates: int, seed: int, strata: np.ndarray | None = None
) -> np.ndarray:
    """Draw K people with replacement out of K, again and again.

    The draws are exactly multinomial: K random numbers, counted. (Poisson
    weights leave the number of people open and would have to be normalised, and
    NumPy takes eight times as long to draw them.) Blocks of replicates are drawn
    in threads, each with a random stream of its own, so that the weights do not
    depend on how many threads there are.

    Parameters
    ----------
    n_people : int
        K, at least 1.
    replicates : int
        R.
    seed : int
    strata : array-like, shape (K,), optional
        Codes from 0; draw within each, so that their sizes stay as they are.

    Returns
    -------
    ndarray, shape (R, K), uint8
        How often each person was drawn; read-only, for it is shared. Each row's
        sum is K. (More than 255 times the same one out of more than 255 people
        has a chance below 1e-400.)

    Raises
    ------
    DataError
        If there is nobody to draw.
    """
    if n_people < 1:
        raise DataError("There must be at least one person to draw. Received: 0 people.")
    starts = range(0, replicates, BLOCK)
    weights = np.empty((replicates, n_people), dtype=np.uint8)

    def fill(start: int, stream: np.random.SeedSequence) -> None:
        draw_rows(weights[start : start + BLOCK], stream, strata)

    in_threads(fill, starts, np.random.SeedSequence(seed).spawn(len(starts)))
    weights.setflags(write=False)
    return weights


def draw_rows(
    weights: np.ndarray, stream: np.random.SeedSequence, strata: np.ndarray | None = None
) -> None:
    """Draw each row of `weights` (rows, K) anew, see `draw_people`."""
    random = np.random.default_rng(stream)
    people = weights.shape[1]
    if strata is None:
        for row in weights:
            row[:] = np.bincount(random.integers(0, people, people), minlength=people)
        return
    order = np.argsort(strata, kind="stable")
    stops = np.cumsum(np.bincount(strata)).tolist()
    ends = list(zip([0, *stops[:-1]], stops, strict=True))
    for row in weights:
        drawn = [random.integers(low, high, high - low) for low, high in ends if high > low]
        row[:] = np.bincount(order[np.concatenate(drawn)], minlength=people)


def kept_people(n_people: int, plan: IntervalPlan, strata: np.ndarray) -> np.ndarray:
    """Return the weights of a plan, those of the last two plans from memory.

    They do not depend on predictions: a page that moves a threshold, or asks for
    scores after counts, draws once.

    Parameters
    ----------
    n_people : int
    plan : IntervalPlan
    strata : ndarray, shape (K,)
        Used if the plan is stratified.
    """
    codes = strata.astype(np.int64).tobytes() if plan.stratify else None
    return _kept(n_people, plan.replicates, plan.seed, codes)


@lru_cache(maxsize=2)
def _kept(n_people: int, replicates: int, seed: int, strata: bytes | None) -> np.ndarray:
    codes = None if strata is None else np.frombuffer(strata, dtype=np.int64)
    return draw_people(n_people, replicates, seed, codes)


def in_threads(work: Callable[..., None], *arguments: Iterable[Any]) -> None:
    """Call `work` with each tuple of arguments; NumPy lets go of Python's lock meanwhile."""
    with ThreadPoolExecutor(cores()) as pool:
        list(pool.map(work, *arguments))
