"""The lines of the file of tags: what somebody says of a face, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from softbio.faces.sayings import TAKEN_BACK, checked_text, new_batch, now

__all__ = ["TAKEN_BACK", "VALUES", "TagLine", "events_of"]

#: What can be said of a face.
VALUES = ("yes", "no", "unsure", TAKEN_BACK)


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
    events, when = [], now()
    for number, line in enumerate(lines):
        who = checked_text(line.who, "Who tags")
        batch = batches.setdefault(who, new_batch())
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
