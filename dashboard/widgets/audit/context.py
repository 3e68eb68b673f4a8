"""What the parts of the pages Errors and Faces share: the faces, a run, its rule, what people said."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from dashboard.widgets.choice import choose, recall
from dashboard.widgets.loading import load_predictions
from dashboard.widgets.threshold_controls import rule_address
from softbio.faces.faceset import FaceSet
from softbio.faces.tags import Tags
from softbio.fairness import DecisionRule
from softbio.runs import Predictions, Run

if TYPE_CHECKING:
    from softbio.audit.label_issues import AuditedLabels
    from softbio.faces.reviews import Reviews
    from softbio.hypotheses import Traits

__all__ = ["PAGES", "Audit", "open_part", "pick_part"]

#: The parts of each page, by the name that stands in the address.
PAGES = {
    "errors": {
        "wrong": "Wrong faces",
        "looking": "Where it looks",
        "slices": "Slices",
    },
    "faces": {
        "browse": "Browse",
        "map": "Map",
        "suspects": "Suspect labels",
        "duplicates": "Duplicates",
        "review": "Review",
    },
}


@dataclass(frozen=True)
class Audit:
    """What is looked at.

    Attributes
    ----------
    faces : FaceSet
    run : Run or None
        Made from these faces.
    split : str
        The faces that a figure is about, where it is about some.
    rule : DecisionRule or None
        What makes predictions of the run's scores; None without a run.
    tags : Tags
    """

    faces: FaceSet
    run: Run | None
    split: str
    rule: DecisionRule | None
    tags: Tags

    @cached_property
    def predictions(self) -> Predictions | None:
        """What the run says of every face."""
        return None if self.run is None else load_predictions(self.run)

    @cached_property
    def reviews(self) -> Reviews:
        """What people say that the labels should be."""
        from softbio.faces.reviews import Reviews

        return Reviews.open(self.faces)

    @cached_property
    def traits(self) -> Traits:
        """What a formula can name: annotated attributes and tags."""
        from softbio.hypotheses import Traits

        return Traits.of(self.faces, self.tags)

    @cached_property
    def audited(self) -> AuditedLabels | None:
        """Whose labels are suspect; None without a run."""
        if self.run is None:
            return None
        changed = (self.run.path / "predictions.parquet").stat().st_mtime_ns
        return _audited(self.run, self.faces, str(self.run.path), changed, self.faces.fingerprint)


@st.cache_resource(show_spinner=False, max_entries=8)
def _audited(
    _run: Run, _faces: FaceSet, path: str, changed: int, fingerprint: str
) -> AuditedLabels:
    from softbio.audit.label_issues import audit_labels

    del path, changed, fingerprint  # the key
    return audit_labels(_run, _faces)


def pick_part(page: str) -> str:
    """Let the reader choose which part of a page to show."""
    parts = PAGES[page]
    return choose("What to show", list(parts), page, segments=True, shown=parts.__getitem__)


def open_part(page: str, part: str, **choices: str) -> NoReturn:
    """Show another part of the pages, with choices that it keeps in the address.

    Not from a widget's callback, where a script cannot run anew.

    Parameters
    ----------
    page, part : str
        Of `PAGES`.
    choices : str
        Such as ``formula="Bald or Wearing_Hat"``, under the names that the part uses.
    """
    st.switch_page(f"views/{page}.py", query_params={**_kept_choices(), page: part, **choices})


def _kept_choices() -> dict[str, str]:
    """Return what of the address says what both pages are about."""
    return {name: recall(name) for name in ("set", "run", "split") if recall(name)} | rule_address()
