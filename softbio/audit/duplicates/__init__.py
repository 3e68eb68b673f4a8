"""Duplicates: photographs that a set holds twice, and similar faces with opposite labels."""

from softbio.audit.duplicates.alike import AlikePairs, alike
from softbio.audit.duplicates.duplicates import DuplicateGroup, Duplicates, duplicates
from softbio.audit.duplicates.near import LEAST_ALIKE
from softbio.audit.duplicates.telling import as_csv, as_json, told_of, verdict

__all__ = [
    "LEAST_ALIKE",
    "AlikePairs",
    "DuplicateGroup",
    "Duplicates",
    "alike",
    "as_csv",
    "as_json",
    "duplicates",
    "told_of",
    "verdict",
]
