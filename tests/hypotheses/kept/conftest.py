"""A small face set with two attributes, and what can be said of it."""

import json

import numpy as np
import pandas as pd
import pytest

from softbio.faces.faceset import FaceSet


def _make(folder, n=400, seed=0, fingerprint="f" * 64, attributes=("Blond_Hair", "Eyeglasses")):
    rng = np.random.default_rng(seed)
    blond, glasses = rng.integers(0, 2, n), rng.random(n) < 0.2
    label = (blond ^ glasses) ^ (rng.random(n) < 0.1)
    table = pd.DataFrame(
        {
            "filename": [f"{i:04d}.jpg" for i in range(n)],
            "label": pd.array(label.astype(int), dtype="Int8"),
            "gender": pd.array(rng.choice([-1, 1], n), dtype="Int8"),
            "identity": pd.array([None] * n, dtype="Int64"),
            "split": "train",
            "Blond_Hair": pd.array(blond, dtype="Int8"),
            "Eyeglasses": pd.array(glasses.astype(int), dtype="Int8"),
        }
    )
    meta = {
        "format_version": 1,
        "fingerprint": fingerprint,
        "group_column": "gender",
        "groups": {"-1": "women", "1": "men"},
        "attributes": list(attributes),
    }
    folder.mkdir(exist_ok=True)
    (folder / "meta.json").write_text(json.dumps(meta))
    return FaceSet(folder, np.zeros((n, 0, 0, 3), np.uint8), table, meta)


@pytest.fixture
def make():
    """A function that makes a face set in a folder."""
    return _make


@pytest.fixture
def faces(tmp_path):
    return _make(tmp_path / "set")
