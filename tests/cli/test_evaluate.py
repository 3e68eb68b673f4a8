import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from softbio.cli import app


@pytest.fixture
def cli(tmp_path, monkeypatch):
    monkeypatch.setenv("SOFTBIO_MODELS", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


@pytest.fixture
def files(tmp_path):
    """A truth of 40 faces and predictions with scores, some of them wrong."""
    rng = np.random.default_rng(0)
    label, gender = rng.integers(0, 2, 40), rng.choice([-1, 1], 40)
    score = np.clip(0.3 + 0.4 * label + rng.normal(0, 0.25, 40), 0, 1).round(3)
    names = [f"{i:03d}.jpg" for i in range(40)]
    truth = pd.DataFrame({"filename": names, "label": 2 * label - 1, "gender": gender})
    truth.to_csv(tmp_path / "truth.csv", index=False)
    predicted = pd.DataFrame(
        {"filename": names, "label": np.where(score > 0.3, 1, -1), "score": score}
    )
    return truth, predicted


def test_json_goes_to_standard_output_and_only_it(cli, scored_run):
    done = cli(scored_run.id, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == scored_run.predictions().evaluate("test").as_json(
        run=scored_run.id, split="test"
    )
    assert "Left out" in done.stderr


def test_split_and_threshold_are_those_that_were_asked_for(cli, scored_run):
    done = cli(scored_run.id[:10], "--split", "val", "--threshold", "0.3", "--json")
    expected = scored_run.predictions().evaluate("val", 0.3)
    assert json.loads(done.stdout) == expected.as_json(run=scored_run.id, split="val")


def test_a_person_reads_matrices_metrics_gaps_and_the_fair_metric(cli, scored_run):
    done = cli(scored_run.id)
    evaluation = scored_run.predictions().evaluate("test")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert any("women (n =" in line and "men (n =" in line for line in lines)
    assert any("women − men" in line for line in lines)
    for name, value in (
        ("Fair Metric", evaluation.overall["fair_metric"]),
        ("Balanced Fair Metric", evaluation.overall["balanced_fair_metric"]),
    ):
        assert any(line.split() == [*name.split(), f"{value:.3f}"] for line in lines)
    difference = f"{evaluation.overall['true_positive_rate_difference']:+.3f}"
    assert any("True positive rate" in line and difference in line for line in lines)
    for count in evaluation.counts.values.ravel():
        assert str(count) in done.stdout


def test_undefined_is_shown_as_a_dash(cli, scored_run):
    frame = scored_run.predictions().frame
    women = frame["gender"].eq(-1).fillna(False)
    scored_run.write_predictions(frame.assign(label=frame["label"].mask(women, 0)))
    done = cli(scored_run.id)
    row = next(line for line in done.stdout.splitlines() if "True positive rate" in line)
    assert row.split()[3] == "–"
    assert row.split()[-1] == "–"


def test_a_prediction_file_is_judged_by_its_labels(cli, files, tmp_path):
    truth, predicted = files
    predicted.drop(columns="score").to_csv(tmp_path / "p.csv", index=False)
    done = cli("--predictions", "p.csv", "--truth", "truth.csv", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert (told["run"], told["split"], told["n"], told["threshold"]) == (None, None, 40, None)
    assert told["metrics"]["auc"]["value"] is None
    for name, code in (("women", -1), ("men", 1)):
        inside = truth["gender"] == code
        right = (predicted["label"] == truth["label"])[inside].mean()
        assert told["groups"][name]["accuracy"]["value"] == pytest.approx(right)


def test_scores_beside_labels_add_the_auc_and_do_not_change_the_rest(cli, files, tmp_path):
    _, predicted = files
    predicted.to_csv(tmp_path / "both.csv", index=False)
    predicted.drop(columns="score").to_csv(tmp_path / "labels.csv", index=False)
    both, labels = (
        json.loads(cli("--predictions", name, "--truth", "truth.csv", "--json").stdout)
        for name in ("both.csv", "labels.csv")
    )
    assert both["metrics"]["auc"]["value"] > 0.5
    assert both["metrics"]["fair_metric"] == labels["metrics"]["fair_metric"]


def test_a_threshold_makes_the_labels_anew_from_the_scores(cli, files, tmp_path):
    _, predicted = files
    predicted.to_csv(tmp_path / "both.csv", index=False)
    predicted.drop(columns="label").to_csv(tmp_path / "scores.csv", index=False)
    arguments = ("--truth", "truth.csv", "--json", "--threshold", "0.6", "--predictions")
    both, scores = (cli(*arguments, name).stdout for name in ("both.csv", "scores.csv"))
    assert both == scores
    assert json.loads(both)["threshold"] == 0.6


def test_one_column_is_matched_by_name_order_and_said_so(cli, files, tmp_path):
    _, predicted = files
    predicted["label"].to_csv(tmp_path / "challenge.csv", index=False, header=False)
    predicted[["filename", "label"]].to_csv(tmp_path / "table.csv", index=False)
    one = cli("--predictions", "challenge.csv", "--truth", "truth.csv", "--json")
    table = cli("--predictions", "table.csv", "--truth", "truth.csv", "--json")
    assert one.stdout == table.stdout
    assert "name order" in one.stderr
    assert table.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Give the id of a run"),
        (["RUN", "--predictions", "p.csv", "--truth", "truth.csv"], "one of the two"),
        (["--predictions", "p.csv"], "go together"),
        (["nothing"], "There is no run 'nothing'"),
        (["--predictions", "p.csv", "--truth", "truth.csv", "--threshold", "0.4"], "no scores"),
        (["--predictions", "none.csv", "--truth", "truth.csv"], "There is no file none.csv"),
    ],
)
def test_a_mistake_is_one_sentence_and_no_traceback(cli, files, tmp_path, arguments, message):
    files[1].drop(columns="score").to_csv(tmp_path / "p.csv", index=False)
    done = cli(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stderr.startswith("Error:")
    assert done.stdout == ""
    assert isinstance(done.exception, SystemExit)


def test_a_run_without_predictions_says_what_to_do(cli, scored_run):
    (scored_run.path / "predictions.parquet").unlink()
    scored_run.update_state(status="interrupted")
    done = cli(scored_run.id)
    assert done.exit_code == 2
    assert f"softbio train --resume {scored_run.id}" in done.stderr
