"""How likely chance alone puts so many errors into a slice: Fisher's exact test, many at once, and Holm."""

from __future__ import annotations

import numpy as np

__all__ = ["at_least", "holm"]

# Terms beyond a sum that are smaller than this share of it are left out.
_NEGLIGIBLE = 1e-14


def at_least(
    errors: np.ndarray, n: np.ndarray, all_errors: np.ndarray, all_n: np.ndarray
) -> np.ndarray:
    """Return the chance that `n` faces drawn from all hold `errors` errors or more.

    The upper tail of the hypergeometric distribution, which is Fisher's exact test, one-sided.

    Parameters
    ----------
    errors, n, all_errors, all_n : array-like of integers, any shapes that go together
        Errors and faces of the slice, and of all faces of which it is a part.

    Returns
    -------
    ndarray, float64
        In 0 … 1, relative error below 1e-9.
    """
    arrays = np.broadcast_arrays(errors, n, all_errors, all_n)
    shape = arrays[0].shape
    x, drawn, bad, total = (np.asarray(array, dtype=np.float64).ravel() for array in arrays)
    least = np.maximum(0.0, drawn + bad - total)
    most = np.minimum(drawn, bad)
    tail = np.where(x <= least, 1.0, 0.0)
    mean = drawn * bad / np.maximum(total, 1)
    inside = (x > least) & (x <= most)
    # The nearer tail is summed outwards, where terms fall ever faster; the other is its rest.
    up = np.flatnonzero(inside & (x >= mean))
    tail[up] = _sum(x[up], drawn[up], bad[up], total[up], 1)
    down = np.flatnonzero(inside & (x < mean))
    tail[down] = 1 - _sum(x[down] - 1, drawn[down], bad[down], total[down], -1)
    return np.clip(tail, 0.0, 1.0).reshape(shape)


def _sum(
    x: np.ndarray, drawn: np.ndarray, bad: np.ndarray, total: np.ndarray, step: int
) -> np.ndarray:
    """Sum the probabilities of `x` and of all beyond it, upwards or downwards."""
    from scipy.special import gammaln

    def ways(n: np.ndarray, k: np.ndarray) -> np.ndarray:
        return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))

    first = ways(bad, x) + ways(total - bad, drawn - x) - ways(total, drawn)
    summed, term, at = np.ones(len(x)), np.ones(len(x)), x.copy()
    left = np.arange(len(x))
    good = total - bad
    while len(left):
        i, n, k, m = at[left], drawn[left], bad[left], good[left]
        if step > 0:
            ratio = (k - i) * (n - i) / ((i + 1) * (m - n + i + 1))
        else:
            ratio = i * (m - n + i) / ((k - i + 1) * (n - i + 1))
        term[left] *= ratio
        summed[left] += term[left]
        at[left] += step
        left = left[term[left] > summed[left] * _NEGLIGIBLE]
    return np.asarray(np.exp(first) * summed)


def holm(p: np.ndarray) -> np.ndarray:
    """Return p values corrected for all of them, by Holm's step-down method.

    Parameters
    ----------
    p : ndarray, shape (m,)

    Returns
    -------
    ndarray, shape (m,)
        The chance that any of the p values as small as this one is due to chance is at most this,
        whichever of the slices truly differ.

    References
    ----------
    Holm 1979, A simple sequentially rejective multiple test procedure.
    """
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(raised, 1.0)
    return corrected
