import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.runs import RunStore
from softbio.runs.judging import judge


@pytest.fixture
def cli(tmp_path, monkeypatch):
    monkeypatch.setenv("SOFTBIO_MODELS", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)
    return lambda *given: CliRunner().invoke(app, ["audit", "errors", *map(str, given)])


@pytest.fixture
def other_run(scored_run, tmp_path, prediction_frame):
    other = RunStore(tmp_path / "models").create(scored_run.config)
    frame = prediction_frame()
    frame["score"] = np.random.default_rng(3).random(len(frame)).astype(np.float32)
    other.write_predictions(frame)
    return other


def test_the_counts_are_those_of_the_confusion_matrices(cli, scored_run):
    told = json.loads(cli(scored_run.id, "--split", "train", "--threshold", 0.4, "--json").stdout)
    values = judge(scored_run, "train", threshold=0.4).counts.values
    for cell in told["cells"]:
        index, label = ("women", "men").index(cell["group"]), cell["label"]
        assert cell["wrong"] == values[index, label, 1 - label]
        assert cell["n"] == values[index, label].sum()
    assert len(told["wrong"]) == values[:, 0, 1].sum() + values[:, 1, 0].sum()


def test_a_group_and_a_label_narrow_the_list_and_the_file(cli, scored_run, tmp_path):
    answer = cli(scored_run.id, "--group", "men", "--label", 1, "--csv", "out.csv", "--top", 2)
    assert answer.exit_code == 0
    assert "men" in answer.output
    written = pd.read_csv(tmp_path / "out.csv")
    assert set(written["group"]) == {"men"}
    assert set(written["label"]) == {1}
    assert (written["score"] <= 0.5).all()
    assert written["score"].is_monotonic_increasing


def test_against_another_run_it_says_what_became_of_its_errors(cli, scored_run, other_run):
    answer = cli(scored_run.id, "--split", "train", "--against", other_run.id, "--json")
    told = json.loads(answer.stdout)
    assert told["baseline"] == other_run.id
    for kind in ("fixed", "broken", "still_wrong"):
        assert sum(cell[kind] for cell in told["cells"]) == len(told[kind]) > 0
        assert {"score", "baseline_score"} <= set(told[kind][0])
    shown = cli(scored_run.id, "--split", "train", "--against", other_run.id)
    assert "still wrong" in shown.output


def test_an_unknown_group_is_told(cli, scored_run):
    answer = cli(scored_run.id, "--group", "people")
    assert answer.exit_code != 0
    assert "The groups are: women, men" in " ".join(answer.output.split())


def test_looks_at_test_are_counted(cli, scored_run):
    before = scored_run.state.test_looks
    cli(scored_run.id, "--split", "test")
    assert scored_run.state.test_looks == before + 1
