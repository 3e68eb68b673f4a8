import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from softbio.audit.browsing import Browser
from softbio.faces import FaceSet
from softbio.faces.reviews import Reviews
from softbio.faces.tags import Tags
from softbio.fairness import common_rule

N = 240


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A set with labels, groups and attributes that are sometimes not known, written by hand."""
    folder = tmp_path_factory.mktemp("browsed") / "set"
    folder.mkdir()
    rng = np.random.default_rng(1)

    def some(values, unknown=0.1):
        return pd.array(
            [None if rng.random() < unknown else int(one) for one in values], dtype="Int8"
        )

    table = pd.DataFrame(
        {
            "filename": [f"{prefix}{n:04d}.jpg" for n, prefix in
                         zip(rng.permutation(N), rng.choice(["A_", "b-", "Ä"], N), strict=True)],
            "label": some(rng.integers(0, 2, N)),
            "gender": some(rng.choice([-1, 1], N)),
            "identity": pd.array([None] * N, dtype="Int64"),
            "split": rng.choice(["train", "val_select", "val_fit", "test"], N),
            "Male": some(rng.integers(0, 2, N)),
            "Eyeglasses": some(rng.integers(0, 2, N)),
        }
    )  # fmt: skip
    table.to_parquet(folder / "table.parquet")
    np.save(folder / "images.npy", np.zeros((N, 4, 4, 3), np.uint8))
    meta = {
        "format_version": 1,
        "fingerprint": "b" * 64,
        "group_column": "gender",
        "groups": {"-1": "women", "1": "men"},
        "attributes": ["Male", "Eyeglasses"],
    }
    (folder / "meta.json").write_text(json.dumps(meta))
    return folder


class FakeRun:
    """What of a run the browser looks at: scores and embeddings."""

    id = "20260101-000000-made"

    def __init__(self, path, faces):
        rng = np.random.default_rng(2)
        self.path = path
        self.config = SimpleNamespace(data_fingerprint=faces.fingerprint, kind="trained")
        score = rng.choice(np.linspace(0, 1, 21), len(faces)).astype(np.float32)
        score[::17] = np.nan
        self.frame = faces.table[["filename"]].assign(score=score).iloc[::-1]
        self.values = rng.normal(3, 2, (len(faces), 9)).astype(np.float16)
        self.values[:, 5] = 7  # tells nothing
        (path / "embeddings.npy").touch()

    def predictions(self):
        return SimpleNamespace(frame=self.frame)

    def embeddings(self):
        return self.values, {"block1": (0, 3), "features": (3, 9)}


@pytest.fixture(scope="session")
def faces(folder):
    return FaceSet.open(folder)


@pytest.fixture(scope="session")
def run(faces, tmp_path_factory):
    return FakeRun(tmp_path_factory.mktemp("run"), faces)


@pytest.fixture(scope="session")
def suspicion():
    values = np.random.default_rng(3).random(N).astype(np.float32)
    values[::5] = np.nan
    return values


@pytest.fixture(scope="session")
def said(faces):
    """What people said: tags of a word, and reviews."""
    names = faces.table["filename"]
    tags, reviews = Tags.open(faces), Reviews.open(faces)
    tags.add("hat", names[:20].tolist(), ["yes", "no", "unsure", "yes"] * 5, "Ann")
    reviews.add(names[:30].tolist(), [0, 1, "unsure"] * 10, "Ann")
    reviews.add(names[10:20].tolist(), [1, 0] * 5, "Bob")
    return tags, reviews


@pytest.fixture(scope="session")
def browser(faces, run, suspicion, said):
    tags, reviews = said
    return Browser(
        faces, run, rule=common_rule(0.4), tags=tags, reviews=reviews, suspicion=suspicion
    )
