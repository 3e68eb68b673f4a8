"""Tags: what people say of faces, kept beside a face set."""

from softbio.faces.tags.lines import TAKEN_BACK, VALUES
from softbio.faces.tags.table import COLUMNS
from softbio.faces.tags.tags import TagCounts, Tags
from softbio.faces.tags.words import JUDGEMENTS, checked_word, is_judgement

__all__ = [
    "COLUMNS",
    "JUDGEMENTS",
    "TAKEN_BACK",
    "VALUES",
    "TagCounts",
    "Tags",
    "checked_word",
    "is_judgement",
]
