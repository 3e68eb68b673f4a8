import pandas as pd
import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.runs import RunStore


@pytest.fixture
def cli(tmp_path, monkeypatch):
    monkeypatch.setenv("SOFTBIO_MODELS", str(tmp_path / "models"))
    return lambda *arguments: CliRunner().invoke(app, list(map(str, arguments)))


def test_imported_predictions_go_through_the_other_commands(cli, make_faces, tmp_path):
    faces = make_faces(tmp_path / "set", n=120, size=8)
    score = faces.table["label"].fillna(0).to_numpy(dtype=float) * 0.6 + 0.2
    frame = pd.DataFrame({"filename": faces.table["filename"], "score": score})
    frame.to_csv(tmp_path / "vendor.csv", index=False)
    done = cli("import", tmp_path / "vendor.csv", "--data", faces.path, "--name", "vendor model")
    assert done.exit_code == 0
    run = RunStore(tmp_path / "models").get(done.stdout.strip())
    assert run.name == "vendor model"
    assert "120 predictions imported" in done.stderr
    shown = cli("evaluate", run.id, "--no-intervals")
    assert shown.exit_code == 0
    assert "1.000" in shown.stdout
    assert cli("compare", run.id, run.id).exit_code == 0
    assert cli("runs", "show", run.id).exit_code == 0
    assert "vendor model" in cli("runs", "list").stdout


def test_a_bad_file_is_one_sentence(cli, make_faces, tmp_path):
    faces = make_faces(tmp_path / "set", n=20, size=8)
    (tmp_path / "vendor.csv").write_text("filename,score\n0000.jpg,2\n")
    done = cli("import", tmp_path / "vendor.csv", "--data", faces.path)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "line 2, column score" in done.stderr
