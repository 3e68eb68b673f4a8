"""Being built."""

from __future__ import annotations

from dashboard.widgets.audit.context import Audit

__all__ = ["show"]


def show(audit: Audit) -> None:
    """Show the part."""
    del audit
