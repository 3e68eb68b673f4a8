"""The lines of the file of tags: what somebody says of a face, and how it is written."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from softbio.errors import DataError

__all__ = ["TAKEN_BACK", "VALUES", "TagLine", "batch_of", "checked_text", "events_of", "undo_of"]

TAKEN_BACK = "taken back"
#: What can be said of a face.
VALUES = ("yes", "no", "unsure", TAKEN_BACK)

_LONGEST = 100  # characters of a person's name, and of a reason


class TagLine(NamedTuple):
    """What somebody says of a face."""

    filename: str
    word: str
    value: str
    why: str
    who: str


def events_of(
    lines: Sequence[TagLine], spelled: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str]:
    """Return lines as events, and the batch of the last person among them.

    Parameters
    ----------
    spelled : dict of str to str
        How the words that are there already are written, by their casefolded spelling.

    Raises
    ------
    DataError
        If a person's name or a reason is too long.
    """
    batches: dict[str, str] = {}
    events, when = [], _now()
    for number, line in enumerate(lines):
        who = checked_text(line.who, "Who tags")
        batch = batches.setdefault(who, secrets.token_hex(6))
        events.append(
            {
                "id": f"{batch}.{number}",
                "who": who,
                "when": when,
                "filename": line.filename,
                "word": spelled.get(line.word.casefold(), line.word),
                "value": line.value,
                "why": checked_text(line.why, "Why a face was proposed"),
            }
        )
    return events, next(reversed(batches.values()), "")


def undo_of(batch: str, who: str) -> dict[str, Any]:
    """Return the event that takes a batch back."""
    return {
        "id": secrets.token_hex(6),
        "who": who,
        "when": _now(),
        "value": TAKEN_BACK,
        "of": batch,
    }


def batch_of(event: Mapping[str, Any]) -> str:
    """Return what the events of one batch share: their ids up to the dot."""
    return event["id"].partition(".")[0]


def checked_text(text: str, what: str) -> str:
    """Return a text with single blanks; `DataError` if it is too long."""
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        raise DataError(f"{what} is told in at most {_LONGEST} characters. Received: {len(text)}.")
    return text


def _now() -> float:
    return round(time.time(), 3)
