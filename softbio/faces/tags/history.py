"""Everything that was ever said of the faces of a set, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from softbio.faces.sayings import history_table
from softbio.faces.tags.standing import TagLedger

__all__ = ["history_of"]

_TEXTS = ("who", "filename", "word", "value", "why", "of")


def history_of(events: Sequence[dict[str, Any]], ledger: TagLedger) -> pd.DataFrame:
    """Return the events as a table; see `Tags.history`.

    Parameters
    ----------
    events : sequence of dict
        Of the whole file.
    ledger : TagLedger
        That has taken in just these.
    """
    stands: np.ndarray = np.zeros(len(events), bool)
    for key in ledger.words:
        event = ledger.standing(key).event
        stands[event[event >= 0]] = True
    columns = {
        name: pd.Series([event.get(name, "") for event in events], dtype="str") for name in _TEXTS
    }
    return history_table(events, ledger, columns, stands)
