"""Why a split of a run cannot be judged."""

from __future__ import annotations

from softbio.runs.predictions import REVIEWED
from softbio.runs.run import Run

__all__ = ["nothing_to_judge"]


def nothing_to_judge(run: Run, split: str) -> str:
    """Say that a split of a run has no face to judge by, and what to do."""
    if split == REVIEWED:
        return (
            f"No test face of {run.id} was reviewed blind in a random sample yet. Review some: "
            "page Faces, part Review, queue Random sample."
        )
    if run.config.search is not None:
        return (
            f"{run.id} is trial {run.config.search.trial} of the search {run.config.search.id}, "
            "which scores its training faces alone, by its folds: judge it on the split train, or "
            f"see `softbio search --show {run.config.search.id}`."
        )
    return (
        f"No face of the split {split!r} of {run.id} has both a label and a known group, so there "
        "is nothing to judge. Train on a set whose faces have labels."
    )
