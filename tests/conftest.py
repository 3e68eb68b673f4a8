"""Fixtures that several rooms share."""

import json
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

# Tests keep every core busy with processes: threads of their own would stand in each other's way.
# What they start inherits it.
for _name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# A busy machine is slow; that is no fault of what is tested. HYPOTHESIS_EXAMPLES=1000 looks harder.
settings.register_profile(
    "softbio", deadline=None, max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "25"))
)
settings.load_profile("softbio")


def pytest_xdist_auto_num_workers():
    """Two processes more than there are cores, since those that drive a browser often wait."""
    return (os.cpu_count() or 1) + 2


#: Files whose tests take longest, most of it in waiting: begun first, they do not hold up the end.
_FIRST = ("test_road.py", "test_tag_to_learn.py", "test_pages.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    def place(item):
        browser = "e2e" in item.path.parts
        named = (
            _FIRST.index(item.path.name) if browser and item.path.name in _FIRST else len(_FIRST)
        )
        return (not browser, named)

    items.sort(key=place)


def _prediction_frame(n=600, seed=0):
    """Scores for n made-up faces, some without a label or a known gender."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 2, n)
    gender = rng.choice([-1, 1], n)
    frame = pd.DataFrame(
        {
            "filename": [f"{i:06d}.jpg" for i in range(n)],
            "split": rng.choice(["train", "val", "test", "unlabelled"], n, p=[0.5, 0.2, 0.2, 0.1]),
            "label": pd.array(label, dtype="Int8"),
            "gender": pd.array(gender, dtype="Int8"),
            "score": np.clip(rng.normal(0.3 + 0.4 * label, 0.25), 0, 1).astype(np.float32),
        }
    )
    frame.loc[frame["split"] == "unlabelled", "label"] = pd.NA
    frame.loc[rng.choice(n, n // 20, replace=False), "label"] = pd.NA
    frame.loc[rng.choice(n, n // 20, replace=False), "gender"] = pd.NA
    return frame


@pytest.fixture(scope="session")
def prediction_frame():
    """A function (n, seed) that makes the frame of a run's predictions."""
    return _prediction_frame


@pytest.fixture
def run_config():
    """A run's config over women and men."""
    from softbio.config import recipe
    from softbio.runs import RunConfig

    return RunConfig(
        data="data/none",
        data_fingerprint="0" * 64,
        size=80,
        group_column="gender",
        groups={-1: "women", 1: "men"},
        train=recipe("report"),
    )


@pytest.fixture
def scored_run(tmp_path, run_config):
    """A finished run with three epochs and predictions, in the store `tmp_path / "models"`."""
    from softbio.runs import RunStore

    run = RunStore(tmp_path / "models").create(run_config)
    for epoch in (1, 2, 3):
        run.append_history(
            {"epoch": epoch, "loss": 1 / epoch, "val_balanced_fair_metric": epoch / 10}
        )
    run.write_predictions(_prediction_frame())
    run.update_state(status="done", best_epoch=2)
    return run


def _write_faces(path, n=160, size=24, seed=0, groups=None, label=None, gender=None, split=None):
    """Write a face set of noise whose upper half is redder where the label is 1."""
    from softbio.faces.faceset import FaceSet

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
    """A function that writes a small face set of noise to a new folder and opens it."""
    return _write_faces
