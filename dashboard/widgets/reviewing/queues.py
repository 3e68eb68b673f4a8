"""Queues: which faces a reviewer is asked about, in which order, and which are done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboard.widgets.audit.context import Audit
from softbio.errors import SoftbioError
from softbio.faces.reviews import DISAGREED, NOBODY, sample_order

__all__ = ["QUEUES", "WRONG", "Queue", "queue_of"]

#: The queues by what is shown for each.
QUEUES = {
    "suspects": "Suspect labels",
    "tagged": "Tagged wrong label",
    "sample": "Random sample",
    "disagreed": "Reviewers disagree",
    "second": "Second opinion",
}
#: The tag that puts a face into the queue.
WRONG = "wrong label"


@dataclass(frozen=True, eq=False)
class Queue:
    """What a reviewer is asked about.

    Attributes
    ----------
    name : str
        Of `QUEUES`.
    rows : ndarray, shape (n,), int64
        Of the set, in the order in which they are asked about.
    done : ndarray, shape (n,), bool
        Which of them this reviewer has reviewed.
    told : ndarray, shape (n,), int8
        What they said: 1, 0, −1 nothing, −2 unsure.
    why : str
        What to do where there is no face in it.
    """

    name: str
    rows: np.ndarray
    done: np.ndarray
    told: np.ndarray
    why: str = ""

    @property
    def left(self) -> np.ndarray:
        """Rows of the faces that this reviewer has not reviewed, in their order."""
        return self.rows[~self.done]


def queue_of(audit: Audit, name: str, who: str) -> Queue:
    """Return a queue as it is for one reviewer.

    What somebody reviewed is not asked again. In the random sample only what they said there
    counts: had they skipped the faces that they knew from the suspects, the sample would hold too
    few wrong labels.
    """
    reviews = audit.reviews
    mine = reviews.said_by(who)
    why = ""
    if name == "suspects":
        rows, why = _suspects(audit)
    elif name == "tagged":
        rows = np.flatnonzero(audit.tags.values(WRONG) == 1)
        why = f"No face is tagged “{WRONG}”. Tag some in the part Browse or Suspect labels."
    elif name == "sample":
        rows, mine = sample_order(audit.faces), reviews.said_by(who, sample=True)
        why = "This set has no test faces to draw a sample of."
    elif name == "disagreed":
        here = reviews.told_by(who)
        settled = here["row"][here["queue"] == "disagreed"].to_numpy()
        rows = np.union1d(np.flatnonzero(reviews.labels() == DISAGREED), settled)
        mine = np.where(np.isin(np.arange(len(mine)), settled), mine, NOBODY)
        why = "There is no face on which reviewers disagree."
    else:
        others = [reviews.told_by(one)["row"] for one in reviews.reviewers() if one != who]
        rows = np.unique(np.concatenate(others)) if others else np.empty(0, np.int64)
        why = "Nobody else has reviewed a face yet. Say above who you are, if somebody has."
    told = mine[rows].astype(np.int8)
    return Queue(name, rows, told != NOBODY, told, why)


def _suspects(audit: Audit) -> tuple[np.ndarray, str]:
    try:
        audited = audit.audited
    except SoftbioError as error:
        return np.empty(0, np.int64), str(error)
    if audited is None:
        return np.empty(0, np.int64), (
            "Labels are suspect by what a run says of them: choose a run above, or review the "
            "random sample."
        )
    order = audited.issues.order
    return audited.rows[order[audited.issues.flagged[order]]], (
        "No label is suspect by this run. Review the random sample, or choose another run."
    )
