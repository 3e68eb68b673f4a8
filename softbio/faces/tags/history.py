"""Everything that was ever said of the faces of a set, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from softbio.faces.tags.lines import batch_of
from softbio.faces.tags.standing import Ledger

__all__ = ["history_of"]

_TEXTS = ("who", "filename", "word", "value", "why", "of")


def history_of(events: Sequence[dict[str, Any]], ledger: Ledger) -> pd.DataFrame:
    """Return the events as a table; see `Tags.history`.

    Parameters
    ----------
    events : sequence of dict
        Of the whole file.
    ledger : Ledger
        That has taken in just these.
    """
    stands: np.ndarray = np.zeros(len(events), bool)
    for key in ledger.words:
        event = ledger.standing(key).event
        stands[event[event >= 0]] = True
    undone = ["of" not in event and ledger.undone(batch_of(event)) for event in events]
    columns: dict[str, Any] = {
        "id": pd.Series([event["id"] for event in events], dtype="str"),
        "when": pd.to_datetime([event["when"] for event in events], unit="s", utc=True),
    }
    for name in _TEXTS:
        columns[name] = pd.Series([event.get(name, "") for event in events], dtype="str")
    frame = pd.DataFrame(columns)
    frame["when"] = frame["when"].dt.round("ms")
    frame["undone"] = np.array(undone, bool)
    frame["stands"] = stands
    frame["present"] = [event.get("filename") in ledger.rows for event in events]
    return frame
