"""``softbio audit slices`` and ``softbio audit duplicates``: the library's findings, told."""

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from softbio.audit.slices import audit_slices
from softbio.cli import app
from softbio.faces.faceset import FaceSet
from softbio.runs import RunStore

N = 1200


@pytest.fixture
def run(make_faces, tmp_path, run_config):
    """A run that gets two of three faces wrong where attribute A0 holds."""
    random = np.random.default_rng(3)
    label = random.integers(0, 2, N)
    faces = make_faces(tmp_path / "set", n=N, size=8, label=label, split=["val_select"] * N)
    held = random.integers(0, 2, (N, 3))
    table = faces.table.assign(**{f"A{index}": held[:, index] for index in range(3)})
    table.to_parquet(faces.path / "table.parquet")
    meta = json.loads((faces.path / "meta.json").read_text())
    meta["attributes"] = ["A0", "A1", "A2"]
    (faces.path / "meta.json").write_text(json.dumps(meta))
    faces = FaceSet.open(faces.path)
    frame = faces.table[["filename", "split", "label", "gender"]].copy()
    wrong = (held[:, 0] == 1) & (np.arange(N) % 3 > 0)
    frame["score"] = np.where(wrong, 1 - label, label).astype(np.float32)
    config = run_config.model_copy(
        update={"data": str(faces.path), "data_fingerprint": faces.fingerprint}
    )
    made = RunStore(tmp_path / "models").create(config)
    made.write_predictions(frame)
    made.update_state(status="done")
    return made, faces


def audit(*arguments):
    return CliRunner().invoke(app, ["audit", *map(str, arguments)])


def test_slices_are_told_as_the_library_finds_them(run, tmp_path):
    made, faces = run
    models = ("--models", made.path.parent)
    done = audit("slices", made.id, *models)
    assert done.exit_code == 0, done.stderr
    found = audit_slices(made, faces, top=20)
    assert f"The clearest: {found.words(found.slices.lines[0])}" in done.stdout
    told = json.loads(audit("slices", made.id, "--json", "--kind", "wrong", *models).stdout)
    assert told["tested"] == found.slices.tested and told["slices"][0]["beyond_chance"]
    assert told["slices"][0]["formula"] == faces.attributes[0]
    audit("slices", made.id, "--group", "men", "--csv", tmp_path / "men.csv", *models)
    with (tmp_path / "men.csv").open() as file:
        assert {line["group"] for line in csv.DictReader(file)} == {"men"}


def test_a_group_that_is_none_is_told(run):
    done = audit("slices", run[0].id, "--group", "dogs", "--models", run[0].path.parent)
    assert done.exit_code == 2 and "There is no group 'dogs'" in done.stderr


def test_duplicates_tell_a_planted_pair(run, tmp_path):
    faces = run[1]
    images = np.load(faces.path / "images.npy")
    images[7] = images[3]
    np.save(faces.path / "images.npy", images)
    done = audit("duplicates", faces.path, "--csv", tmp_path / "copies.csv")
    assert done.exit_code == 0, done.stderr
    names = FaceSet.open(faces.path).table["filename"].iloc[[3, 7]].tolist()
    assert f"{names[0]}, {names[1]}: identical" in done.stdout
    told = json.loads(audit("duplicates", faces.path, "--json").stdout)
    assert [face["row"] for face in told["groups"][0]["faces"]] == [3, 7]
    with (tmp_path / "copies.csv").open() as file:
        assert [line["filename"] for line in csv.DictReader(file)][:2] == names
