"""L2-logistic regression for few rows and many columns, and how strong its penalty should be.

The penalty looks at lengths only, so rows may be turned to any other axes. With fewer rows than
columns they are written in as many coordinates as there are rows (the kernel trick), and Newton's
method needs a handful of small systems.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "L2_GRID",
    "CrossValidated",
    "Line",
    "cross_validate",
    "fit_logistic",
    "logistic",
    "one_thread",
]

#: Penalties that are tried, strong ones first: each fit starts from the one before it.
L2_GRID = (1.0, 0.5, 0.25, 0.12, 0.06, 0.03, 0.01, 0.003, 0.001)

#: Newton's method stops when no score can move by more than this any more.
_TOLERANCE = 1e-7
#: In cross-validation scores need to be known to so much only.
_ROUGHLY = 1e-3
_MOST_STEPS = 100
#: The number of BLAS threads belongs to the whole process, so only one may change it at a time.
_ALONE = threading.Lock()


class Line(NamedTuple):
    """A fitted logistic regression: score = values @ coefficients + intercept.

    Attributes
    ----------
    coefficients : ndarray, shape (D,), float64
    intercept : float
    """

    coefficients: np.ndarray
    intercept: float

    def scores(self, values: np.ndarray) -> np.ndarray:
        """Return the log odds of 1 for rows of (n, D) values, shape (n,), float64."""
        return values @ self.coefficients + self.intercept


class CrossValidated(NamedTuple):
    """What cross-validation told.

    Attributes
    ----------
    l2 : float
        The penalty with the least loss on rows that were left out.
    scores : ndarray, shape (n,), float64
        Log odds of each row by the fit that did not see its fold, at that penalty.
    losses : ndarray, shape (t,), float64
        Mean loss in nats of the penalties that were tried, the first ones of the grid.
    """

    l2: float
    scores: np.ndarray
    losses: np.ndarray


def logistic(scores: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(−scores)) without overflow."""
    from scipy.special import expit

    return expit(scores)


def fit_logistic(
    values: np.ndarray,
    label: np.ndarray,
    l2: float,
    *,
    weights: np.ndarray | None = None,
) -> Line:
    """Minimise Σ weight · log loss + l2 / 2 · |coefficients|²; the intercept is free.

    Scikit-learn's ``LogisticRegression`` with ``C = 1 / l2``.

    Parameters
    ----------
    values : ndarray, shape (n, D)
    label : ndarray, shape (n,)
        0 or 1, both present.
    l2 : float
        Above 0.
    weights : ndarray, shape (n,), optional
        Above 0; 1 each if not given.

    Raises
    ------
    ValueError
        If only one label is present or `l2` is not above 0.
    """
    label, weights = _checked(label, l2, weights)
    with one_thread():
        coordinates, back = _fewest_coordinates(np.asarray(values, np.float64))
        start = np.zeros(coordinates.shape[1] + 1)
        found = _newton(coordinates, label, weights, l2, start)
    return Line(back @ found[:-1] if back is not None else found[:-1], float(found[-1]))


