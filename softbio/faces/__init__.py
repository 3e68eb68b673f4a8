"""Faces: how photographs and their labels become a packed set, and how it is read.

Names are imported when they are first used, so that the processes that decode
load neither pandas nor a reader. The function that packs is
:func:`softbio.faces.pack.pack`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from softbio.faces.archive import Extracted, extract_images
    from softbio.faces.assemble import TooManySkippedError
    from softbio.faces.attributes_only import attribute_set
    from softbio.faces.decode import UnreadableImageError, decode_face, read_face
    from softbio.faces.faceset import SPLITS, FaceSet
    from softbio.faces.readers import TableOptions, read_source
    from softbio.faces.sheet import contact_sheet, to_jpeg
    from softbio.faces.source import Source
    from softbio.faces.splits import SplitPlan, assign_splits

__all__ = [
    "SPLITS",
    "Extracted",
    "FaceSet",
    "Source",
    "SplitPlan",
    "TableOptions",
    "TooManySkippedError",
    "UnreadableImageError",
    "assign_splits",
    "attribute_set",
    "contact_sheet",
    "decode_face",
    "extract_images",
    "read_face",
    "read_source",
    "to_jpeg",
]

_HOMES = {
    "archive": ("Extracted", "extract_images"),
    "assemble": ("TooManySkippedError",),
    "attributes_only": ("attribute_set",),
    "decode": ("UnreadableImageError", "decode_face", "read_face"),
    "faceset": ("SPLITS", "FaceSet"),
    "readers": ("TableOptions", "read_source"),
    "sheet": ("contact_sheet", "to_jpeg"),
    "source": ("Source",),
    "splits": ("SplitPlan", "assign_splits"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
