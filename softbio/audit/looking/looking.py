"""Look where a run's network looks on some faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from softbio.audit.looking.bands import band_shares
from softbio.errors import CancelledError, ConfigError, DataError, RunError
from softbio.faces.faceset import FaceSet
from softbio.runs import Run

__all__ = ["METHODS", "Looks", "Method", "can_look", "look"]

Method = Literal["occlusion", "grad-cam"]
METHODS: tuple[Method, ...] = ("occlusion", "grad-cam")

#: Faces read at once; their hidden copies are made a batch at a time.
_CHUNK = 64


@dataclass(frozen=True, eq=False)
class Looks:
    """Where a network looks on some faces.

    Attributes
    ----------
    rows : ndarray, shape (n,), int64
        Of the set.
    maps : ndarray, shape (n, H, W), float32
        Occlusion: how much the logit falls when a place is hidden, in logits; negative where what
        is there speaks against label 1. Grad-CAM: what speaks for label 1, in 0 … 1 by face.
    shares : ndarray, shape (n, bands), float64
        Share of the positive evidence in each of `BANDS`; NaN where there is none.
    method : {"occlusion", "grad-cam"}
    """

    rows: np.ndarray
    maps: np.ndarray
    shares: np.ndarray
    method: Method = "occlusion"

    @property
    def unit(self) -> str:
        """What the maps are measured in."""
        return "logits" if self.method == "occlusion" else "share of the face's maximum"


def can_look(run: Run, faces: FaceSet) -> str:
    """Return why nobody can see where `run` looks on `faces`, in a sentence; empty if one can."""
    if run.config.kind == "imported":
        return (
            f"{run.id} was imported: it is a file of predictions, and the network behind them is "
            "not here. Choose a run that was trained or refitted here."
        )
    if not run.weights_path.is_file():
        return f"{run.id} has no weights, so its network cannot be asked. Train it again."
    if not faces.has_images:
        return (
            f"{faces.name} holds attributes and no images, so there is nothing to look at. Pack it "
            "again where its photographs are, without --attributes-only."
        )
    if faces.size != run.config.size:
        return (
            f"{run.id} takes faces of {run.config.size}×{run.config.size} pixels, and those of "
            f"{faces.name} have {faces.size}×{faces.size}. Pack them again with --size "
            f"{run.config.size}."
        )
    return ""


def look(
    run: Run,
    faces: FaceSet,
    rows: np.ndarray,
    method: Method = "occlusion",
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Looks:
    """Return where the network of `run` looks on some faces.

    Parameters
    ----------
    run : Run
        Trained or refitted here.
    faces : FaceSet
    rows : array-like, shape (n,), integers
    method : {"occlusion", "grad-cam"}
        Occlusion resolves an eighth of the frame and works for and against; Grad-CAM is fast, and
        as coarse as the cells of the network's last block.
    progress : callable, optional
        Called with how many faces are done and how many there are, also within a face.
    stop : callable, optional
        Asked again and again whether to stop.

    Raises
    ------
    RunError, DataError
        If the run has no network here, or the faces do not fit it, see `can_look`.
    ConfigError
        If there is no such method.
    CancelledError
        If `stop` said so.
    """
    if method not in METHODS:
        raise ConfigError(f"There is no method {method!r}. The methods are: {', '.join(METHODS)}.")
    if fault := can_look(run, faces):
        raise DataError(fault) if run.weights_path.is_file() else RunError(fault)
    rows = np.asarray(rows, dtype=np.int64)
    maps = np.zeros((len(rows), faces.size, faces.size), dtype=np.float32)
    if len(rows):
        _fill(maps, run, faces, rows, method, progress, stop)
    return Looks(rows, maps, band_shares(np.maximum(maps, 0.0)), method)


def _fill(
    maps: np.ndarray,
    run: Run,
    faces: FaceSet,
    rows: np.ndarray,
    method: Method,
    progress: Callable[[int, int], None] | None,
    stop: Callable[[], bool] | None,
) -> None:
    from softbio.networks.load import load_network
    from softbio.networks.saliency import grad_cam, occlusion

    model = load_network(run)
    start = 0

    def within(done: int, total: int) -> None:
        if progress is not None:
            here = min(_CHUNK, len(rows) - start)
            progress(start + here * done // total, len(rows))

    for start in range(0, len(rows), _CHUNK):
        if stop is not None and stop():
            raise CancelledError("The look at the faces was stopped.")
        pixels = np.asarray(faces.images[rows[start : start + _CHUNK]])
        if method == "occlusion":
            found = occlusion(model, pixels, progress=within, stop=stop)
        else:
            found = grad_cam(model, pixels)
            within(1, 1)
        maps[start : start + _CHUNK] = found
