"""A folder of face sets and one of runs, small and made by hand, and the page over them."""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dashboard.server import options
from softbio.config import recipe
from softbio.faces.faceset import FaceSet
from softbio.runs import RunConfig, RunStore

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"


@pytest.fixture(scope="session", autouse=True)
def components_are_sought_once():
    """Each AppTest would look through all installed packages for components: half of its time."""
    found = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda *_, **__: found)
        yield


@pytest.fixture(scope="session", autouse=True)
def garbage_is_collected_as_by_the_server():
    name = "runner.postScriptGC"
    before = config.get_option(name)
    config.set_option(name, options("127.0.0.1", 8501)[name])
    yield
    config.set_option(name, before)


@pytest.fixture(autouse=True)
def main_module(monkeypatch):
    """Streamlit makes the page the main module, which processes spawned later would run again."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


def make_set(folder, n=200, seed=0, attributes=True, cut=False, people=0, size=8):
    """A set with the columns of a packed one; `cut`: with validation in two halves, as today."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    gender = rng.choice([-1, 1], n, p=[0.6, 0.4])
    blond, glasses = rng.integers(0, 2, n), rng.integers(0, 2, n)
    split = rng.choice(["train", "val", "test", "unlabelled"], n, p=[0.5, 0.2, 0.2, 0.1])
    table = pd.DataFrame(
        {
            "filename": [f"{i:06d}.jpg" for i in range(n)],
            "label": pd.array(blond ^ glasses, dtype="Int8"),
            "gender": pd.array(gender, dtype="Int8"),
            "identity": pd.array(np.arange(n) % people if people else [pd.NA] * n, dtype="Int64"),
            "split": split,
        }
    )
    if attributes:
        table["Blond_Hair"] = pd.array(blond, dtype="Int8")
        table["Eyeglasses"] = pd.array(glasses, dtype="Int8")
    table.loc[table["split"] == "unlabelled", "label"] = pd.NA
    if cut:
        halves = np.where(np.arange(n) % 2, "val_fit", "val_select")
        table["split"] = np.where(split == "val", halves, split)
    table.to_parquet(folder / "table.parquet")
    np.save(folder / "images.npy", rng.integers(0, 256, (n, size, size, 3), dtype=np.uint8))
    meta = {
        "format_version": 1,
        "fingerprint": f"{seed:064d}",
        "source": "made by hand",
        "group_column": "gender",
        "groups": {"-1": "women", "1": "men"},
        "attributes": ["Blond_Hair", "Eyeglasses"] if attributes else [],
        "label": {"formula": "Blond_Hair xor Eyeglasses"},
        "split": {"by": "row"},
        "skipped": [],
        "conflicts": [],
    }
    (folder / "meta.json").write_text(json.dumps(meta))
    return FaceSet.open(folder)


class World:
    """Where the page looks, and how to fill it."""

    def __init__(self, folder):
        self.data = folder / "data"
        self.store = RunStore(folder / "models")
        self.data.mkdir()

    def add_set(self, name="small", **options):
        return make_set(self.data / name, **options)

    def add_run(self, faces, status="done", name="recommended", noise=0.6, seed=0):
        run = self.store.create(
            RunConfig(
                data=str(faces.path.resolve()),
                data_fingerprint=faces.fingerprint,
                size=faces.size,
                group_column=faces.group_column,
                groups=faces.group_names,
                train=recipe(name),
            )
        )
        if status == "done":
            rng = np.random.default_rng(seed)
            frame = faces.table[["filename", "split", "label", "gender"]].copy()
            label = frame["label"].fillna(0).to_numpy(dtype=float)
            frame["score"] = np.clip(rng.normal(label, noise), 0, 1).astype(np.float32)
            run.write_predictions(frame)
            columns = run.history().columns
            for epoch in (1, 2):
                run.append_history({**dict.fromkeys(columns, 0.5), "epoch": epoch})
        run.update_state(status=status, finished=time.time(), best_epoch=2, seconds=3.0)
        return run

    def open(self, page="data", **query):
        app = AppTest.from_file(str(APP), default_timeout=30)
        if page != "data":
            app.run()
            app.switch_page(f"views/{page}.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()


@pytest.fixture
def world(tmp_path, monkeypatch):
    made = World(tmp_path)
    monkeypatch.setenv("SOFTBIO_DATA", str(made.data))
    monkeypatch.setenv("SOFTBIO_MODELS", str(made.store.path))
    st.cache_resource.clear()
    yield made
    st.cache_resource.clear()


def text_of(app):
    """Everything that the page says, in one string."""
    parts = []
    for kind in (
        "title",
        "header",
        "markdown",
        "caption",
        "code",
        "info",
        "warning",
        "error",
        "success",
    ):
        parts += [element.value for element in getattr(app, kind)]
    parts += [element.proto.body for element in app.get("html")]
    return "\n".join(str(part) for part in parts)


@pytest.fixture
def said():
    return text_of
