"""Small face sets that train in a second."""

import json

import numpy as np
import pandas as pd
import pytest

from softbio.config import (
    Augmentation,
    Balancing,
    EarlyStopping,
    LossConfig,
    NetworkConfig,
    OptimizerConfig,
    TrainConfig,
)
from softbio.faces.faceset import FaceSet


def write_faces(path, n=160, size=24, seed=0, groups=None, label=None, gender=None, split=None):
    """Write a face set of noise whose upper half is redder where the label is 1."""
    draws = np.random.default_rng(seed)
    groups = groups or {-1: "women", 1: "men"}
    label = draws.integers(0, 2, n) if label is None else np.asarray(label)
    gender = draws.choice(list(groups), n) if gender is None else gender
    if split is None:
        split = draws.choice(["train", "val", "test", "unlabelled"], n, p=[0.5, 0.2, 0.2, 0.1])
    images = draws.integers(0, 200, (n, size, size, 3), dtype=np.uint8)
    images[label == 1, : size // 2, :, 0] += 50
    table = pd.DataFrame(
        {
            "filename": [f"{i:04d}.jpg" for i in range(n)],
            "label": pd.array(label, dtype="Int8"),
            "gender": pd.array(gender, dtype="Int8"),
            "identity": pd.array([None] * n, dtype="Int64"),
            "split": split,
        }
    )
    table.loc[table["split"] == "unlabelled", "label"] = pd.NA
    path.mkdir(parents=True)
    np.save(path / "images.npy", images)
    table.to_parquet(path / "table.parquet")
    meta = {
        "format_version": 1,
        "fingerprint": f"{path.name}-{n}-{size}-{seed}",
        "group_column": "gender",
        "groups": {str(code): name for code, name in groups.items()},
        "attributes": [],
    }
    (path / "meta.json").write_text(json.dumps(meta))
    return FaceSet.open(path)


@pytest.fixture(scope="session")
def make_faces():
    """A function that writes a small face set to a new folder and opens it."""
    return write_faces


@pytest.fixture(scope="session")
def faces(tmp_path_factory):
    """160 faces of 24×24 in all four splits."""
    return write_faces(tmp_path_factory.mktemp("sets") / "small")


@pytest.fixture(scope="session")
def quick():
    """Settings that use every random draw there is, for three short epochs."""
    return TrainConfig(
        recipe="quick",
        network=NetworkConfig(name="bn_cnn", dropout=0.3),
        weights={"women": 1.0, "men": 0.5},
        balancing=Balancing(method="weights", by="cell"),
        loss=LossConfig(name="cross_entropy"),
        optimizer=OptimizerConfig(name="adamw", learning_rate=3e-3, warmup_epochs=0.5),
        epochs=3,
        batch_size=32,
        early_stopping=EarlyStopping(monitor="loss", patience=None, restore_best=True),
        augmentation=Augmentation(flip=True, shift=0.1),
        precision="float32",
        seed=1,
    )
