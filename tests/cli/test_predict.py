"""``softbio predict``: the files it writes and what it says."""

import pytest
from PIL import Image
from typer.testing import CliRunner

from softbio.cli import app
from softbio.config import recipe
from softbio.runs import RunStore
from softbio.training import new_run, train


@pytest.fixture(scope="module")
def data(make_faces, tmp_path_factory):
    return make_faces(tmp_path_factory.mktemp("sets") / "small", n=120)


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    config = recipe("fast").model_copy(update={"epochs": 1, "precision": "float32"})
    return train(new_run(RunStore(tmp_path_factory.mktemp("models")), data, config))


def predict(run, *arguments):
    told = ["predict", run.id[:16], *map(str, arguments), "--models", str(run.path.parent)]
    return CliRunner().invoke(app, told)


def test_a_packed_sets_unlabelled_faces_become_the_reports_table(run, data, tmp_path):
    out = tmp_path / "p.csv"
    done = predict(run, data.path, "--out", out)
    assert done.exit_code == 0 and done.stdout == ""
    lines = out.read_text().splitlines()
    rows = data.rows("unlabelled")
    assert lines[0] == "filename,label"
    assert [line.split(",")[0] for line in lines[1:]] == list(data.table["filename"].iloc[rows])
    assert {line.split(",")[1] for line in lines[1:]} <= {"-1", "1"}
    assert f"{len(rows)} predictions" in done.stderr


def test_the_scores_are_the_ones_that_training_wrote(run, data, tmp_path):
    out = tmp_path / "p.csv"
    done = predict(run, data.path, "--split", "all", "--scores", "--out", out)
    assert done.exit_code == 0
    scores = [float(line.split(",")[2]) for line in out.read_text().splitlines()[1:]]
    assert scores == pytest.approx(list(run.predictions().frame["score"]), abs=1e-6)


def test_a_threshold_moves_the_labels(run, data, tmp_path):
    out = tmp_path / "p.csv"
    predict(
        run, data.path, "--split", "all", "--format", "challenge", "--out", out, "--threshold", 1
    )
    assert out.read_text() == "-1\n" * len(data)


def test_an_unreadable_face_is_named_or_listed(run, tmp_path):
    folder = tmp_path / "photographs"
    folder.mkdir()
    Image.new("RGB", (50, 60), "brown").save(folder / "a.jpg")
    (folder / "b.jpg").write_bytes(b"\xff\xd8\xff nothing")
    out = tmp_path / "p.csv"
    done = predict(run, folder, "--out", out)
    assert done.exit_code == 2 and "b.jpg" in done.stderr and not out.exists()
    done = predict(run, folder, "--out", out, "--on-error", "skip")
    assert done.exit_code == 0 and len(out.read_text().splitlines()) == 2
    assert (tmp_path / "p.skipped.csv").read_text().startswith("filename,reason\nb.jpg,")


def test_scores_do_not_go_into_the_challenges_file(run, data, tmp_path):
    out = tmp_path / "p.csv"
    done = predict(run, data.path, "--format", "challenge", "--scores", "--out", out)
    assert done.exit_code == 2 and "one column" in done.stderr and not out.exists()
