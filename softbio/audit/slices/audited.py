"""The slices of a run's errors: which faces count, what they are called, how they are told."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from softbio.audit.slices.clusters import cluster_slices, standing_out
from softbio.audit.slices.results import ALL, Slice, Slices
from softbio.audit.slices.slices import slices
from softbio.errors import ConfigError, RunError
from softbio.faces.faceset import FaceSet
from softbio.faces.strict_csv import spreadsheet
from softbio.fairness import DecisionRule
from softbio.runs import Run
from softbio.runs.judging import judge_of, rule_of, selection_of

__all__ = ["KINDS", "AuditedSlices", "as_csv", "as_json", "audit_slices", "verdict"]

#: The kinds of errors, and which labels they are made of.
KINDS: dict[str, int | None] = {"wrong": None, "false-positive": 0, "false-negative": 1}
_NAMES = {
    "wrong": "wrong predictions",
    "false-positive": "false positives",
    "false-negative": "false negatives",
}


@dataclass(frozen=True, eq=False)
class AuditedSlices:
    """Slices of the faces of a split.

    Attributes
    ----------
    slices : Slices
        Its rows are places among the audited faces: `rows` turns them into rows of the set.
    kind : str
        Of `KINDS`.
    rows : ndarray, shape (n,), int64
        The audited faces in the set: of a kind with one label, those of that label.
    wrong : ndarray, shape (n,), bool
    score : ndarray, shape (n,), float32
    clustered : bool
        Whether clusters of the embedding were tested in place of attributes.
    traits : mapping of str to ndarray, shape (n,)
    """

    slices: Slices
    kind: str
    rows: np.ndarray
    wrong: np.ndarray
    score: np.ndarray
    clustered: bool
    traits: Mapping[str, np.ndarray]

    @property
    def errors(self) -> str:
        """What is counted, in words."""
        return _NAMES[self.kind]

    def words(self, line: Slice) -> str:
        """Return a slice in words: of a cluster, by what stands out about it."""
        if not self.clustered:
            return line.formula.words()
        inside = np.arange(len(self.rows))
        told = [
            f"{name.replace('_', ' ').lower()} {100 * here:.0f} % (others {100 * there:.0f} %)"
            for name, here, there in standing_out(self.traits, line.rows, inside)
        ]
        name = next(iter(line.formula.names))
        return f"{name}: {', '.join(told)}" if told else f"{name}: no known trait stands out"

    def faces(self, line: Slice) -> tuple[np.ndarray, np.ndarray]:
        """Return a slice's rows in the set, wrong ones first and most confident, and which are."""
        wrong, score = self.wrong[line.rows], self.score[line.rows].astype(np.float64)
        order = np.lexsort((-np.abs(score - 0.5), ~wrong))
        return self.rows[line.rows[order]], wrong[order]


def audit_slices(
    run: Run,
    faces: FaceSet,
    split: str = "val_select",
    *,
    rule: DecisionRule | None = None,
    kind: str = "wrong",
    traits: Mapping[str, np.ndarray] | None = None,
    clusters: int | None = None,
    most: int = 3,
    smallest: int = 50,
    level: float = 0.95,
    top: int = 50,
    stop: Callable[[], bool] | None = None,
) -> AuditedSlices:
    """Find the slices of a split in which a run errs most.

    Parameters
    ----------
    run : Run
    faces : FaceSet
        That it was made from.
    split : str
    rule : DecisionRule, optional
        What makes predictions; default: the run's own, else a score above one half.
    kind : {"wrong", "false-positive", "false-negative"}
        False positives are looked for among the faces with label 0, false negatives among those
        with label 1.
    traits : mapping of str to ndarray, shape (N,)
        Attributes of all faces of the set: 1, 0, −1 not known. Default: the annotated ones.
    clusters : int, optional
        Test so many clusters of the run's embeddings in place of attributes. Default: only where
        no attribute is known.
    most, smallest, level, top, stop
        See `slices`.

    Raises
    ------
    RunError
        If no face of the split can be judged, or there are neither attributes nor embeddings.
    ConfigError
        If there is no such kind.
    """
    if kind not in KINDS:
        raise ConfigError(f"There is no kind {kind!r}. The kinds are: {', '.join(KINDS)}.")
    chosen = selection_of(run, split, (), faces)
    wrong = judge_of(run, chosen).predict(rule_of(run, rule=rule)) != (chosen.label == 1)
    label = KINDS[kind]
    kept = np.flatnonzero((chosen.label == label) if label is not None else chosen.label >= 0)
    if not len(kept):
        raise RunError(f"No face of the split {split!r} has label {label}, so there is no {kind}.")
    row = chosen.row[kept]
    if traits is None:
        traits = {
            name: faces.table[name].fillna(-1).to_numpy(dtype=np.int8) for name in faces.attributes
        }
    known = {name: np.asarray(values)[row] for name, values in traits.items()}
    clustered = clusters is not None or not known
    who = None if chosen.person is None else chosen.person[kept]
    group = chosen.group[kept]
    if clustered:
        found = cluster_slices(
            np.asarray(run.embeddings().values[row]),
            wrong[kept],
            group,
            chosen.groups,
            person=who,
            clusters=clusters or 12,
            smallest=smallest,
            level=level,
        )
    else:
        found = slices(
            known,
            wrong[kept],
            group,
            chosen.groups,
            person=who,
            most=most,
            smallest=smallest,
            level=level,
            top=top,
            stop=stop,
        )
    return AuditedSlices(found, kind, row, wrong[kept], chosen.score[kept], clustered, known)


