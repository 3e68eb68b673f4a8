"""``softbio predict``: the files it writes and what it says."""

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from softbio.cli import app
from softbio.config import recipe
from softbio.fairness import DecisionRule, common_rule
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


@pytest.fixture
def decided(run):
    """A function that stores a rule with the run for one test."""
    yield run.write_rule
    run.write_rule(None)


def labels(path):
    return [int(line.split(",")[1]) for line in path.read_text().splitlines()[1:]]


def test_the_stored_rule_decides_and_is_named(run, data, decided, tmp_path):
    out = tmp_path / "p.csv"
    score = run.predictions().frame["score"].to_numpy()
    middle = float(np.median(score))
    decided(common_rule(middle, reason="a test"))
    done = predict(run, data.path, "--split", "all", "--out", out)
    assert done.exit_code == 0
    assert "rule stored with the run: One threshold, " in " ".join(done.stderr.split())
    assert 0 < labels(out).count(1) < len(data)
    assert labels(out) == np.where(score > np.float32(middle), 1, -1).tolist()
    assert out.read_text().splitlines()[0] == "filename,label"


def test_a_threshold_on_the_line_goes_before_the_stored_rule(run, data, decided, tmp_path):
    out = tmp_path / "p.csv"
    decided(common_rule(0.0))
    done = predict(run, data.path, "--split", "all", "--out", out, "--threshold", 1)
    assert set(labels(out)) == {-1}
    assert "A score above 1 means 1." in done.stderr


def test_a_rule_per_group_takes_the_groups_of_a_packed_set(run, data, decided, tmp_path):
    out = tmp_path / "p.csv"
    decided(DecisionRule(kind="per_group", thresholds={"women": 0, "men": 1}))
    done = predict(run, data.path, "--split", "all", "--out", out)
    assert done.exit_code == 0
    women = data.table["gender"] == -1
    assert labels(out) == np.where(women, 1, -1).tolist()


def test_a_rule_per_group_takes_the_groups_of_a_table_of_photographs(run, decided, tmp_path):
    lines = ["filename,label,gender"]
    for index, gender in enumerate((-1, 1, 1, -1)):
        Image.new("RGB", (50, 60), "brown").save(tmp_path / f"{index}.jpg")
        lines.append(f"{index}.jpg,1,{gender}")
    table = tmp_path / "faces.csv"
    table.write_text("\n".join(lines) + "\n")
    decided(DecisionRule(kind="per_group", thresholds={"women": 0, "men": 1}))
    out = tmp_path / "p.csv"
    done = predict(run, table, "--out", out)
    assert done.exit_code == 0, done.stderr
    assert labels(out) == [1, -1, -1, 1]


def test_a_rule_per_group_is_refused_where_groups_are_unknown(
    run, data, decided, tmp_path, monkeypatch
):
    folder = tmp_path / "photographs"
    folder.mkdir()
    Image.new("RGB", (50, 60), "brown").save(folder / "a.jpg")
    decided(DecisionRule(kind="per_group", thresholds={"women": 0, "men": 1}))
    out = tmp_path / "p.csv"

    def never(*_):
        raise AssertionError("nothing is scored for a rule that cannot decide")

    monkeypatch.setattr("softbio.predict._scores", never)
    done = predict(run, folder, "--out", out)
    assert done.exit_code == 2 and not out.exists()
    assert "needs the gender of every face, which is unknown for 1 of 1" in done.stderr
    decided(DecisionRule(kind="per_group", thresholds={"old": 0, "young": 1}, group_column="age"))
    done = predict(run, data.path, "--split", "all", "--out", out)
    assert done.exit_code == 2 and "needs the age of every face" in done.stderr
    monkeypatch.undo()
    assert predict(run, folder, "--out", out, "--threshold", 0.5).exit_code == 0
