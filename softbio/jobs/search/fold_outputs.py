"""What the network of one fold says of the faces that it is asked about, kept until the trial ends."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from softbio.runs import replacing
from softbio.training.session import FORWARD, Session

__all__ = ["FoldOutputs", "logits_of", "outputs_of", "read_outputs", "write_outputs"]

_NAME = "outputs.npz"
_FLOAT16_MAX = float(np.finfo(np.float16).max)


@dataclass(frozen=True, eq=False)
class FoldOutputs:
    """Outputs of a fold's network.

    Attributes
    ----------
    rows : ndarray, shape (n,), int64
        Rows of the face set, ascending.
    logits : ndarray, shape (n,), float32
    features : ndarray, shape (n, D), float16, or (n, 0)
        Inputs of the last layer, where it is to be fitted anew; rounded as a run's are.
    epochs : int
    seconds : float
    """

    rows: np.ndarray
    logits: np.ndarray
    features: np.ndarray
    epochs: int
    seconds: float

    def logits_of(self, rows: np.ndarray) -> np.ndarray:
        """Return the logits of some of the rows."""
        return np.asarray(self.logits[np.searchsorted(self.rows, rows)])

    def features_of(self, rows: np.ndarray) -> np.ndarray:
        """Return the inputs of the last layer on some of the rows."""
        return np.asarray(self.features[np.searchsorted(self.rows, rows)])


def outputs_of(session: Session, rows: np.ndarray, *, features: bool) -> FoldOutputs:
    """Ask the network of a session about `rows`, with the weights that it holds."""
    from softbio.networks.embeddings import with_embeddings
    from softbio.networks.mirrored import as_scored
    from softbio.networks.trainer import forward

    if not features:
        logits, inputs = logits_of(session, rows), np.zeros((len(rows), 0), np.float16)
    else:
        both, ranges = with_embeddings(session.trainer.model)
        start, stop = ranges["features"]
        model = as_scored(both, session.run.config.training)
        parts = list(forward(model, session.faces.batches(rows, FORWARD), FORWARD))
        logits = np.concatenate([logit[:, 0] for logit, _ in parts]).astype(np.float32)
        found = np.concatenate([embedding[:, start:stop] for _, embedding in parts])
        inputs = np.clip(found, -_FLOAT16_MAX, _FLOAT16_MAX).astype(np.float16)
    return FoldOutputs(rows, logits, inputs, session.epoch, session.seconds)


def logits_of(session: Session, rows: np.ndarray) -> np.ndarray:
    """Return what the network of a session says of `rows`, shape (n,), float32."""
    from softbio.networks.trainer import forward

    pixels = session.faces.batches(rows, FORWARD)
    parts = [output[:, 0] for output in forward(session.trainer.scorer, pixels, FORWARD)]
    return np.concatenate(parts).astype(np.float32)


def write_outputs(place: Path, outputs: FoldOutputs) -> None:
    """Keep outputs in the folder of a fold."""
    with replacing(place / _NAME) as sibling, sibling.open("wb") as file:
        np.savez(
            file,
            rows=outputs.rows,
            logits=outputs.logits,
            features=outputs.features,
            epochs=np.int64(outputs.epochs),
            seconds=np.float64(outputs.seconds),
        )


def read_outputs(place: Path, rows: np.ndarray) -> FoldOutputs | None:
    """Return what a finished fold gave; None where it is not finished or was of other faces."""
    try:
        with np.load(place / _NAME, allow_pickle=False) as kept:
            if not np.array_equal(kept["rows"], rows):
                return None
            return FoldOutputs(
                rows, kept["logits"], kept["features"], int(kept["epochs"]), float(kept["seconds"])
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
