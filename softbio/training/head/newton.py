"""Newton's method for a last layer: few and thrifty Hessians, many cheap steps.

At 40,000 faces × 512 inputs a Hessian of all faces costs about thirty times what a gradient
costs. So it is made of a part of the faces, twenty for each coefficient, factorised, and kept for
as long as it brings the gradient down quickly; when one does not even do so at once, the next one
is made of twice as many faces. Gradient and loss are those of all faces: the Hessian decides how
fast the minimum is found, and not which.

Every step is a descent step: the Hessian is made of the curvatures' absolute values and L2, hence
positive definite, and the step is halved until the loss falls enough. For cross-entropy this finds
the one minimum. The focal loss is not convex: what is found is a stationary point downhill from
the start.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.training.head.losses import FaceLoss
from softbio.training.head.products import RowProducts, row_products

__all__ = ["Metric", "Solution", "minimise"]

#: A fit ends with the step that moves no fitted face's score by more than this.
_TOLERANCE = 1e-5
_MOST_STEPS = 200
#: Largest ratio of two steps' squared gradient norms with which an old Hessian is kept.
_QUICK = 0.1
#: … and with which a small step means that there is little left: no more than that step again.
_SETTLING = 0.25
_TINY = 1e-300
_SUFFICIENT = 1e-4
_MOST_HALVINGS = 30
#: Faces for each coefficient of which a Hessian is made at first.
_ROWS = 20
#: Faces of which there is always a Hessian at once.
_FEW = 4096


@dataclass(frozen=True, eq=False)
class Solution:
    """Where the fit ended.

    Attributes
    ----------
    coefficients : ndarray, shape (D + 1,), float64
        Those of the standardised inputs, then the bias.
    iterations : int
    converged : bool
    loss : float
        Weighted mean, without L2.
    metric : Metric
        The last factorised Hessian: a fit of almost the same problem can begin with it.
    """

    coefficients: np.ndarray
    iterations: int
    converged: bool
    loss: float
    metric: Metric


def minimise(
    matrix: np.ndarray,
    share: np.ndarray,
    face_loss: FaceLoss,
    l2: float,
    start: np.ndarray,
    metric: Metric | None = None,
) -> Solution:
    """Minimise ``share · loss(matrix @ c) + l2 / 2 · |c without the bias|²``.

    Parameters
    ----------
    matrix : ndarray, shape (n, D + 1), float32
        Its last column is ones.
    share : ndarray, shape (n,), float64
        Weights of the faces, in sum 1.
    face_loss : FaceLoss
    l2 : float
        Above 0.
    start : ndarray, shape (D + 1,), float64
    metric : Metric, optional
        Of an earlier fit; it decides how fast the minimum is found and not which.
    """
    with row_products(matrix) as products:
        problem = _Problem(products, share, face_loss, l2, matrix.shape[1])
        return _descend(problem, len(matrix), start, metric)


def _descend(problem: _Problem, count: int, start: np.ndarray, metric: Metric | None) -> Solution:
    point = problem.at(start, problem.logits(start))
    every = max(1, count // max(_ROWS * len(start), _FEW))
    fresh = metric is None
    metric = metric or Metric(problem.hessian(point, every))
    for step in range(1, _MOST_STEPS + 1):
        direction = -metric.solve(point.gradient)
        decrease = float(point.gradient @ direction)
        along = problem.logits(direction)
        reached = problem.search(point, direction, along, decrease)
        move = problem.largest_move(point, along)
        exact = fresh and every == 1
        if reached is None and exact:
            # Not even a small part of a descent step helps: float32 has no more to give.
            return point.solution(step, move <= 100 * _TOLERANCE, metric)
        left = np.inf
        if reached is not None:
            left = metric.squared(reached.gradient) / max(-decrease, _TINY)
        # A Hessian that is far too large makes small steps anywhere.
        if reached is not None and move <= _TOLERANCE and (exact or left <= _SETTLING):
            return reached.solution(step, True, metric)
        point = reached or point
        if left > _QUICK:
            every = max(1, every // 2) if fresh else every
            metric, fresh = Metric(problem.hessian(point, every)), True
        else:
            fresh = False
    return point.solution(_MOST_STEPS, False, metric)


@dataclass(frozen=True, eq=False)
class _Point:
    """A place, and what is known of it."""

    coefficients: np.ndarray
    logit: np.ndarray
    curvature: np.ndarray
    gradient: np.ndarray
    loss: float
    objective: float

    def solution(self, iterations: int, converged: bool, metric: Metric) -> Solution:
        return Solution(self.coefficients, iterations, converged, self.loss, metric)


class _Problem:
    def __init__(
        self, products: RowProducts, share: np.ndarray, face_loss: FaceLoss, l2: float, width: int
    ) -> None:
        self._products = products
        self._share = share
        self._face_loss = face_loss
        self._penalty = np.full(width, l2, dtype=np.float64)
        self._penalty[-1] = 0.0

    def logits(self, coefficients: np.ndarray) -> np.ndarray:
        return self._products.times(coefficients).astype(np.float64)

    def at(self, coefficients: np.ndarray, logit: np.ndarray) -> _Point:
        value, slope, curvature = self._face_loss.all(logit)
        pull = self._penalty * coefficients
        gradient = self._products.transposed_times(self._share * slope)
        loss = float(self._share @ value)
        return _Point(
            coefficients,
            logit,
            curvature,
            gradient + pull,
            loss,
            loss + 0.5 * float(pull @ coefficients),
        )

    def hessian(self, point: _Point, every: int = 1) -> np.ndarray:
        """Return the Hessian with the curvatures' absolute values, (D + 1, D + 1), float64.

        It is made of one face in `every`, scaled to the curvature of all of them.
        """
        bend = self._share * np.abs(point.curvature)
        if every > 1:
            bend = bend * (bend.sum() / max(bend[::every].sum(), _TINY))
        hessian = self._products.gram(bend, every)
        hessian.flat[:: len(hessian) + 1] += self._penalty
        return hessian

    def search(
        self, point: _Point, direction: np.ndarray, along: np.ndarray, decrease: float
    ) -> _Point | None:
        """Return the first of the whole step, its half, … where the objective falls enough."""
        size = 1.0
        slack = 1e-13 * abs(point.objective)
        for _ in range(_MOST_HALVINGS):
            coefficients = point.coefficients + size * direction
            logit = point.logit + size * along
            objective = float(self._share @ self._face_loss.values(logit))
            objective += 0.5 * float((self._penalty * coefficients) @ coefficients)
            if objective <= point.objective + _SUFFICIENT * size * decrease + slack:
                return self.at(coefficients, logit)
            size *= 0.5
        return None

    def largest_move(self, point: _Point, along: np.ndarray) -> float:
        """Return how far the whole step would move the score that it moves most."""
        before, after = np.tanh(0.5 * point.logit), np.tanh(0.5 * (point.logit + along))
        return 0.5 * float(np.abs(after - before).max())


class Metric:
    """A factorised positive definite matrix, (D + 1, D + 1)."""

    def __init__(self, matrix: np.ndarray) -> None:
        ridge = 0.0
        while True:
            try:
                lower = np.linalg.cholesky(matrix + ridge * np.eye(len(matrix)))
                break
            except np.linalg.LinAlgError:
                # Rounding in float32 may turn the flattest directions negative.
                ridge = 10.0 * ridge or 1e-7 * float(np.trace(matrix)) / len(matrix)
        self._inverse = np.linalg.inv(lower)

    def solve(self, vector: np.ndarray) -> np.ndarray:
        """Return the matrix's inverse times `vector`."""
        return self._inverse.T @ (self._inverse @ vector)

    def squared(self, gradient: np.ndarray) -> float:
        """Return the gradient's squared norm, measured by the matrix's inverse."""
        return float(np.square(self._inverse @ gradient).sum())
