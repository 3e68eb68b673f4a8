"""``softbio audit labels``: how many labels look wrong, which, and what to do."""

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from softbio.audit.label_issues import audit_labels
from softbio.cli import app
from softbio.runs import RunStore

N = 600


@pytest.fixture
def run(make_faces, tmp_path, run_config):
    """A run of a set in which five sure faces have the other label."""
    random = np.random.default_rng(5)
    true = random.integers(0, 2, N)
    label = true.copy()
    label[:5] = 1 - true[:5]
    split = np.where(np.arange(N) % 3, "test", "train")
    split[:5] = "test"
    faces = make_faces(tmp_path / "set", n=N, size=8, label=label, split=split)
    frame = faces.table[["filename", "split", "label", "gender"]].copy()
    frame["score"] = (0.1 + 0.8 * true).astype(np.float32)
    config = run_config.model_copy(
        update={"data": str(faces.path), "data_fingerprint": faces.fingerprint}
    )
    made = RunStore(tmp_path / "models").create(config)
    made.write_predictions(frame)
    made.update_state(status="done")
    return made, faces


def labels(run, *arguments):
    models = ["--models", str(run.path.parent)]
    return CliRunner().invoke(app, ["audit", "labels", run.id, *map(str, arguments), *models])


def test_it_tells_how_many_which_and_what_to_do(run):
    done = labels(run[0], "--top", 3)
    assert done.exit_code == 0, done.stderr
    assert "About 5 of 402 labels are estimated to be wrong, and 5 are flagged." in done.stdout
    for name in ("women, 1 that should be 0", "men, 0 that should be 1"):
        assert name in done.stdout
    assert done.stdout.count(".jpg") == 3
    assert "198 training faces are not" in done.stderr and "softbio train --folds" in done.stderr
    assert "focal loss (γ 5)" in done.stderr


def test_json_says_what_the_library_says(run):
    made, faces = run
    told = json.loads(labels(made, "--json", "--top", 7).stdout)
    audited = audit_labels(made, faces)
    assert (told["run"], told["audited"], told["seen"]) == (made.id, 402, 198)
    assert [face["filename"] for face in told["faces"]] == audited.table()["filename"][:7].tolist()
    assert {face["filename"] for face in told["faces"] if face["flagged"]} == {
        f"{place:04d}.jpg" for place in range(5)
    }
    for line, rate in zip(told["noise"], audited.issues.noise, strict=True):
        assert (line["group"], line["given"]) == (rate.group, rate.given)
        assert line["wrong"]["value"] == rate.wrong.value
        assert line["flipped"]["high"] == rate.flipped.high
    for index, name in enumerate(audited.groups):
        assert np.array(told["groups"][name]["joint"]) == pytest.approx(audited.issues.joint[index])


def test_undefined_figures_are_null(run):
    made, _ = run
    frame = made.predictions().frame
    men = (frame["gender"] == 1).to_numpy()
    made.write_predictions(frame.assign(score=np.where(men, 0.5, frame["score"])))
    told = json.loads(labels(made, "--json").stdout)
    men = next(line for line in told["noise"] if line["group"] == "men")
    assert men["wrong"] == {"value": None, "low": None, "high": None}
    assert any("Of men nothing can be said" in one for one in told["cautions"])


def test_groups_can_be_left_out_and_a_split_chosen(run):
    made, _ = run
    told = json.loads(labels(made, "--json", "--no-by-group", "--split", "test").stdout)
    assert list(told["groups"]) == ["all"] and (told["seen"], told["split"]) == (0, "test")
    refused = labels(made, "--split", "train")
    assert refused.exit_code == 2 and "softbio train --folds 5" in refused.stderr


def test_every_audited_face_is_written_as_csv(run, tmp_path):
    made, faces = run
    file = tmp_path / "new" / "labels.csv"
    assert f"Written: {file}" in labels(made, "--csv", file).stderr
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    table = audit_labels(made, faces).table()
    assert [row["filename"] for row in rows] == table["filename"].tolist()
    assert [int(row["flagged"]) for row in rows] == table["flagged"].astype(int).tolist()
    assert [float(row["suspicion"]) for row in rows] == pytest.approx(table["suspicion"].tolist())
