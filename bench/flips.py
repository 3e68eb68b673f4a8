"""Plant wrong labels into real faces, audit them, and see what is found.

``python bench/flips.py data/celeba`` copies the set with wrong labels planted (the pixels are
linked), trains on each copy with folds, so that every face has a score of a network that has not
seen it, audits the labels, and writes a section of ``docs/evidence.md``. What was trained stays
in ``--work``: a second call goes on where the first was stopped. About 4 trainings of 6,000 faces
for each of 4 kinds of noise; with ``--faces 1500 --epochs 2`` it can be tried in a few minutes.

Planted are: nothing; a tenth, and a fifth, of all labels; and a fifth of the women's labels 1,
nothing else. The labels of CelebA are wrong in places by themselves. What is found of these counts
as a mistake here, so every precision is a lower bound.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from flips_page import section
from sections import put_section

from softbio.audit.label_issues import AuditedLabels, audit_labels, label_issues
from softbio.config import TrainConfig, recipe
from softbio.faces import FaceSet
from softbio.runs import Progress, RunStore
from softbio.training.start import find_or_train

PAGE = Path(__file__).resolve().parents[1] / "docs" / "evidence.md"
TITLE = "Suspect labels: planted flips"

#: Chance of a flip by group (by its place) and true label.
KINDS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "nothing planted": lambda group, label: np.zeros(len(label)),
    "10 % of all labels": lambda group, label: np.full(len(label), 0.1),
    "20 % of all labels": lambda group, label: np.full(len(label), 0.2),
    "20 % of the women's labels 1": lambda group, label: np.where(
        (group == 0) & (label == 1), 0.2, 0.0
    ),
}


def plant(faces: FaceSet, kind: str, folder: Path, limit: int | None, seed: int) -> FaceSet:
    """Write a copy of a set with wrong labels, unless it is there; return it.

    Its table has a column ``planted``: 1 where the label is not the one of the original.
    """
    key = f"{faces.fingerprint}-{kind}-{limit}-{seed}"
    digest = hashlib.sha256(key.encode()).hexdigest()
    path = folder / digest[:16]
    if not (path / "meta.json").exists():
        path.mkdir(parents=True, exist_ok=True)
        count = min(limit or len(faces), len(faces))
        table = faces.table.iloc[:count].copy()
        label, group = faces.labels()[:count], faces.group_index()[:count]
        random = np.random.default_rng(seed)
        planted = (random.random(count) < KINDS[kind](group, label)) & (label >= 0)
        table["label"] = pd.array(np.where(planted, 1 - label, np.maximum(label, 0)), dtype="Int8")
        table.loc[label < 0, "label"] = pd.NA
        table["planted"] = planted.astype(np.int8)
        table.to_parquet(path / "table.parquet")
        images = path / "images.npy"
        images.unlink(missing_ok=True)
        if count == len(faces):
            images.symlink_to((faces.path / "images.npy").resolve())
        else:
            np.save(images, faces.images[:count])
        meta = faces.meta | {"fingerprint": digest}
        (path / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    return FaceSet.open(path)


def reporting(kind: str) -> Callable[[Progress], None]:
    """Return what prints a line for each epoch of each fold."""
    begun, said = time.monotonic(), [""]

    def report(progress: Progress) -> None:
        line = f"{kind}: {progress.phase or 'the whole'}, epoch {progress.epoch}"
        if line != said[0]:
            said[0] = line
            print(
                f"{line} of {progress.epochs} ({time.monotonic() - begun:.0f} s)", file=sys.stderr
            )

    return report


def found_by(
    flagged_or_first: np.ndarray, planted: np.ndarray, cells: dict[str, np.ndarray]
) -> dict[str, dict[str, int]]:
    """Count, in each cell and over all, the faces chosen, the planted ones, and both."""
    every = {"all": np.ones(len(planted), dtype=bool), **cells}
    return {
        name: {
            "chosen": int((flagged_or_first & inside).sum()),
            "planted": int((planted & inside).sum()),
            "hits": int((flagged_or_first & planted & inside).sum()),
            "faces": int(inside.sum()),
        }
        for name, inside in every.items()
    }


def judged(audited: AuditedLabels, planted: np.ndarray) -> dict[str, Any]:
    """Return what an audit found of the planted labels, as plain JSON.

    Parameters
    ----------
    planted : ndarray, shape (n,), bool
        Of the audited faces.
    """
    label, group, score = audited.label, audited.group, audited.score
    cells = {
        f"{name}, {named} that should be {1 - named}": (group == index) & (label == named)
        for index, name in enumerate(audited.groups)
        for named in (1, 0)
    }
    count = int(planted.sum())

    def first(order: np.ndarray) -> np.ndarray:
        chosen = np.zeros(len(order), dtype=bool)
        chosen[order[:count]] = True
        return chosen

    pooled = label_issues(
        label, score, group, audited.groups, by_group=False, person=audited.person
    )
    loss = np.argsort(np.where(label == 1, score, 1 - score.astype(np.float64)), kind="stable")
    truth = np.where(planted, 1 - label, label)
    noise = []
    for rate in audited.issues.noise:
        mine = group == audited.groups.index(rate.group)
        named, other = mine & (label == rate.given), mine & (truth == 1 - rate.given)
        noise.append(
            {
                "cell": f"{rate.group}, {rate.given} that should be {1 - rate.given}",
                "wrong": _ends(rate.wrong),
                "wrong_true": float(planted[named].mean()),
                "flipped": _ends(rate.flipped),
                "flipped_true": float(planted[other].mean()),
            }
        )
    return {
        "audited": len(audited),
        "planted": count,
        "auc": dict(zip(audited.groups, map(float, audited.auc), strict=True)),
        "noise": noise,
        "ranked by suspicion": found_by(first(audited.issues.order), planted, cells),
        "ranked by suspicion without groups": found_by(first(pooled.order), planted, cells),
        "ranked by loss": found_by(first(loss), planted, cells),
        "flagged": found_by(audited.issues.flagged, planted, cells),
        "flagged without groups (Cleanlab)": found_by(pooled.flagged, planted, cells),
    }


def _ends(rate: Any) -> list[float]:
    return [float(rate.value), float(rate.low), float(rate.high)]


def config_of(options: argparse.Namespace, seed: int) -> TrainConfig:
    """Return the settings of a training."""
    changes: dict[str, Any] = {"folds": options.folds, "seed": seed}
    if options.epochs:
        changes["epochs"] = options.epochs
    return recipe(options.recipe).model_copy(update=changes)


def main() -> None:
    """Plant, train what is missing, audit, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="a packed face set")
    parser.add_argument("--work", type=Path, default=Path("build/flips"), help="sets and runs")
    parser.add_argument("--recipe", default="fast")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--epochs", type=int, help="others than the recipe's")
    parser.add_argument("--faces", type=int, help="only the first so many")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", type=int, default=range(len(KINDS)), metavar="0–3")
    parser.add_argument("--json", action="store_true", help="print the figures, write no page")
    options = parser.parse_args()

    faces, store = FaceSet.open(options.data), RunStore(options.work / "models")
    config = config_of(options, options.seed)
    results: dict[str, Any] = {}
    begun = time.monotonic()
    for kind in (list(KINDS)[place] for place in options.kinds):
        noisy = plant(faces, kind, options.work / "sets", options.faces, options.seed)
        run = find_or_train(store, noisy, config, reporting(kind))
        audited = audit_labels(run, noisy)
        planted = noisy.table["planted"].to_numpy(dtype=bool)[audited.rows]
        results[kind] = judged(audited, planted) | {"seconds": run.state.seconds}
        print(f"{kind}: {run.id}, {time.monotonic() - begun:.0f} s in all", file=sys.stderr)
    if options.json:
        print(json.dumps(results, indent=2))
        return
    text = section(results, faces, config)
    PAGE.write_text(put_section(PAGE.read_text(encoding="utf-8"), TITLE, text), encoding="utf-8")
    print(PAGE.name, file=sys.stderr)


if __name__ == "__main__":
    main()
