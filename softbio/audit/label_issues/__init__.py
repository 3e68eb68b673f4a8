"""Suspect labels: confident learning from scores of faces that a network did not train on."""

from softbio.audit.label_issues.audited import AuditedLabels, audit_labels
from softbio.audit.label_issues.issues import LabelIssues, label_issues
from softbio.audit.label_issues.noise import NoiseRate, Rate
from softbio.audit.label_issues.telling import (
    ASSUMES,
    as_csv,
    as_json,
    cautions,
    direction,
    verdict,
)

__all__ = [
    "ASSUMES",
    "AuditedLabels",
    "LabelIssues",
    "NoiseRate",
    "Rate",
    "as_csv",
    "as_json",
    "audit_labels",
    "cautions",
    "direction",
    "label_issues",
    "verdict",
]
