"""Suspect labels: confident learning from scores of faces that a network did not train on."""

from softbio.audit.label_issues.audited import AuditedLabels, audit_labels
from softbio.audit.label_issues.issues import LabelIssues, label_issues
from softbio.audit.label_issues.noise import NoiseRate, Rate

__all__ = [
    "AuditedLabels",
    "LabelIssues",
    "NoiseRate",
    "Rate",
    "audit_labels",
    "label_issues",
]
