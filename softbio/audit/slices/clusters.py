"""Slices without attributes: clusters of the embedding, and which of them have more errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from softbio.audit.slices.results import Slices
from softbio.audit.slices.slices import slices
from softbio.errors import ConfigError

__all__ = ["cluster_slices", "clusters_of", "standing_out"]

_AXES = 32
_SAMPLE = 20_000
# A trait stands out where its share differs from the other faces' by so much.
_STANDS_OUT = 0.15
_MOST_TOLD = 3


def clusters_of(embeddings: np.ndarray, k: int = 12, seed: int = 0) -> np.ndarray:
    """Divide faces into `k` clusters by their embeddings alone: (n,) int64.

    k-means on the first principal axes of the standardised embedding. It is fitted on at most
    20,000 of the faces, and all are given to the nearest centre.

    Parameters
    ----------
    embeddings : ndarray, shape (n, D)
    k : int
        2 at least, and no more than there are faces.

    Raises
    ------
    ConfigError
        If `k` is out of range.
    """
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA

    n = len(embeddings)
    if not 2 <= k <= n:
        raise ConfigError(f"{n:,} faces are divided into 2 to {n:,} clusters. Received: {k}.")
    some = np.sort(np.random.default_rng(seed).permutation(n)[:_SAMPLE])
    sample = embeddings[some].astype(np.float32)
    mean, spread = sample.mean(axis=0), sample.std(axis=0)
    spread[spread == 0] = 1.0
    pca = PCA(min(_AXES, *sample.shape), random_state=seed).fit((sample - mean) / spread)
    means = KMeans(k, n_init=3, random_state=seed).fit(pca.transform((sample - mean) / spread))
    found = np.empty(n, np.int64)
    for start in range(0, n, _SAMPLE):
        block = embeddings[start : start + _SAMPLE].astype(np.float32)
        found[start : start + _SAMPLE] = means.predict(pca.transform((block - mean) / spread))
    return found


def cluster_slices(
    embeddings: np.ndarray,
    wrong: np.ndarray,
    group: np.ndarray,
    groups: Sequence[str],
    *,
    person: np.ndarray | None = None,
    clusters: int = 12,
    smallest: int = 50,
    level: float = 0.95,
    seed: int = 0,
) -> Slices:
    """Find the clusters of the embedding with more errors than the rest of their group.

    Clusters are made without looking at labels or errors, and all that are large enough are
    tested and corrected for, so that the same faces may judge them.

    Parameters
    ----------
    embeddings : ndarray, shape (n, D)
        Of the same faces as the other arrays, which are as for `slices`.
    clusters : int
    seed : int

    Returns
    -------
    Slices
        The formulas of its lines are names, ``cluster 1`` …, the largest cluster first.

    Raises
    ------
    ConfigError
        If there are fewer faces than clusters.
    """
    found = clusters_of(embeddings, clusters, seed)
    sizes = np.bincount(found, minlength=clusters)
    order = np.argsort(-sizes, kind="stable")
    columns = {
        f"cluster {rank + 1}": (found == code).astype(np.int8) for rank, code in enumerate(order)
    }
    return slices(
        columns,
        wrong,
        group,
        groups,
        person=person,
        most=1,
        smallest=smallest,
        level=level,
        negated=False,
    )


def standing_out(
    attributes: Mapping[str, np.ndarray], rows: np.ndarray, among: np.ndarray
) -> tuple[tuple[str, float, float], ...]:
    """Return the attributes by which some faces differ most from others.

    Parameters
    ----------
    attributes : mapping of str to ndarray, shape (n,)
        1, 0, or anything else where not known.
    rows, among : ndarray
        Places of the faces, and of all of which they are a part.

    Returns
    -------
    tuple of (name, share, share of the others)
        At most three, the largest difference first; only differences of 0.15 or more.
    """
    others = np.setdiff1d(among, rows)
    found = []
    for name, values in attributes.items():
        values = np.asarray(values)
        here, there = (values[places] for places in (rows, others))
        here, there = (part[(part == 0) | (part == 1)] for part in (here, there))
        if len(here) and len(there):
            found.append((name, float(here.mean()), float(there.mean())))
    found = [one for one in found if abs(one[1] - one[2]) >= _STANDS_OUT]
    return tuple(sorted(found, key=lambda one: -abs(one[1] - one[2]))[:_MOST_TOLD])
