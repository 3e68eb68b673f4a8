"""Which labels are flagged: as many of each cell as the joint says are wrong, the worst first."""

from __future__ import annotations

import numpy as np

__all__ = ["flag"]


def flag(
    label: np.ndarray,
    score: np.ndarray,
    group: np.ndarray,
    joint: np.ndarray,
    faces: np.ndarray,
    against: np.ndarray,
) -> np.ndarray:
    """Return the faces to remove or to look at.

    Of each cell the joint says how many labels are wrong. That many faces of it with the lowest
    probability of their label are taken ("prune by noise rate"; with two labels the same faces
    as "prune by class"), but none whose score agrees with its label.

    Parameters
    ----------
    label, group : ndarray, shape (n,), integers
    score : ndarray, shape (n,), float64
    joint : ndarray, shape (G, 2, 2), float64
        [given, true], see `calibrated`.
    faces : ndarray, shape (G, 2), integers
    against : ndarray, shape (n,), bool
        Whose score speaks for the other label.

    Returns
    -------
    ndarray, shape (n,), bool
    """
    flagged = np.zeros(len(label), dtype=bool)
    for index, given in np.ndindex(faces.shape):
        share = joint[index, given, 1 - given]
        if np.isnan(share) or not faces[index, given]:
            continue
        wanted = int(np.rint(share * faces[index].sum()))
        may = np.flatnonzero((group == index) & (label == given) & against)
        if wanted < len(may):
            own = score[may] if given else -score[may]
            may = may[np.argsort(own, kind="stable")[:wanted]]
        flagged[may] = True
    return flagged
