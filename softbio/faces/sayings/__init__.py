"""What tags and reviews have in common: a file of batches that people add and can undo."""

from softbio.faces.sayings.batches import (
    TAKEN_BACK,
    batch_of,
    checked_text,
    new_batch,
    now,
    undo_of,
)
from softbio.faces.sayings.ledger import Ledger
from softbio.faces.sayings.sayings import Sayings, each
from softbio.faces.sayings.table import history_table, known_name, known_table, timestamps

__all__ = [
    "TAKEN_BACK",
    "Ledger",
    "Sayings",
    "batch_of",
    "checked_text",
    "each",
    "history_table",
    "known_name",
    "known_table",
    "new_batch",
    "now",
    "timestamps",
    "undo_of",
]