def cross_validate(
    values: np.ndarray,
    label: np.ndarray,
    folds: np.ndarray,
    grid: Sequence[float] = L2_GRID,
    *,
    weights: np.ndarray | None = None,
) -> CrossValidated:
    """Choose the penalty by the loss on rows that the fit did not see.

    Parameters
    ----------
    values : ndarray, shape (n, D)
    label : ndarray, shape (n,)
    folds : ndarray, shape (n,), int
        Fold of each row, from 0. What is left when a fold is taken away must hold both labels.
    grid : sequence of float
        Penalties, strong ones first.
    weights : ndarray, shape (n,), optional

    Raises
    ------
    ValueError
        If a fold holds all rows of a label.
    """
    label, weights = _checked(label, min(grid), weights)
    signs = np.where(label == 1, -1.0, 1.0)
    parts = [
        (np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in np.unique(folds)
    ]
    for kept, _ in parts:
        _checked(label[kept], min(grid), None)
    tried: list[np.ndarray] = []
    losses: list[float] = []
    with one_thread():
        coordinates, _ = _fewest_coordinates(np.asarray(values, np.float64))
        found = [np.zeros(coordinates.shape[1] + 1) for _ in parts]
        for l2 in grid:
            scores = np.empty(len(label))
            for number, (kept, left) in enumerate(parts):
                found[number] = _newton(
                    coordinates[kept], label[kept], weights[kept], l2, found[number], _ROUGHLY
                )
                scores[left] = coordinates[left] @ found[number][:-1] + found[number][-1]
            tried.append(scores)
            losses.append(float(np.average(np.logaddexp(0, signs * scores), weights=weights)))
            # The loss falls and then rises along the grid; twice above the least, it is past it.
            if len(losses) > int(np.argmin(losses)) + 2:
                break
    best = int(np.argmin(losses))
    return CrossValidated(grid[best], tried[best], np.array(losses))


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep linear algebra to one thread, for systems and products that are not large.

    On a busy machine threads that wait for each other take a hundred times as long.
    """
    with _ALONE, _blas().limit(limits=1, user_api="blas"):
        yield


@cache
def _blas() -> Any:
    import scipy.linalg  # noqa: F401  (what is limited must be loaded)
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()


def _checked(
    label: np.ndarray, l2: float, weights: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    label = np.asarray(label, np.float64)
    if not l2 > 0:
        raise ValueError(f"`l2` must be above 0. Received: l2={l2}")
    if not (label == 0).any() or not (label == 1).any():
        raise ValueError("A logistic regression needs rows of both labels.")
    return label, np.ones(len(label)) if weights is None else np.asarray(weights, np.float64)


def _fewest_coordinates(values: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the rows in as few coordinates as can hold them, and the way back to columns."""
    if values.shape[0] >= values.shape[1]:
        return values, None
    power, axes = np.linalg.eigh(values @ values.T)
    kept = power > power[-1] * len(power) * np.finfo(np.float64).eps
    length = np.sqrt(power[kept])
    return axes[:, kept] * length, values.T @ (axes[:, kept] / length)


def _newton(
    values: np.ndarray,
    label: np.ndarray,
    weights: np.ndarray,
    l2: float,
    start: np.ndarray,
    tolerance: float = _TOLERANCE,
) -> np.ndarray:
    """Return coefficients and intercept where the penalised loss is least."""
    from scipy.linalg import solve

    signs = np.where(label == 1, -1.0, 1.0)
    found, total = start, np.inf
    scores = values @ found[:-1] + found[-1]
    curvature = np.empty((len(found), len(found)))
    for _ in range(_MOST_STEPS):
        chance = logistic(scores)
        total = weights @ np.logaddexp(0, signs * scores) + l2 / 2 * (found[:-1] @ found[:-1])
        residual = weights * (chance - label)
        slope = np.append(values.T @ residual + l2 * found[:-1], residual.sum())
        heft = weights * chance * (1 - chance)
        bent = values * np.sqrt(heft)[:, None]
        curvature[:-1, :-1] = bent.T @ bent  # of one array: half of the work
        curvature[:-1, -1] = curvature[-1, :-1] = heft @ values
        curvature[-1, -1] = heft.sum() + 1e-12
        curvature[np.arange(len(slope) - 1), np.arange(len(slope) - 1)] += l2
        step = solve(curvature, slope, assume_a="pos", check_finite=False)
        change = values @ step[:-1] + step[-1]
        for _ in range(30):
            moved, then = found - step, scores - change
            after = weights @ np.logaddexp(0, signs * then) + l2 / 2 * (moved[:-1] @ moved[:-1])
            if after <= total + 1e-12 * abs(total):
                break
            step, change = step / 2, change / 2
        found, scores = moved, then
        if np.abs(change).max() <= tolerance:
            break
    return found
