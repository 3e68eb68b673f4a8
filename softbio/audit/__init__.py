"""Audit: which faces a run gets wrong."""

from softbio.audit.misclassified import misclassified

__all__ = ["misclassified"]
