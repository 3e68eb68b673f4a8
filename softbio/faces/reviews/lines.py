"""The lines of the file of reviews: what somebody says a label should be, and how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from softbio.errors import DataError
from softbio.faces.sayings import TAKEN_BACK, checked_text, new_batch, now

__all__ = [
    "QUEUES",
    "SAYINGS",
    "TAKEN_BACK",
    "ReviewLine",
    "checked_queue",
    "checked_says",
    "events_of",
]

#: What can be said of a face.
SAYINGS = (1, 0, "unsure", TAKEN_BACK)
#: From where a face came before a reviewer: the suspects of a run, the faces tagged *wrong label*,
#: the random sample of the test faces, those that reviewers disagree on, those that another has
#: reviewed, a grid of faces, or a file.
QUEUES = ("suspects", "tagged", "sample", "disagreed", "second", "grid", "import")


class ReviewLine(NamedTuple):
    """What somebody says of a face."""

    filename: str
    says: int | str
    given: int | None
    blind: bool
    queue: str
    who: str


def checked_says(says: Any) -> int | str:
    """Return what is said of a face, an `int` for a label; `DataError` if it is nothing known."""
    known = not isinstance(says, bool) and says in SAYINGS
    if not known:
        raise DataError(f"A label is 1, 0 or unsure, or taken back. Received: {says!r}.")
    return says if isinstance(says, str) else int(says)


def checked_queue(queue: str) -> str:
    """Return the queue; `DataError` if there is none of that name."""
    if queue not in QUEUES:
        raise DataError(f"A queue is {', '.join(QUEUES)}. Received: {queue!r}.")
    return queue


def events_of(lines: Sequence[ReviewLine]) -> tuple[list[dict[str, Any]], str]:
    """Return lines as events, a batch a person, and the batch of the last person.

    Raises
    ------
    DataError
        If a person's name is too long.
    """
    batches: dict[str, str] = {}
    events, when = [], now()
    for number, line in enumerate(lines):
        who = checked_text(line.who, "Who reviews")
        batch = batches.setdefault(who, new_batch())
        events.append(
            {
                "id": f"{batch}.{number}",
                "who": who,
                "when": when,
                "filename": line.filename,
                "says": line.says,
                "given": line.given,
                "blind": line.blind,
                "queue": line.queue,
            }
        )
    return events, next(reversed(batches.values()), "")
