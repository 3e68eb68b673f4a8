"""Five identity folds of a packed set: five sets that share its images and differ in who is tested."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd

from softbio.faces import FaceSet
from softbio.faces.splits import cut_validation
from softbio.training.folds import folds_of

__all__ = ["FOLDS", "PLANTED", "fold_sets", "planted_set"]

#: Each person is tested in exactly one of so many folds.
FOLDS = 5
#: Chance of a flip by group (its place) and true label, by the name of what is planted.
PLANTED = {
    "20 % of all labels": lambda group, label: np.full(len(label), 0.2),
    "20 % of the women's labels 1": lambda group, label: np.where(
        (group == 0) & (label == 1), 0.2, 0.0
    ),
}
#: Of the people who are not tested, one in so many validates.
_VALIDATE = 4


def fold_sets(faces: FaceSet, folder: Path, seed: int = 0) -> list[FaceSet]:
    """Return the sets of the folds, written to `folder` unless they are there.

    The test faces of all together are all faces with a label, each once; nobody stands on both
    sides of any set. Of those who are not tested a quarter validate, cut in two halves.
    """
    labels, group = faces.labels(), faces.group_index()
    rows = np.flatnonzero((labels >= 0) & (group >= 0))
    person = _people(faces, rows)
    cell = 2 * group[rows] + labels[rows]
    fold = folds_of(rows, cell, person, FOLDS, seed)
    found = []
    for number in range(FOLDS):
        split = np.full(len(faces), "unlabelled", dtype=object)
        split[rows[fold == number]] = "test"
        rest = fold != number
        among = None if person is None else person[rest]
        part = folds_of(rows[rest], cell[rest], among, _VALIDATE, seed)
        split[rows[rest]] = np.where(part == 0, "val", "train")
        split = cut_validation(faces.table, faces.group_column, split, seed)
        found.append(_write(faces, folder / f"fold-{number + 1}", split))
    return found


def planted_set(faces: FaceSet, flips: str, folder: Path, seed: int = 0) -> FaceSet:
    """Return a copy of a set with wrong labels where it trains and validates; the test is clean."""
    labels, group = faces.labels(), faces.group_index()
    chance = PLANTED[flips](group, labels)
    wrong = np.random.default_rng(seed).random(len(faces)) < chance
    wrong &= (labels >= 0) & faces.table["split"].isin(
        ["train", "val_select", "val_fit"]
    ).to_numpy()
    table = faces.table.copy()
    changed = pd.Series(np.where(wrong, 1 - labels, labels), dtype="Int8").mask(labels < 0)
    table["label"] = changed.array
    told = f"{faces.fingerprint}-{flips}-{seed}"
    return _written(faces, folder, table, hashlib.sha256(told.encode()).hexdigest())


def _people(faces: FaceSet, rows: np.ndarray) -> np.ndarray | None:
    if not faces.has_identities:
        return None
    person = pd.factorize(faces.table["identity"].iloc[rows])[0]
    unknown = person < 0  # each somebody of their own
    person[unknown] = person.max(initial=-1) + 1 + np.arange(unknown.sum())
    return person


def _write(faces: FaceSet, path: Path, split: np.ndarray) -> FaceSet:
    digest = hashlib.sha256(faces.fingerprint.encode() + "".join(split).encode()).hexdigest()
    return _written(faces, path, faces.table.assign(split=split), digest)


def _written(faces: FaceSet, path: Path, table: pd.DataFrame, digest: str) -> FaceSet:
    """Write a set with another table and the same images, unless it is there; return it."""
    if not (path / "meta.json").exists() or FaceSet.open(path).fingerprint != digest:
        path.mkdir(parents=True, exist_ok=True)
        table.to_parquet(path / "table.parquet")
        images = path / "images.npy"
        images.unlink(missing_ok=True)
        images.symlink_to((faces.path / "images.npy").resolve())
        meta = faces.meta | {"fingerprint": digest}
        (path / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    return FaceSet.open(path)
