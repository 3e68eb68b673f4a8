"""What the parts of the hypothesis lab share: the faces, a run, the tags, the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

import streamlit as st

from dashboard.widgets.choice import choose
from dashboard.widgets.pickers import done_runs, pick_split
from softbio.errors import SoftbioError
from softbio.faces.faceset import FaceSet
from softbio.faces.tags import Tags
from softbio.hypotheses import Target, Traits, target_of, target_specs
from softbio.hypotheses.probe import Features, Probe, learn_all
from softbio.runs import Run

__all__ = ["PARTS", "Lab", "open_part", "pick_part", "pick_run", "pick_target", "runs_of"]

#: The parts, by the name that stands in the address.
PARTS = {
    "searching": "Search",
    "examination": "Examine",
    "duel": "Two against each other",
    "tagging": "Tag to learn",
    "kinds": "Kinds of faces",
    "kept": "Kept",
}
NO_RUN = "none"


@dataclass(frozen=True)
class Lab:
    """What the lab is about.

    Attributes
    ----------
    faces : FaceSet
    run : Run or None
        Made from these faces. Its predictions may be the target, and probes rest on its
        embeddings; without one, on colours alone.
    tags : Tags
    target : Target or None
        None where there is nothing to explain: no label, no run, no tag.
    """

    faces: FaceSet
    run: Run | None
    tags: Tags
    target: Target | None

    @cached_property
    def features(self) -> Features:
        """What probes learn from; made at the first look, and kept for all sessions."""
        return _features(self.faces, self.run, self._key)

    @cached_property
    def probes(self) -> tuple[Probe, ...]:
        """A probe of every word with enough tags; none where the set was never tagged."""
        if not self.tags.trait_words():
            return ()
        return _probes(self, (*self._key, str(self.tags.version)))

    @cached_property
    def traits(self) -> Traits:
        """Everything that a formula can name."""
        return Traits.of(self.faces, self.tags, self.probes)

    @property
    def _key(self) -> tuple[str, str, str]:
        run = "" if self.run is None else str(self.run.path)
        return (str(self.faces.path), self.faces.fingerprint, run)


@st.cache_resource(show_spinner="Looking at the faces …", max_entries=3)
def _features(_faces: FaceSet, _run: Run | None, key: tuple[str, ...]) -> Features:
    del key
    return Features.of(_faces, _run)


@st.cache_resource(show_spinner="Learning from the tags …", max_entries=8)
def _probes(_lab: Lab, key: tuple[str, ...]) -> tuple[Probe, ...]:
    del key
    return tuple(learn_all(_lab.features, _lab.tags, _lab.faces))


def runs_of(faces: FaceSet) -> list[Run]:
    """Return the finished runs that were made from this very set, newest first."""
    runs = []
    for run in done_runs():
        try:
            if run.config.data_fingerprint == faces.fingerprint:
                runs.append(run)
        except SoftbioError:
            continue  # damaged or removed meanwhile
    return runs


def pick_target(faces: FaceSet, run: Run | None, tags: Tags) -> Target | None:
    """Let the reader choose what the formulas shall explain."""
    specs = target_specs(faces, run, tags)
    if not specs:
        return None
    spec = choose(
        "What to explain",
        specs,
        "target",
        shown=_shown,
        help="The label; or what the run predicts; or where it errs, such as its errors among men: "
        "which faces are they?",
    )
    if spec == "label" or spec.startswith("tag:"):
        return target_of(spec, faces, tags=tags)
    split = pick_split(_sizes(faces), run)
    return target_of(spec, faces, run=run, split=split)


def pick_run(runs: Sequence[Run]) -> Run | None:
    """Let the reader choose a run, or none."""
    by_id = {run.id: run for run in runs}
    chosen = choose(
        "Run",
        [*by_id, NO_RUN],
        "lab_run",
        shown=lambda value: "No run" if value == NO_RUN else by_id[value].name or value,
        help="Its predictions and errors can be explained, its scores are shown beside a formula, "
        "and what you tag is learned from its embeddings.",
    )
    return by_id.get(chosen)


def pick_part() -> str:
    """Let the reader choose which part of the lab to show."""
    return choose("What to do", list(PARTS), "lab", segments=True, shown=lambda part: PARTS[part])


def open_part(part: str, **choices: str) -> NoReturn:
    """Show another part of the lab, with choices that it keeps in the address.

    Not from a widget's callback, where a script cannot run anew.

    Parameters
    ----------
    part : str
        One of `PARTS`.
    choices : str
        Such as ``formula="Bald or Wearing_Hat"``, under the names that the part uses.
    """
    # At once, so that Back undoes it in one step.
    st.query_params.update({"lab": part, **choices})
    st.rerun()


def _shown(spec: str) -> str:
    kind, _, of = spec.partition(":")
    if kind == "tag":
        return f"The tag {of}"
    words = {
        "label": "The label",
        "prediction": "What the run predicts",
        "error": "Errors of the run",
        "false-positive": "False positives",
        "false-negative": "False negatives",
    }[kind]
    return f"{words} among {of}" if of else words


def _sizes(faces: FaceSet) -> dict[str, int]:
    labelled = faces.labels() >= 0
    return {
        split: int(labelled[faces.rows(split)].sum())
        for split in ("val_select", "val_fit", "train", "test")
    }
