"""The shares that tell how a formula and a target go together, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.fairness.intervals.design import design_effect, face_weight
from softbio.fairness.intervals.rates import student_share, wilson
from softbio.fairness.metrics.cells import Cells

__all__ = ["Rate", "rates_of"]

_NONE = float("nan")


@dataclass(frozen=True)
class Rate:
    """A share in 0 … 1 with its interval; NaN where undefined."""

    value: float
    low: float
    high: float


def rates_of(counts: np.ndarray, people: np.ndarray | None, level: float) -> dict[str, Rate]:
    """Return the shares of one table of counts.

    Parameters
    ----------
    counts : ndarray, shape (2, 2)
        ``[target, formula]``.
    people : ndarray, shape (K, 2, 2), optional
        Each person's counts. Then a share's interval counts faces by their effective number:
        divided by the design effect, from the linearised variance of a ratio of sums over people.
    level : float

    Returns
    -------
    dict of str to Rate
        ``agreement``, ``balanced_agreement`` (both values of the target count equally),
        ``label_1_given_0`` and ``label_0_given_1``: if the formula were the truth, the rates at
        which its 0 became 1 and its 1 became 0.

    Notes
    -----
    Single shares have Wilson's interval. That of their mean, the balanced agreement, is made from
    the intervals of the two recalls with the correlation that people give them (Zou 2007,
    doi:10.1037/1082-989X.12.4.399).
    """
    cells = Cells(counts[None])
    each = None if people is None else Cells(people[:, None])
    parts = {
        "agreement": lambda c: (c.tp + c.tn, c.n),
        "label_1_given_0": lambda c: (c.fn, c.rejected),
        "label_0_given_1": lambda c: (c.fp, c.selected),
    }
    found = {}
    for name, of in parts.items():
        found[name], _ = _rate(*of(cells), None if each is None else of(each), level)
    recalls = [
        _rate(*of(cells), None if each is None else of(each), level)
        for of in (lambda c: (c.tp, c.positives), lambda c: (c.tn, c.negatives))
    ]
    found["balanced_agreement"] = _mean_of(*recalls)
    return found


def _rate(
    part: np.ndarray,
    whole: np.ndarray,
    each: tuple[np.ndarray, np.ndarray] | None,
    level: float,
) -> tuple[Rate, np.ndarray | None]:
    """Return a share, and what each person adds to its error, shape (K,)."""
    n = float(whole[0])
    if not n:
        return Rate(_NONE, _NONE, _NONE), None
    rate = float(part[0]) / n
    effective, deviations = n, None
    if each is not None:
        parts, wholes = each
        deviations = (parts - rate * wholes)[:, 0] / n
        holders = int((wholes > 0).sum())
        variance = float(deviations @ deviations) * holders / max(holders - 1, 1)
        effect = design_effect(
            np.array([rate]), np.array([n]), np.array([variance]), face_weight(wholes)
        )
        effective = n / float(effect[0]) * float(student_share(wholes, level)[0])
    low, high = wilson(np.array(rate * effective), np.array(effective), level)
    return Rate(rate, float(low), float(high)), deviations


def _mean_of(first: tuple[Rate, np.ndarray | None], second: tuple[Rate, np.ndarray | None]) -> Rate:
    """Return the mean of two shares of different faces, which people may tie together."""
    (one, of_one), (two, of_two) = first, second
    value = (one.value + two.value) / 2
    tie = 0.0
    if of_one is not None and of_two is not None:
        spread = float(np.sqrt((of_one @ of_one) * (of_two @ of_two)))
        tie = float(of_one @ of_two) / spread if spread > 0 else 0.0

    def reach(a: float, b: float) -> float:
        return float(np.sqrt(max(a * a + b * b + 2 * tie * a * b, 0.0))) / 2

    return Rate(
        value,
        value - reach(one.value - one.low, two.value - two.low),
        value + reach(one.high - one.value, two.high - two.value),
    )
