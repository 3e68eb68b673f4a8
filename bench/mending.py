"""What mending suspect labels gives: planted flips, a reviewer who sees the truth, and a retraining.

``python bench/mending.py data/celeba`` goes on from ``bench/flips.py``: of each set with planted
flips somebody who knows the labels before planting reviews the most suspect training faces, as
many as were planted there, and, blind, all test faces. Then the same recipe is trained on the
corrected labels. Everything is judged by the reviewed test faces, that is by the labels before
planting. People make mistakes; this is the most that reviewing so many suspects can give.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from flips import KINDS, PAGE, config_of, plant, reporting
from sections import put_section

from softbio.audit.label_issues import audit_labels
from softbio.config import LabelsConfig
from softbio.faces import FaceSet
from softbio.faces.reviews import Reviews
from softbio.fairness import IntervalPlan
from softbio.runs import REVIEWED, Run, RunStore
from softbio.runs.judging import judge, judge_pair
from softbio.training.start import find_or_train

TITLE = "Mending suspect labels"
METRICS = ("fair_metric", "balanced_fair_metric", "worst_cell_accuracy")


def review(faces: FaceSet, run: Run) -> dict[str, int]:
    """Say the truth of the most suspect training faces and, blind, of all test faces."""
    reviews = Reviews.open(faces)
    planted = faces.table["planted"].to_numpy(dtype=bool)
    given = faces.labels()
    truth = np.where(planted & (given >= 0), 1 - given, given)
    audited = audit_labels(run, faces)
    training = np.zeros(len(faces), dtype=bool)
    training[faces.rows("train")] = True
    suspects = audited.rows[audited.issues.order]
    suspects = suspects[training[suspects]][: int((planted & training).sum())]
    test = faces.rows("test")
    test = test[given[test] >= 0]
    if not reviews.reviewers():
        names = faces.table["filename"]
        reviews.add(names.iloc[suspects].tolist(), truth[suspects].tolist(), who="oracle")
        reviews.add(
            names.iloc[test].tolist(),
            truth[test].tolist(),
            who="oracle",
            blind=True,
            queue="sample",
        )
    return {
        "reviewed": len(suspects),
        "mended": int(planted[suspects].sum()),
        "planted": int((planted & training).sum()),
    }


def figures(run: Run, faces: FaceSet) -> dict[str, list[float]]:
    """Return metrics with intervals by the reviewed test faces."""
    evaluation = judge(run, REVIEWED, faces=faces, intervals=IntervalPlan())
    told = evaluation.as_json()["metrics"]
    return {name: [told[name]["value"], told[name]["low"], told[name]["high"]] for name in METRICS}


def section(results: dict[str, Any]) -> str:
    """Return the section of the page."""
    lines = [
        "Written by `bench/mending.py`, after `bench/flips.py`: of each set with planted flips, a "
        "reviewer who knows the labels before planting says what the most suspect training labels "
        "should be, as many as were planted there; `fast` is then trained on the corrected labels. "
        "All figures are on the test faces by the labels before planting, one seed, intervals by "
        "person. A person makes mistakes: this is the most that so many reviews can give.",
        "",
        "| planted | reviewed, of them mended | labels | Fair Metric | balanced | worst cell |",
        "|---|---|---|---|---|---|",
    ]
    for kind, found in results.items():
        counts = found["counts"]
        for name in ("given", "corrected"):
            cells = [
                f"{value:.3f} ({low:.3f} – {high:.3f})"
                for value, low, high in (found[name][metric] for metric in METRICS)
            ]
            told = f"{counts['reviewed']:,}, {counts['mended']:,}" if name == "corrected" else ""
            lines.append(f"| {kind} | {told} | {name} | " + " | ".join(cells) + " |")
    lines.append("")
    lines += [
        f"- **{kind}**, corrected against given: {found['sentence']}"
        for kind, found in results.items()
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Review, train, judge, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, default=Path("build/flips"))
    parser.add_argument("--recipe", default="fast")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--faces", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print the figures, write no page")
    options = parser.parse_args()
    faces, store = FaceSet.open(options.data), RunStore(options.work / "models")
    config = config_of(options, options.seed)
    results: dict[str, Any] = {}
    for kind in list(KINDS)[1:]:
        noisy = plant(faces, kind, options.work / "sets", options.faces, options.seed)
        before = find_or_train(store, noisy, config, reporting(kind))
        counts = review(noisy, before)
        corrected = config.model_copy(update={"folds": 0, "labels": LabelsConfig(use="corrected")})
        after = find_or_train(store, noisy, corrected, reporting(f"{kind}, corrected"))
        comparison = judge_pair(after, before, REVIEWED, faces=noisy)
        results[kind] = {
            "counts": counts,
            "given": figures(before, noisy),
            "corrected": figures(after, noisy),
            "sentence": comparison.verdict.sentence,
        }
        print(f"{kind}: {results[kind]}", file=sys.stderr)
    if options.json:
        print(json.dumps(results, indent=2))
        return
    text = section(results)
    PAGE.write_text(put_section(PAGE.read_text(encoding="utf-8"), TITLE, text), encoding="utf-8")


if __name__ == "__main__":
    main()
