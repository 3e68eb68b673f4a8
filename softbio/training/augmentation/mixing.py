"""Mixing: faces laid over each other, with a label in between."""

from __future__ import annotations

import numpy as np

__all__ = ["mix"]


def mix(
    pixels: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    group: np.ndarray,
    alpha: float,
    draws: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the batch with another face of the same group mixed into each.

    A mixed face keeps its group, so that losses and objectives that look at groups stay defined.
    The shares are drawn from Beta(α, α). A weighted cross-entropy of the mixed faces is exactly
    the mixture of the weighted losses of both labels: their label is the mean of the two, each
    counting with its share and its weight.

    Parameters
    ----------
    pixels : ndarray, shape (b, H, W, 3), uint8
    labels, weights : ndarray, shape (b,), float32
        Faces of weight 0 are neither mixed nor mixed in.
    group : ndarray, shape (b,), int
    alpha : float
        Above 0; 1 draws all shares alike, small ones mix little.
    draws : numpy.random.Generator

    Returns
    -------
    pixels, labels, weights : ndarray
        In the shapes and types of the arguments; labels between 0 and 1.

    References
    ----------
    Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018, arXiv 1710.09412.
    """
    count = np.flatnonzero(weights > 0)
    other = np.arange(len(pixels))
    for each in np.unique(group[count]):
        members = count[group[count] == each]
        other[members] = draws.permutation(members)
    share = np.ones(len(pixels), dtype=np.float32)
    share[count] = draws.beta(alpha, alpha, len(count))
    mine = share[:, None, None, None]
    mixed = np.rint(mine * pixels + (1 - mine) * pixels[other]).astype(np.uint8)
    first, second = share * weights, (1 - share) * weights[other]
    both = first + second
    label = first * labels + second * labels[other]
    label = np.divide(label, both, out=labels.copy(), where=both > 0)
    return mixed, np.clip(label, 0, 1).astype(np.float32), both.astype(np.float32)
