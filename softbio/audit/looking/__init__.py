"""Where a network looks, and whether it looks elsewhere on one group's faces."""

from softbio.audit.looking.bands import ASSUMPTION, BANDS, band_areas, band_shares, bands
from softbio.audit.looking.looking import METHODS, Looks, Method, can_look, look
from softbio.audit.looking.sampling import FACES, SampledLooks, look_at_split, sample_cells
from softbio.audit.looking.summary import (
    EVIDENCE,
    FEWEST,
    BandGap,
    Evidence,
    LookCell,
    LooksBy,
    looks_by,
)
from softbio.audit.looking.table import looks_csv, looks_json
from softbio.audit.looking.telling import limits, telling

__all__ = [
    "ASSUMPTION",
    "BANDS",
    "EVIDENCE",
    "FACES",
    "FEWEST",
    "METHODS",
    "BandGap",
    "Evidence",
    "LookCell",
    "Looks",
    "LooksBy",
    "Method",
    "SampledLooks",
    "band_areas",
    "band_shares",
    "bands",
    "can_look",
    "limits",
    "look",
    "look_at_split",
    "looks_by",
    "looks_csv",
    "looks_json",
    "sample_cells",
    "telling",
]
