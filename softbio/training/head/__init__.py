"""Refitting the last layer alone, on a run's embeddings: NumPy, no network is loaded."""

from softbio.runs.head import Head
from softbio.training.head.data import Design, HeadData
from softbio.training.head.fit import fit_head
from softbio.training.head.weighting import balanced_cells, face_shares

__all__ = ["Design", "Head", "HeadData", "balanced_cells", "face_shares", "fit_head"]
