"""Slices: which conjunctions of attributes, or clusters of faces, a run fails most."""

from softbio.audit.slices.audited import (
    KINDS,
    AuditedSlices,
    as_csv,
    as_json,
    audit_slices,
    verdict,
)
from softbio.audit.slices.clusters import cluster_slices
from softbio.audit.slices.results import ALL, Slice, Slices, SliceScope
from softbio.audit.slices.slices import slices

__all__ = [
    "ALL",
    "KINDS",
    "AuditedSlices",
    "Slice",
    "SliceScope",
    "Slices",
    "as_csv",
    "as_json",
    "audit_slices",
    "cluster_slices",
    "slices",
    "verdict",
]
