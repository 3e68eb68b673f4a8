"""Batches: what somebody said at once, and can take back as one."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any

from softbio.errors import DataError

__all__ = ["TAKEN_BACK", "batch_of", "checked_text", "new_batch", "now", "undo_of"]

#: What stands in place of what somebody had said.
TAKEN_BACK = "taken back"

_LONGEST = 100  # characters of a person's name, and of a reason


def new_batch() -> str:
    """Return a name that no other batch has; the ids of its events are this, a dot, a number."""
    return secrets.token_hex(6)


def undo_of(batch: str, who: str) -> dict[str, Any]:
    """Return the event that takes a batch back."""
    return {
        "id": secrets.token_hex(6),
        "who": who,
        "when": now(),
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


def now() -> float:
    """Return the time as it is written: seconds since 1970, to the millisecond."""
    return round(time.time(), 3)
