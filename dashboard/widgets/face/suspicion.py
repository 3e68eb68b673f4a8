"""How suspect the face's label is, by confident learning over all faces that can be audited."""

from __future__ import annotations

import numpy as np

from dashboard.widgets.face.opening import Look
from softbio.errors import SoftbioError
from softbio.faces.tags import Tags

__all__ = ["suspicion_of"]


def suspicion_of(look: Look) -> str:
    """Say how suspect the label is; empty without a run, or where it tells nothing."""
    if look.run is None:
        return ""
    # Imported here: the context of the parts imports what this package is imported by.
    from dashboard.widgets.audit.context import Audit

    audit = Audit(look.faces, look.run, "val_select", look.rule, Tags.open(look.faces))
    try:
        found = audit.audited
    except SoftbioError:  # no scores, or no face that the network has not trained on
        return ""
    place = None if found is None else np.flatnonzero(found.rows == look.row)
    if found is None or place is None or not len(place):
        return ""
    issues, at = found.issues, int(place[0])
    rank = int(np.flatnonzero(issues.order == at)[0]) + 1
    flagged = "flagged as wrong" if issues.flagged[at] else "not flagged"
    return (
        f"{issues.suspicion[at]:.2f} of 1, {flagged}; number {rank:,} of {len(found.rows):,} in order "
        "of suspicion"
    )
