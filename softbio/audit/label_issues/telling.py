"""What an audit of labels says in sentences, and its table: for the page and the command."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from softbio.faces.strict_csv import spreadsheet

if TYPE_CHECKING:
    from softbio.audit.label_issues.audited import AuditedLabels
    from softbio.audit.label_issues.noise import NoiseRate, Rate

__all__ = ["ASSUMES", "as_csv", "as_json", "cautions", "coverage", "direction", "verdict"]

_TRAIN_FOLDS = "softbio train --folds 5"

#: Below this area under the ROC curve a network's own mistakes outnumber wrong labels.
_WEAK = 0.9

#: What noise rates and their intervals rest on.
ASSUMES = (
    "The estimates take it that, within a group, a label is wrong by a chance that depends on the "
    "true label and not on the photograph. Faces that are hard for the network count as wrong "
    "labels, so the rates are rather too high than too low. The intervals say how much other faces "
    "would change a rate, not how far the method is off."
)


def coverage(audited: int, seen: int, left_out: int, folds: int) -> str:
    """Say which faces were audited, and what to do for the others."""
    said = f"{audited:,} faces audited, by scores of networks that did not train on them"
    if folds:
        said += f" (training faces by {folds} folds)"
    said += "."
    if seen:
        said += (
            f" {seen:,} training faces are not: the network has learned their labels, right or "
            f"wrong. `{_TRAIN_FOLDS}` gives each a score of a network that has not seen it."
        )
    if left_out:
        said += f" {left_out:,} have no label, no known group or no score."
    return said


def direction(rate: NoiseRate) -> str:
    """Say which labels a rate is about, as in ``women, 1 that should be 0``."""
    return f"{rate.group}, {rate.given} that should be {1 - rate.given}"


def verdict(audited: AuditedLabels) -> str:
    """Say how many labels are estimated to be wrong, where most of them are, and how many flagged."""
    known = [rate for rate in audited.issues.noise if not math.isnan(rate.wrong.value)]
    if not known:
        return "Nothing can be said of these labels: the scores do not tell them apart."
    flagged = int(audited.issues.flagged.sum())
    if not flagged:
        return (
            f"None of the {len(audited):,} labels is flagged: no score is as sure of the other "
            "label as scores of faces that have it, or too few are."
        )
    wrong = sum(rate.wrong_faces.value for rate in known)
    worst = max(known, key=lambda rate: rate.wrong.value)
    low, high = (f"{100 * end:.1f}" for end in (worst.wrong.low, worst.wrong.high))
    return (
        f"About {wrong:,.0f} of {len(audited):,} labels are estimated to be wrong, and {flagged:,} "
        f"are flagged. The largest share is that of {worst.group} with label {worst.given}: "
        f"{100 * worst.wrong.value:.1f} % ({low} – {high} %) of {worst.faces:,}."
    )


def cautions(audited: AuditedLabels) -> list[str]:
    """Say what speaks against taking the estimates at their word."""
    issues, said = audited.issues, []
    for name in issues.silent:
        said.append(
            f"Of {name} nothing can be said: faces with label 1 do not have the higher scores "
            "on average, or a label is missing."
        )
    weak = [
        f"{name} {area:.2f}"
        for name, area in zip(audited.groups, audited.auc, strict=True)
        if area < _WEAK and name not in issues.silent
    ]
    if weak:
        said.append(
            f"The network tells the labels apart poorly (area under the ROC curve: "
            f"{', '.join(weak)}; below {_WEAK:g}), and its own mistakes count as wrong labels: "
            "take the rates for upper bounds there, and the order of the faces for a suggestion."
        )
    if audited.gamma:
        said.append(
            f"The run learned with a focal loss (γ {audited.gamma:g}), which keeps scores near one "
            "half and stresses just the faces whose labels may be wrong. Prefer a run with "
            "cross-entropy for this."
        )
    if issues.borrowed:
        said.append(
            f"{', '.join(issues.borrowed)}: so few faces of a label that the thresholds of all "
            "faces are used."
        )
    return said


def as_csv(audited: AuditedLabels) -> bytes:
    """Return a line a face, the most suspect first, for a spreadsheet."""
    table = audited.table().drop(columns="row")
    table["flagged"] = table["flagged"].astype(np.int8)
    values = [column.tolist() for _, column in table.items()]
    return spreadsheet(list(table.columns), zip(*values, strict=True))


def as_json(audited: AuditedLabels, top: int = 0) -> dict[str, Any]:
    """Return everything as plain JSON, with the `top` most suspect faces."""
    issues = audited.issues
    return {
        "audited": len(audited),
        "seen": audited.seen,
        "left_out": audited.left_out,
        "folds": audited.folds,
        "sentence": audited.sentence,
        "verdict": verdict(audited),
        "cautions": cautions(audited),
        "flagged": int(issues.flagged.sum()),
        "intervals": {"level": issues.level, "by": issues.by},
        "groups": {
            name: {
                "thresholds": _numbers(issues.thresholds[index]),
                "joint": [_numbers(row) for row in issues.joint[index]],
            }
            for index, name in enumerate(issues.groups)
        },
        "noise": [
            {
                "group": rate.group,
                "given": rate.given,
                "faces": rate.faces,
                "flagged": rate.flagged,
                "wrong": _rate(rate.wrong),
                "flipped": _rate(rate.flipped),
                "wrong_faces": _rate(rate.wrong_faces),
            }
            for rate in issues.noise
        ],
        "faces": audited.table().drop(columns="row").head(top).to_dict("records"),
    }


def _rate(rate: Rate) -> dict[str, float | None]:
    value, low, high = _numbers((rate.value, rate.low, rate.high))
    return {"value": value, "low": low, "high": high}


def _numbers(values: Any) -> list[float | None]:
    return [None if math.isnan(value) else float(value) for value in values]