def verdict(audited: AuditedSlices, group: str | None = None) -> str:
    """Say in a sentence or two what was found, or that nothing stands out.

    Parameters
    ----------
    audited : AuditedSlices
    group : str, optional
        Speak of this scope only.
    """
    found = audited.slices
    what = "clusters of the embedding" if audited.clustered else "slices"
    where = "" if group in (None, ALL) else f" of {group}"
    lines = [line for line in found.lines if line.beyond_chance and group in (None, line.group)]
    if not found.tested:
        return (
            f"No slice has {found.smallest:,} faces and leaves as many: lower the smallest number "
            "of faces, or look at a larger split."
        )
    if not lines:
        return (
            f"Nothing stands out beyond chance: of {found.tested:,} {what}, none{where} has more "
            f"{audited.errors} than chance would give some of so many. Smaller differences may "
            "still be there: more faces would show them, or fewer attributes at most, since fewer "
            "slices are tested then."
        )
    first = lines[0]
    of = first.group if first.group != ALL else "all groups together"
    count = sum(one.found for one in found.scopes if group in (None, one.group))
    several = f"{count:,} {what}{where} have"
    if count == 1:
        several = f"One of the {what}{where} has"
    return (
        f"{several} more {audited.errors} than chance explains, of "
        f"{found.tested:,} tested. The clearest: {audited.words(first)} ({of}), wrong in "
        f"{100 * first.rate:.1f} % of {first.n:,} faces, against {100 * first.rest:.1f} % of the "
        f"others (difference {100 * first.low:.1f} to {100 * first.high:.1f} points)."
    )


def _record(audited: AuditedSlices, line: Slice) -> dict[str, Any]:
    return {
        "formula": str(line.formula) if not audited.clustered else line.formula.names[0],
        "words": audited.words(line),
        "group": line.group,
        "faces": line.n,
        "people": line.people if audited.slices.by == "person" else None,
        "errors": line.errors,
        "rate": round(line.rate, 6),
        "rest": round(line.rest, 6),
        "effect": round(line.effect, 6),
        "low": _finite(line.low),
        "high": _finite(line.high),
        "p": line.p,
        "p_holm": line.p_holm,
        "beyond_chance": line.beyond_chance,
    }


def _finite(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)


def as_json(audited: AuditedSlices, group: str | None = None) -> dict[str, Any]:
    """Return everything that is told, as `softbio audit slices --json` prints it."""
    found = audited.slices
    return {
        "kind": audited.kind,
        "clustered": audited.clustered,
        "most": found.most,
        "smallest": found.smallest,
        "level": found.level,
        "by": found.by,
        "tested": found.tested,
        "groups": [
            {"group": one.group, "faces": one.n, "people": one.people, "errors": one.errors}
            for one in found.scopes
        ],
        "verdict": verdict(audited, group),
        "slices": [_record(audited, line) for line in found.lines if group in (None, line.group)],
    }


def as_csv(audited: AuditedSlices, group: str | None = None) -> bytes:
    """Return the lines as CSV, safe for spreadsheets."""
    lines = as_json(audited, group)["slices"]
    heads = [
        "formula", "words", "group", "faces", "people", "errors", "rate", "rest", "effect", "low",
        "high", "p", "p_holm", "beyond_chance",
    ]  # fmt: skip
    return spreadsheet(heads, [[line[head] for head in heads] for line in lines])
