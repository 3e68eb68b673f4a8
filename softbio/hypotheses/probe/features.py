"""Features: what a probe learns from, a run's embeddings beside colours and edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from softbio.errors import DataError, RunError
from softbio.faces.faceset import FaceSet
from softbio.hypotheses.probe.colour import BLOCKS
from softbio.hypotheses.probe.colour_file import colours
from softbio.hypotheses.probe.logistic import one_thread
from softbio.runs.run import Run

__all__ = ["Features"]

_AT_A_TIME = 4096

#: Principal axes that are kept: with 200 tags as many teach a probe as well as all columns do,
#: and everything after is three times as fast.
_AXES = 256
#: Faces from which the axes are found, spread over the set.
_AXES_FROM = 20_000


@dataclass(frozen=True, eq=False)
class Features:
    """What is known of each face's look, ready for a linear probe.

    Columns are standardised, each block of them (the embeddings, and those of pixels: `BLOCKS` in
    `colour`) weighs as much as the others, and a face is then told by its principal axes.

    Attributes
    ----------
    values : ndarray, shape (N, D), float32
        Along at most 256 axes, the one with the largest variance first; each has mean 0 over the
        set, and a face's row has a length of about 1 in the square mean.
    blocks : dict of str to int
        How many columns each block had.
    source : str
        Where they come from, as a sentence says it: ``the embeddings of <run> with colours and
        edges``.
    """

    values: np.ndarray
    blocks: dict[str, int]
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
        blocks: dict[str, list[np.ndarray]] = {}
        sources = []
        if run is not None:
            blocks["embeddings"] = _embedded(run, faces)
            sources.append(f"the embeddings of {run.id}")
        if faces.has_images:
            told = colours(faces, progress)
            blocks |= {name: [told[:, start:stop]] for name, (start, stop) in BLOCKS.items()}
            sources.append("colours and edges")
        if not blocks:
            raise DataError(
                f"The face set {faces.name} holds no images, so a probe has nothing to look at. "
                "Choose a run that was trained on it, or pack the photographs."
            )
        widths = {name: sum(part.shape[1] for part in parts) for name, parts in blocks.items()}
        with one_thread():
            values = _along_axes(list(blocks.values()))
        return cls(values, widths, " with ".join(sources))

    def __len__(self) -> int:
        return len(self.values)

    def rows(self, rows: np.ndarray) -> np.ndarray:
        """Return the features of some faces, shape (n, D), float64."""
        return self.values[rows].astype(np.float64)

    def scores(self, coefficients: np.ndarray, intercept: float) -> np.ndarray:
        """Return values @ coefficients + intercept for every face, shape (N,), float64."""
        return (self.values @ coefficients.astype(np.float32)).astype(np.float64) + intercept


def _embedded(run: Run, faces: FaceSet) -> list[np.ndarray]:
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
    # The last layer's inputs are often one of the pooled layers: each column once.
    return [values[:, start:stop] for start, stop in sorted(set(ranges.values())) if stop > start]


def _along_axes(blocks: list[list[np.ndarray]]) -> np.ndarray:
    """Standardise, weigh and turn blocks of columns, a few thousand faces at a time."""
    parts = [part for block in blocks for part in block]
    n = len(parts[0])
    moments = [_moments(part) for part in parts]
    mean = np.concatenate([means for means, _ in moments])
    scale = np.concatenate([scales for _, scales in moments])
    start = 0
    for block in blocks:
        stop = start + sum(part.shape[1] for part in block)
        varying = int(np.count_nonzero(scale[start:stop]))
        scale[start:stop] /= np.sqrt(len(blocks) * max(varying, 1))
        start = stop

    def weighed(rows: slice) -> np.ndarray:
        return (np.concatenate([part[rows] for part in parts], axis=1) - mean) * scale

    step = -(-n // _AXES_FROM)
    common = np.zeros((len(mean), len(mean)))
    for rows in _slices(n, step):
        some = weighed(rows)
        common += some.T @ some
    _, axes = np.linalg.eigh(common)
    kept = np.ascontiguousarray(axes[:, ::-1][:, :_AXES], np.float32)
    # An axis and its opposite are the same; which one comes out must not depend on the library.
    kept *= np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    values = np.empty((n, kept.shape[1]), np.float32)
    for rows in _slices(n):
        values[rows] = weighed(rows) @ kept
    return values


def _moments(part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each column's mean and 1 / standard deviation, 0 where it is constant, float32."""
    total, squares = np.zeros(part.shape[1]), np.zeros(part.shape[1])
    # Around a face of the set, rounding takes nothing from columns that hardly vary.
    anchor = np.asarray(part[0], np.float64)
    for rows in _slices(len(part)):
        apart = part[rows] - anchor
        total += apart.sum(axis=0)
        squares += np.einsum("nd,nd->d", apart, apart)
    mean = total / len(part)
    spread = np.sqrt(np.maximum(squares / len(part) - mean**2, 0))
    varies = spread > 1e-6 * (1 + np.abs(anchor))
    scale = np.divide(1, spread, out=np.zeros_like(spread), where=varies)
    return (anchor + mean).astype(np.float32), scale.astype(np.float32)


def _slices(n: int, step: int = 1) -> Iterator[slice]:
    """Yield every `step`-th of `n` rows, some thousands at a time."""
    for start in range(0, n, _AT_A_TIME * step):
        yield slice(start, min(start + _AT_A_TIME * step, n), step)
