"""flat: where each face stands on the map, kept beside the run."""

from __future__ import annotations

import contextlib
from importlib.util import find_spec

import numpy as np

from softbio.audit.map.pca import principal_plane, standardised_axes
from softbio.errors import ConfigError
from softbio.runs import Run, replacing

__all__ = ["METHODS", "flat", "installed", "map_of"]

#: How the map can be drawn, and what each keeps.
METHODS = {
    "pca": "the plane in which the faces differ most",
    "umap": "who is whose neighbour",
}
_LIBRARIES = {"umap": "umap"}

#: UMAP learns from so many faces, brought to so many axes, and places the others.
_LEARNT_FROM = 20_000
_AXES = 30


def flat(values: np.ndarray, method: str = "pca", *, seed: int = 0) -> np.ndarray:
    """Place faces on a plane by their embeddings.

    Parameters
    ----------
    values : ndarray, shape (N, D)
        Embeddings; columns are standardised.
    method : {"pca", "umap"}
        pca: the two axes of largest variance, at once. umap: neighbours stay neighbours, distances
        between far groups mean little; it takes minutes and needs the library umap-learn.
    seed : int
        UMAP begins from it.

    Returns
    -------
    ndarray, shape (N, 2), float32

    Raises
    ------
    ConfigError
        If there is no such method, or its library is not installed.
    DataError
        If an embedding is not a number.

    References
    ----------
    McInnes, Healy and Melville, "UMAP: uniform manifold approximation and projection", arXiv
    1802.03426.
    """
    if method not in METHODS:
        raise ConfigError(f"There is no map {method!r}. The maps are: {', '.join(METHODS)}.")
    if method == "pca":
        return principal_plane(values)
    if not installed(method):
        raise ConfigError(
            "The map umap needs the library umap-learn: `pip install 'softbio[map]'`, or choose pca."
        )
    return _neighbours(values, seed)


def installed(method: str) -> bool:
    """Return whether the library of a method is there."""
    return method not in _LIBRARIES or find_spec(_LIBRARIES[method]) is not None


def map_of(run: Run, method: str = "pca") -> np.ndarray:
    """Return the map of a run's faces by the inputs of its last layer, (N, 2) float32.

    It is kept in the run's folder as ``map-<method>.npy`` where that may be written, and made anew
    when the embeddings are newer.

    Raises
    ------
    RunError
        If the run has no embeddings.
    ConfigError, DataError
        As `flat` does.
    """
    embeddings = run.embeddings()
    path = run.path / f"map-{method}.npy"
    with contextlib.suppress(OSError, ValueError):
        if path.stat().st_mtime_ns >= (run.path / "embeddings.npy").stat().st_mtime_ns:
            kept: np.ndarray = np.load(path, allow_pickle=False)
            if kept.shape == (len(embeddings.values), 2) and np.isfinite(kept).all():
                return kept
    start, stop = list(embeddings.ranges.values())[-1]
    placed = flat(embeddings.values[:, start:stop], method)
    with contextlib.suppress(OSError), replacing(path) as sibling, sibling.open("wb") as file:
        np.save(file, placed, allow_pickle=False)
    return placed


def _neighbours(values: np.ndarray, seed: int) -> np.ndarray:
    from umap import UMAP

    axes = standardised_axes(values, min(_AXES, values.shape[1]))
    draws = np.random.default_rng(seed)
    few = np.sort(draws.choice(len(axes), min(len(axes), _LEARNT_FROM), replace=False))
    reducer = UMAP(n_components=2, n_neighbors=15, min_dist=0.1, random_state=seed, n_jobs=1)
    placed = np.empty((len(axes), 2), dtype=np.float32)
    placed[few] = reducer.fit_transform(axes[few])
    rest = np.setdiff1d(np.arange(len(axes)), few, assume_unique=True)
    for start in range(0, len(rest), _LEARNT_FROM):
        block = rest[start : start + _LEARNT_FROM]
        placed[block] = reducer.transform(axes[block])
    return placed
