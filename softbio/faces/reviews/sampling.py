"""The random sample that people review blind: the test faces in one order by chance."""

from __future__ import annotations

import numpy as np

from softbio.faces.faceset import FaceSet

__all__ = ["sample_order"]


def sample_order(faces: FaceSet, seed: int = 0) -> np.ndarray:
    """Return the test faces in an order by chance, the same for every reviewer.

    However far one gets, the faces so far are a simple random sample of the test split, so what
    is counted in them estimates the split without bias; and the second reviewer meets the faces
    that the first one had. Nothing is stratified: weights would then have to go along with every
    figure.

    Parameters
    ----------
    faces : FaceSet
    seed : int

    Returns
    -------
    ndarray, shape (n,), int64
        Rows of the set.
    """
    return np.random.default_rng(seed).permutation(faces.rows("test"))
