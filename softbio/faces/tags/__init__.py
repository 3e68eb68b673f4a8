"""Tags: what people say of faces, kept beside a face set."""

from softbio.faces.tags.lines import TAKEN_BACK, VALUES
from softbio.faces.tags.table import COLUMNS
from softbio.faces.tags.tags import TagCounts, Tags
from softbio.faces.tags.words import checked_word

__all__ = ["COLUMNS", "TAKEN_BACK", "VALUES", "TagCounts", "Tags", "checked_word"]
