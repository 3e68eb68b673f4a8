"""What a question about hypotheses is asked of: faces, run, tags, probes, target."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softbio.cli.lab.known import is_packed, learn_known, run_of, tags_of
from softbio.errors import ConfigError, DataError, FormulaError

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.hypotheses import Target, Traits
    from softbio.hypotheses.probe import Probe
    from softbio.runs import Run

__all__ = ["Material", "about_run", "open_faces", "open_material"]

#: What a run predicts, and gets wrong.
RUN_TARGETS = ("prediction", "error", "false-positive", "false-negative")

#: Options that reading a table may advise, and that only packing has.
_OF_PACK = re.compile(r"--(positive|negative|table|images|[a-z]+-column)\b")


@dataclass(frozen=True, eq=False)
class Material:
    """What is known before anything is asked.

    Attributes
    ----------
    data : str
        As it was named.
    faces : FaceSet
    run : Run or None
    split : str
        The faces that are looked at; empty: all that have a target.
    traits : Traits
    target : Target
    probes : tuple of Probe
    notes : tuple of str
        What a person should know of all this, a sentence each.
    """

    data: str
    faces: FaceSet
    run: Run | None
    split: str
    traits: Traits
    target: Target
    probes: tuple[Probe, ...]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what every answer in JSON begins with."""
        return {
            "data": self.data,
            "data_fingerprint": self.faces.fingerprint,
            "run": None if self.run is None else self.run.id,
            "split": self.split or None,
            "target": {
                "spec": self.target.spec,
                "title": self.target.title,
                "one": self.target.one,
                "zero": self.target.zero,
            },
            "probes": [
                {"word": probe.word, "yes": probe.yes, "no": probe.no, "source": probe.source}
                for probe in self.probes
            ],
            "notes": list(self.notes),
        }


def open_faces(data: str, label: str | None = None) -> FaceSet:
    """Open a face set, or an annotation file as one in memory.

    Where nobody's group is known, all faces are one group, ``all``.

    Raises
    ------
    ConfigError
        If a packed set is given another label.
    DataError
        If nothing is there, or nothing is known of the faces that are.
    """
    from softbio.faces.attributes_only import attribute_set
    from softbio.faces.faceset import FaceSet
    from softbio.faces.readers import TableOptions, detect

    if is_packed(data):
        if label is not None:
            raise ConfigError(
                f"{data} is packed and has the label that it was packed with, so --label cannot "
                "give it another. Leave it out, or name the annotation file."
            )
        return FaceSet.open(data).in_groups()
    kind, because = detect(data, TableOptions(), attributes_only=True)
    if kind in ("challenge", "folder"):
        raise DataError(
            f"{data} holds photographs without attributes ({because}). Pack them, `softbio pack "
            f"{data} --out data/NAME`, and tag some on the page Hypotheses; or name an annotation "
            "file."
        )
    try:
        return attribute_set(data, label).in_groups()
    except DataError as error:
        if not _OF_PACK.search(str(error)):
            raise
        raise DataError(
            f"{error} These are options of `softbio pack --attributes-only`, which makes a face "
            "set that can be named here."
        ) from None


def open_material(
    data: str,
    *,
    target: str = "label",
    label: str | None = None,
    run_id: str | None = None,
    models: Path | None = None,
    split: str | None = None,
    without: Sequence[str] = (),
    probe: bool | None = None,
) -> Material:
    """Gather what a question needs.

    Parameters
    ----------
    data : str
        A face set, or an annotation file or folder without one.
    target, label, run_id, models, split
        As the command takes them.
    without : sequence of str
        Attributes that formulas shall not name, in any case.
    probe : bool, optional
        Whether to learn attributes from tags; None: where that can be done.

    Raises
    ------
    SoftbioError
        If any of it is not there or does not fit.
    """
    from softbio.hypotheses import target_of

    faces = open_faces(data, label)
    run, tags = run_of(run_id, models), tags_of(faces, data)
    if target == "label" and tags is None and not (faces.labels() >= 0).any():
        raise ConfigError(
            f"{data} has no label of its own: say which attribute, or formula over attributes, is "
            'to be explained, such as --label "Blond_Hair xor Eyeglasses".'
        )
    if run is None and target.partition(":")[0] in RUN_TARGETS:
        raise ConfigError(
            f"--target {target} is about what a run predicts: name one with --run (`softbio runs "
            "list` shows them)."
        )
    asked = target_of(target, faces, run=run, split=split or "val_select", tags=tags)
    if about_run(asked):
        split = split or "val_select"
    elif split is not None:
        asked = _within(asked, faces, split)
    known = learn_known(faces, run, tags, probe, asked.spec)
    if not known.traits.names:
        raise DataError(
            f"The face set {faces.name} has no attributes, so a formula has nothing to name. Tag "
            "some faces on the page Hypotheses (Tag to learn), or take over tags: `softbio tags "
            f"{data} --import TAGS.csv`."
        )
    traits = _without(known.traits, without, asked.spec)
    notes = (*known.notes, *_echoes(known.probes, run, asked, split))
    return Material(data, faces, run, split or "", traits, asked, known.probes, notes)


def about_run(target: Target) -> bool:
    """Return whether a target is what a run predicts, or gets wrong."""
    return target.spec.partition(":")[0] in RUN_TARGETS


def _echoes(
    probes: tuple[Probe, ...], run: Run | None, target: Target, split: str | None
) -> list[str]:
    """Say where a probe may repeat the label instead of telling what explains it."""
    if not probes or run is None or run.config.kind == "imported":
        return []
    if target.spec != "label" or split not in (None, "train"):
        return []
    return [
        f"{run.id} was trained on this label, so at the faces of its training its embeddings, and "
        "what is learned from them, may echo it. --split val looks at other faces."
    ]


def _within(target: Target, faces: FaceSet, split: str | None) -> Target:
    """Return a target of the faces of a split."""
    import numpy as np

    if split is None:
        return target
    values = np.full(len(faces), -1, np.int8)
    rows = faces.rows(split)
    values[rows] = target.values[rows]
    if not (values >= 0).any():
        raise DataError(
            f"No face of the split {split} of {faces.name} has a value of {target.title}. Leave "
            "out --split."
        )
    return replace(target, values=values)


def _without(traits: Traits, names: Sequence[str], spec: str) -> Traits:
    """Leave out what was asked to be, and a tag that would explain itself."""
    from softbio.formula import Formula, Name

    left = set()
    for name in names:
        try:
            left |= set(Formula(Name(name)).resolve(traits.names).names)
        except FormulaError as error:
            told = str(error).removeprefix("In the formula: ")
            raise ConfigError(f"--without {name}: {told}") from None
    kind, _, word = spec.partition(":")
    if kind == "tag":
        left |= {name for name in traits.names if name.casefold() == word.casefold()}
    return traits.without(left)
