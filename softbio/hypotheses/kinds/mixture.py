"""How many kinds there are: mixtures of Gaussians, and what a kind must show to count."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn.mixture import GaussianMixture

__all__ = ["STABLE", "Mixture", "choose"]

#: Agreement (adjusted Rand index) of two halves' cuts from which a cut counts as the same again.
STABLE = 0.8
#: Cuts that differ by less in it count as equally stable.
_AS_STABLE = 0.05
#: Ashman's D above which two Gaussians are clearly apart.
_APART = 2.0
_FROM = 20_000
_STARTS = 3
_HALVINGS = 5
_LEAST_SHARE = 0.01
_LEAST_FACES = 10


@dataclass(frozen=True, eq=False)
class Mixture:
    """A cut of a class into kinds.

    Attributes
    ----------
    model : GaussianMixture or None
        None for one kind.
    separation : float
        Ashman's D of the two kinds that are nearest to each other: how many standard deviations
        lie between their means, along the line that tells them best apart. NaN for one kind.
    stability : float
        How alike the cuts are that two halves of the people give: the mean adjusted Rand index
        of pairs of halves. 1 is the same cut, 0 what chance gives. NaN for one kind.
    """

    model: GaussianMixture | None
    separation: float = float("nan")
    stability: float = float("nan")

    def kind(self, places: np.ndarray) -> np.ndarray:
        """Return each face's kind, the largest first, shape (n,), int64."""
        if self.model is None:
            return np.zeros(len(places), np.int64)
        found = self.model.predict(places)
        order = np.argsort(-np.bincount(found, minlength=self.model.n_components), kind="stable")
        return np.asarray(np.argsort(order)[found])


def choose(
    places: np.ndarray, person: np.ndarray, *, most: int, rng: np.random.Generator
) -> Mixture:
    """Choose how many kinds there are; one is an honest answer.

    Mixtures of 1 to `most` Gaussians are compared by the integrated completed likelihood, the
    BIC with the doubt about who belongs where taken off. The BIC alone would give a single skewed
    cloud two Gaussians; a kind must also be told from the others. A cut must be better than none
    by that measure, have kinds that are clearly apart and not mere handfuls of faces, and come
    out the same from two halves of the people. Of such cuts the most stable is taken, and among
    those that are about as stable, the likeliest: the likelihood alone goes on to ever finer cuts
    that other faces, or another seed, would draw elsewhere.

    Parameters
    ----------
    places : ndarray, shape (n, d)
        Where the faces stand, see `Contrast.project`.
    person : ndarray, shape (n,), int64
        Who is on each photograph; halves share nobody.
    most : int
    rng : Generator

    References
    ----------
    Lange et al. 2004, doi:10.1162/089976604773717621 (choosing by stability); Biernacki, Celeux
    & Govaert 2000, doi:10.1109/34.865189 (integrated completed likelihood); Ashman, Bird & Zepf
    1994, doi:10.1086/117248 (D); Hubert & Arabie 1985, doi:10.1007/BF01908075 (adjusted Rand
    index).
    """
    if places.shape[1] == 0:
        return Mixture(None)
    if len(places) > _FROM:
        some = rng.choice(len(places), _FROM, replace=False)
        places, person = places[some], person[some]
    models = {size: _fitted(places, size, _STARTS, rng) for size in range(1, most + 1)}
    costs = {size: _completed(model, places) for size, model in models.items()}
    stable: list[tuple[float, Mixture]] = []
    for size in range(2, most + 1):
        model = models[size]
        count = np.bincount(model.predict(places), minlength=size).min()
        separation = _separation(model)
        handful = count < max(_LEAST_FACES, _LEAST_SHARE * len(places))
        if costs[size] >= costs[1] or handful or separation < _APART:
            continue
        stability = _stability(places, person, size, rng)
        if stability >= STABLE:
            stable.append((costs[size], Mixture(model, separation, stability)))
    if not stable:
        return Mixture(None)
    best = max(cut.stability for _, cut in stable)
    alike = [(cost, cut) for cost, cut in stable if cut.stability >= best - _AS_STABLE]
    return min(alike, key=lambda one: one[0])[1]


def _fitted(
    places: np.ndarray, size: int, starts: int, rng: np.random.Generator
) -> GaussianMixture:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    # Relative to the places' own scale.
    floor = 1e-3 * float(places.var(axis=0).mean()) + 1e-9
    model = GaussianMixture(
        size, n_init=starts, reg_covar=floor, random_state=int(rng.integers(2**31))
    )
    with warnings.catch_warnings():
        # A size that does not converge is one that does not fit: its likelihood says so.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(places)


def _completed(model: GaussianMixture, places: np.ndarray) -> float:
    """Return −2 × the integrated completed likelihood: less is better."""
    chances = model.predict_proba(places)
    doubt = -float((chances * np.log(np.maximum(chances, 1e-300))).sum())
    return float(model.bic(places)) + 2 * doubt


def _separation(model: GaussianMixture) -> float:
    """Return Ashman's D of the nearest two kinds."""
    nearest = np.inf
    for i in range(model.n_components):
        for j in range(i):
            between = model.means_[i] - model.means_[j]
            first, second = model.covariances_[i], model.covariances_[j]
            line = np.linalg.solve(first + second, between)
            spread = (line @ first @ line + line @ second @ line) / 2
            nearest = min(nearest, float(abs(line @ between) / np.sqrt(spread)))
    return nearest


def _stability(
    places: np.ndarray, person: np.ndarray, size: int, rng: np.random.Generator
) -> float:
    from sklearn.metrics import adjusted_rand_score

    people = int(person.max()) + 1
    agreements = []
    for _ in range(_HALVINGS):
        side = (rng.permutation(people) % 2)[person] == 1
        if min(side.sum(), (~side).sum()) < 2 * size:
            return 0.0
        cuts = [_fitted(places[half], size, 2, rng).predict(places) for half in (side, ~side)]
        agreements.append(adjusted_rand_score(*cuts))
    return float(np.mean(agreements))
