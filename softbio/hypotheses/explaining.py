"""What explains a target in a face set: the search and how far to trust it, in one call."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from softbio.errors import DataError
from softbio.formula import parse
from softbio.hypotheses.searching import (
    Chance,
    Figures,
    Findings,
    HeldOut,
    Hypothesis,
    SearchPlan,
    Stability,
    against_chance,
    held_out,
    search,
    stability,
)

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.hypotheses.targets import Target
    from softbio.hypotheses.traits import Traits

__all__ = ["PHASES", "Explanation", "explain"]

#: The phases of an explanation, in order; the last one only if it is asked for.
PHASES = ("search", "stability", "held-out", "shuffled labels")


@dataclass(frozen=True, eq=False)
class Explanation:
    """Formulas that tell a target, and how far to trust them.

    Attributes
    ----------
    target : Target
    findings : Findings
    stability : Stability
        How often each of the best would have won on other people (or faces).
    held_out : HeldOut or None
        None where a half of the people leaves nothing to search or to judge.
    chance : Chance or None
        The same search on shuffled labels, where it was asked for.
    """

    target: Target
    findings: Findings
    stability: Stability
    held_out: HeldOut | None
    chance: Chance | None

    @property
    def explained(self) -> bool:
        """Whether some formula tells more than chance would let one tell; see `Findings`."""
        return self.findings.explained

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain data; figures that are not defined are None."""
        found = self.findings
        wins = dict(zip(self.stability.formulas, self.stability.wins, strict=True))
        return {
            "target": {
                "spec": self.target.spec,
                "title": self.target.title,
                "one": self.target.one,
                "zero": self.target.zero,
            },
            "explained": self.explained,
            "faces": found.n,
            "target_1": found.target_1,
            "searched": list(found.searched),
            "probed": list(found.probed),
            "sharpened": found.sharpened,
            "max_attributes": found.max_attributes,
            "functions": found.functions,
            "left_out": {
                "without_target": found.left_out.without_target,
                "without_group": found.left_out.without_group,
                "without_attributes": found.left_out.without_attributes,
                "attributes": dict(found.left_out.attributes),
            },
            "constant_bits": found.constant_bits,
            "group_information": _number(found.group_information),
            "faces_as_one": list(found.faces_as_one),
            "hypotheses": [_line(line, wins.get(line.formula)) for line in found.hypotheses],
            "stability": {
                "by": self.stability.by,
                "replicates": self.stability.replicates,
                "constant_wins": self.stability.constant_wins,
            },
            "held_out": None if self.held_out is None else _judged(self.held_out),
            "chance": None
            if self.chance is None
            else {
                "saved_bits": _number(self.chance.saved_bits),
                "by_chance": [_number(bits) for bits in self.chance.by_chance],
                "p_value": self.chance.p_value,
                "by": self.chance.by,
                "moved": self.chance.moved,
            },
        }


def explain(
    traits: Traits,
    target: Target,
    faces: FaceSet,
    *,
    plan: SearchPlan | None = None,
    permutations: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Explanation:
    """Search what explains a target, and ask whether other faces would say the same.

    Where identities are known, evidence, resampling, halves and shuffling go by person.

    What is said of chance supposes that the attributes were not made from the target. Probes
    are learned from tags; but one that looks at the features of a network which was trained
    on this very label may echo it at the faces of ``train``. A target that leaves those faces
    out (−1) is free of that.

    Parameters
    ----------
    traits : Traits
        What formulas may name.
    target : Target
    faces : FaceSet
        Groups and identities of the faces.
    plan : SearchPlan, optional
    permutations : int
        Searches of shuffled labels, each of which takes about as long as the first; 0: none.
    progress : callable, optional
        Called with one of `PHASES`, how much of it is done, and of how much.
    stop : callable, optional
        Called often; true ends the work.

    Returns
    -------
    Explanation

    Raises
    ------
    DataError
        If there is nothing to search.
    CancelledError
        If `stop` said so.
    """

    def told(phase: str) -> Callable[[int, int], None] | None:
        return None if progress is None else lambda done, total: progress(phase, done, total)

    columns = dict(traits.values)
    values, group = target.values, faces.group_index()
    groups = tuple(faces.group_names.values())
    person: np.ndarray | None = None
    if faces.has_identities:
        person = faces.table["identity"].fillna(-1).to_numpy(dtype=np.int64)
    # A stop between the phases is raised by the next search.
    found = search(
        columns, values, group, groups,
        person=person, plan=plan, progress=told(PHASES[0]), stop=stop,
    )  # fmt: skip
    steady = stability(
        found, columns, values, group, groups,
        person=person, progress=told(PHASES[1]), stop=stop,
    )  # fmt: skip
    try:
        judged = held_out(
            columns, values, group, groups,
            person=person, plan=plan, progress=told(PHASES[2]), stop=stop,
        )  # fmt: skip
    except DataError:
        judged = None
    chance = None
    if permutations:
        chance = against_chance(
            columns, values, group, groups,
            person=person, permutations=permutations, plan=plan,
            progress=told(PHASES[3]), stop=stop,
        )  # fmt: skip
    return Explanation(target, found, steady, judged, chance)


def _line(line: Hypothesis, wins: float | None) -> dict[str, Any]:
    return {
        "rank": line.rank,
        "formula": line.formula,
        "words": parse(line.formula).words(),
        "attributes": list(line.attributes),
        "probed": list(line.probed),
        "literals": line.literals,
        "bits": line.bits,
        "formula_bits": line.formula_bits,
        "saved_bits": line.saved_bits,
        "evidence_bits": line.evidence_bits,
        "explains": line.explains,
        "wins": wins,
        "overall": _figures(line.overall),
        "groups": {figures.group: _figures(figures) for figures in line.groups},
        "same": list(line.same),
        "refinements": [
            {"formula": other.formula, "extra_bits": other.extra_bits} for other in line.refinements
        ],
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "n": figures.n,
        "counts": [list(row) for row in figures.counts],
        **{
            name: _number(getattr(figures, name))
            for name in (
                "agreement",
                "balanced_agreement",
                "mutual_information",
                "precision",
                "recall",
                "label_1_given_0",
                "label_0_given_1",
            )
        },
    }


def _judged(judged: HeldOut) -> dict[str, Any]:
    return {
        "formula": judged.formula,
        "n": judged.n,
        "by": judged.by,
        "saved_bits_per_face": _number(judged.saved_bits_per_face),
        "overall": _figures(judged.overall),
        "groups": {figures.group: _figures(figures) for figures in judged.groups},
    }


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
