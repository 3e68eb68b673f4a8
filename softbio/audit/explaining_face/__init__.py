"""Why a run says of one face what it says: its neighbours, its counterparts, its robustness."""

from softbio.audit.explaining_face.counterparts import Counterparts, counterparts
from softbio.audit.explaining_face.neighbours import (
    Neighbours,
    Scale,
    distances,
    nearest,
    nearest_by,
    scale_of,
)
from softbio.audit.explaining_face.robustness import (
    Change,
    Variant,
    robustness,
    scores_of,
    variants,
)

__all__ = [
    "Change",
    "Counterparts",
    "Neighbours",
    "Scale",
    "Variant",
    "counterparts",
    "distances",
    "nearest",
    "nearest_by",
    "robustness",
    "scale_of",
    "scores_of",
    "variants",
]
