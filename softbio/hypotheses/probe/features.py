"""Features: what a probe learns from, a run's embeddings beside colours and edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from softbio.errors import DataError, RunError
from softbio.faces.faceset import FaceSet
from softbio.hypotheses.probe.colour import BLOCKS, colours
from softbio.runs.run import Run

__all__ = ["Features"]

_AT_A_TIME = 8192

#: Beyond so many numbers they are kept in half precision: 200,000 faces take less than 400 MB.
_MOST_SINGLE = 2**26

#: How much the embeddings weigh for each unit of colours, and of edges.
_EMBEDDINGS_WEIGH = 2.0


@dataclass(frozen=True, eq=False)
class Features:
    """What is known of each face's look, ready for a linear probe.

    Attributes
    ----------
    values : ndarray, shape (N, D), float32, of large sets float16
        Each column has mean 0 and the same variance as the others of its block; blocks are
        weighted, so that many columns do not drown few; a face's row has length 1 in the
        square mean over all faces.
    names : dict of str to (int, int)
        First column and the one behind the last, per block.
    source : str
        Where they come from, as a sentence says it: ``the embeddings of <run>, colours and edges``.
    """

    values: np.ndarray
    names: dict[str, tuple[int, int]]
    source: str

    @classmethod
    def of(
        cls,
        faces: FaceSet,
        run: Run | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Features:
        """Gather the features of a set.

        Parameters
        ----------
        faces : FaceSet
        run : Run, optional
            Trained on this very set. Without it there are colours and edges alone.
        progress : callable, optional
            Called with faces done and faces in all while colours are looked at for the first time.

        Raises
        ------
        RunError
            If the run was made from another set, or has no embeddings.
        DataError
            If there is neither a run nor an image, or there are no faces.
        """
        if len(faces) == 0:
            raise DataError(f"The face set {faces.name} holds no faces.")
        blocks: list[tuple[str, np.ndarray, float]] = []
        if run is not None:
            blocks += _embedded(run, faces)
        pictures = faces.images.shape[1] > 0
        if pictures:
            told = colours(faces, progress)
            blocks += [(name, told[:, start:stop], 1.0) for name, (start, stop) in BLOCKS.items()]
        if not blocks:
            raise DataError(
                f"The face set {faces.name} holds no images, so a probe has nothing to look at. "
                "Choose a run that was trained on it, or pack the photographs."
            )
        sources = ["colours and edges"] if pictures else []
        if run is not None:
            sources.insert(0, f"the embeddings of {run.id}")
        values, names = _joined(blocks)
        return cls(values, names, " with ".join(sources))

    def __len__(self) -> int:
        return len(self.values)

    def rows(self, rows: np.ndarray) -> np.ndarray:
        """Return the features of some faces, shape (n, D), float64."""
        return self.values[rows].astype(np.float64)

    def scores(self, coefficients: np.ndarray, intercept: float) -> np.ndarray:
        """Return values @ coefficients + intercept for every face, shape (N,), float64."""
        weights = coefficients.astype(np.float32)
        scores = np.empty(len(self.values), np.float32)
        for block in _blocks(len(self.values)):
            np.matmul(self.values[block].astype(np.float32, copy=False), weights, out=scores[block])
        return scores.astype(np.float64) + intercept


def _embedded(run: Run, faces: FaceSet) -> list[tuple[str, np.ndarray, float]]:
    """Return a run's blocks, each pooled layer once, after seeing that they are of this set."""
    if run.config.data_fingerprint != faces.fingerprint:
        raise RunError(
            f"The run {run.id} was not made from {faces.name} as it is now, so its embeddings "
            "are of other faces. Choose a run of this set, or none."
        )
    if run.config.kind == "imported":
        raise RunError(
            f"The run {run.id} was imported and has predictions only, no embeddings. Choose a "
            "trained run, or none: then colours and edges alone are looked at."
        )
    values, ranges = run.embeddings()
    if len(values) != len(faces):
        raise RunError(
            f"The embeddings of {run.id} are of {len(values):,} faces, but {faces.name} holds "
            f"{len(faces):,}. Train anew."
        )
    apart: dict[tuple[int, int], str] = {}
    for name, columns in ranges.items():
        apart.setdefault(columns, name)
    # What is joined weighs as one, a layer by its width.
    wide = sum(stop - start for start, stop in apart)
    return [
        (name, values[:, start:stop], _EMBEDDINGS_WEIGH * float(np.sqrt((stop - start) / wide)))
        for (start, stop), name in apart.items()
        if stop > start
    ]


def _joined(
    blocks: list[tuple[str, np.ndarray, float]],
) -> tuple[np.ndarray, dict[str, tuple[int, int]]]:
    n = len(blocks[0][1])
    width = sum(block.shape[1] for _, block, _ in blocks)
    kind = np.float32 if n * width <= _MOST_SINGLE else np.float16
    values = np.empty((n, width), kind)
    total = float(np.sqrt(sum(weight**2 for _, _, weight in blocks)))
    names: dict[str, tuple[int, int]] = {}
    start = 0
    for name, block, weight in blocks:
        stop = start + block.shape[1]
        mean, scale = _moments(block)
        scale *= weight / total / np.sqrt(max(int((scale > 0).sum()), 1))
        for rows in _blocks(n):
            values[rows, start:stop] = (block[rows] - mean) * scale
        names[name] = (start, stop)
        start = stop
    return values, names


def _moments(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each column's mean and 1 / standard deviation, 0 where it is constant, float32."""
    total, squares = np.zeros(block.shape[1]), np.zeros(block.shape[1])
    # Around a face of the set, rounding takes nothing from columns that hardly vary.
    anchor = np.asarray(block[0], np.float64)
    for rows in _blocks(len(block)):
        apart = block[rows] - anchor
        total += apart.sum(axis=0)
        squares += np.einsum("nd,nd->d", apart, apart)
    mean = total / len(block)
    spread = np.sqrt(np.maximum(squares / len(block) - mean**2, 0))
    varies = spread > 1e-6 * (1 + np.abs(anchor))
    scale = np.divide(1, spread, out=np.zeros_like(spread), where=varies)
    return (anchor + mean).astype(np.float32), scale.astype(np.float32)


def _blocks(n: int) -> Iterator[slice]:
    for start in range(0, n, _AT_A_TIME):
        yield slice(start, min(start + _AT_A_TIME, n))
