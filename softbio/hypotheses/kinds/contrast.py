"""The directions in which a class differs from the others, whatever their gender."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Contrast", "contrast"]

#: Faces of each side from which the directions are found.
_FROM = 20_000
#: Principal axes that are looked at, and how many faces each of them needs.
_MOST_COLUMNS = 256
_FACES_A_COLUMN = 4
#: A little of the mean variance is added everywhere, so that no axis of almost none counts.
_RIDGE = 0.1
#: Beyond this share of faces at either end a column's values count as the last one before.
_TAIL = 0.02
#: How often others are taken for a class, and how far beyond them a direction must stand out.
_PSEUDO = 5
_BEYOND = 1.5
_AT_A_TIME = 8192


@dataclass(frozen=True, eq=False)
class Contrast:
    """Where a class stands out from the others.

    Attributes
    ----------
    axes : ndarray, shape (D, d), float64
        Directions, the strongest first; none where nothing stands out.
    bounds : ndarray, shape (2, D), float32
        The least and the greatest value of each column that is told from more extreme ones.
    origins : ndarray, shape (G, D), float64
        The mean of the others of each group: what the class is held against.
    strength : ndarray, shape (most,), float64
        For the strongest directions, whether or not they stand out, the class's mean square in
        units of the others' variance.
    by_chance : float
        The largest strength that faces of the others reach when they are taken for a class.
    """

    axes: np.ndarray
    bounds: np.ndarray
    origins: np.ndarray
    strength: np.ndarray
    by_chance: float

    def project(self, values: np.ndarray, rows: np.ndarray, group: np.ndarray) -> np.ndarray:
        """Return where faces stand along the axes, shape (n, d), float64."""
        places = np.empty((len(rows), self.axes.shape[1]))
        shift = self.origins @ self.axes
        for start in range(0, len(rows), _AT_A_TIME):
            part = rows[start : start + _AT_A_TIME]
            places[start : start + _AT_A_TIME] = (
                np.clip(values[part], *self.bounds) @ self.axes - shift[group[part]]
            )
        return places


def contrast(
    values: np.ndarray,
    rows: np.ndarray,
    others: np.ndarray,
    group: np.ndarray,
    *,
    most: int,
    rng: np.random.Generator,
) -> Contrast:
    """Find the directions in which a class varies more than the others do.

    From each face the mean of *the others of its own group* is taken. So what merely tells the
    groups apart is gone, while a class that is made of one kind among women and of another among
    men keeps the difference, which centring each group of the class on itself would lose. The
    directions are those of contrastive principal components (Abid et al. 2018,
    doi:10.1038/s41467-018-04608-8) in their ratio form: they maximise the class's mean square
    over the others' variance. How strong they get by chance is measured on others that are
    taken for a class. Columns are bounded first: a unit that answers to a handful of faces would
    otherwise make directions of its own, of class and others alike.

    Parameters
    ----------
    values : ndarray, shape (N, D)
    rows, others : ndarray, int64
        Rows of the class, and of the faces to hold it against.
    group : ndarray, shape (N,), int64
        From 0.
    most : int
        Directions at most.
    rng : Generator

    Returns
    -------
    Contrast
    """
    rows, others = _some(rows, rng), _some(others, rng)
    groups = int(group.max()) + 1
    seen = np.concatenate([rows, others])
    bounds = np.quantile(values[seen].astype(np.float32), (_TAIL, 1 - _TAIL), axis=0)
    values = np.clip(values[seen], *bounds)
    group = group[seen]
    rows, others = np.arange(len(rows)), np.arange(len(rows), len(seen))
    everyone = values[others].mean(axis=0, dtype=np.float64)
    origins = np.stack(
        [
            values[own].mean(axis=0, dtype=np.float64)
            if len(own := others[group[others] == index])
            else everyone
            for index in range(groups)
        ]
    )
    inside = values[rows] - origins[group[rows]]
    outside = values[others] - origins[group[others]]
    turn = _principal(inside, outside)
    inside, outside = inside @ turn, outside @ turn

    strength, axes = _strongest(inside, outside)
    by_chance = 0.0
    size = min(len(rows), len(others) // 2)
    for _ in range(_PSEUDO):
        order = rng.permutation(len(others))
        pseudo, _ = _strongest(outside[order[:size]], outside[order[size:]])
        by_chance = max(by_chance, float(pseudo[0]))
    standing = int((strength[:most] > _BEYOND * by_chance).sum())
    return Contrast(turn @ axes[:, :standing], bounds, origins, strength[:most], by_chance)


def _some(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if len(rows) <= _FROM:
        return rows
    return np.sort(rng.choice(rows, _FROM, replace=False))


def _principal(inside: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """Return as many principal axes of all faces as the class has faces for, shape (D, r)."""
    spread = (inside.T @ inside + outside.T @ outside) / (len(inside) + len(outside))
    kept = min(spread.shape[0], _MOST_COLUMNS, max(len(inside) // _FACES_A_COLUMN, 2))
    return np.asarray(np.linalg.eigh(spread)[1][:, ::-1][:, :kept])


def _strongest(inside: np.ndarray, outside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Solve for the largest ratios of mean squares; returns them descending, and their axes."""
    from scipy.linalg import eigh

    usual = outside.T @ outside / len(outside)
    ridge = _RIDGE * np.trace(usual) / len(usual)
    # A class and others without any variance have no direction: the tiny floor keeps it solvable.
    usual[np.diag_indices_from(usual)] += ridge + 1e-12
    ratio, axes = eigh(inside.T @ inside / len(inside), usual)
    return ratio[::-1], axes[:, ::-1]
