"""Runs: a folder for each trained model, and the store that holds the folders."""

from softbio.runs.config import ImportedFrom, RunConfig, TrialOf
from softbio.runs.files import replacing, sha256_of, write_atomically
from softbio.runs.grouping import Grouping, group_faces, groupable_columns
from softbio.runs.predictions import REVIEWED, Predictions, Selection
from softbio.runs.run import Embeddings, Run
from softbio.runs.state import STATUSES, Progress, RunState, read_state, write_state
from softbio.runs.store import RunStore

__all__ = [
    "REVIEWED",
    "STATUSES",
    "Embeddings",
    "Grouping",
    "ImportedFrom",
    "Predictions",
    "Progress",
    "Run",
    "RunConfig",
    "RunState",
    "RunStore",
    "Selection",
    "TrialOf",
    "group_faces",
    "groupable_columns",
    "read_state",
    "replacing",
    "sha256_of",
    "write_atomically",
    "write_state",
]
