import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.fairness import DecisionRule, IntervalPlan
from softbio.runs import RunConfig, RunStore
from softbio.runs.judging import judge


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


@pytest.fixture
def scored_faces(make_faces, tmp_path, run_config):
    """A run over a face set that knows who is on a photograph and who is young."""
    from softbio.faces.faceset import FaceSet

    faces = make_faces(tmp_path / "set", n=600, size=8)
    draws = np.random.default_rng(1)
    table = faces.table.assign(
        identity=pd.array(draws.integers(0, 60, 600), dtype="Int64"),
        Young=pd.array(draws.integers(0, 2, 600), dtype="Int8"),
    )
    table.to_parquet(faces.path / "table.parquet")
    faces = FaceSet.open(faces.path)
    changes = {"data": str(faces.path), "data_fingerprint": faces.fingerprint, "size": 8}
    run = RunStore(tmp_path / "models").create(
        RunConfig.model_validate(run_config.model_dump() | changes)
    )
    noise = draws.normal(0, 0.3, 600)
    score = np.clip(table["label"].fillna(0).to_numpy(dtype=float) * 0.5 + 0.25 + noise, 0, 1)
    run.write_predictions(
        table[["filename", "split", "label", "gender"]].assign(score=score.astype(np.float32))
    )
    run.update_state(status="done")
    return run, faces


def test_json_goes_to_standard_output_and_only_it(cli, scored_run):
    done = cli(scored_run.id, "--json")
    assert done.exit_code == 0
    expected = judge(scored_run, "val_select", intervals=IntervalPlan())
    told = json.loads(done.stdout)
    assert told == expected.as_json(run=scored_run.id, split="val_select")
    accuracy = told["groups"]["women"]["accuracy"]
    assert accuracy["low"] < accuracy["value"] < accuracy["high"]
    assert told["intervals"] == {"level": 0.95, "replicates": 2000, "by": "face"}
    assert "Left out" in done.stderr
    assert "Intervals take every face for another person's" in done.stderr


def test_split_threshold_and_intervals_are_those_that_were_asked_for(cli, scored_run):
    done = cli(
        *(scored_run.id[:10], "--split", "val", "--threshold", "0.3", "--level", "0.8"),
        *("--replicates", "500", "--json"),
    )
    plan = IntervalPlan(replicates=500, level=0.8)
    expected = judge(scored_run, "val", threshold=0.3, intervals=plan)
    assert json.loads(done.stdout) == expected.as_json(run=scored_run.id, split="val")
    bare = json.loads(cli(scored_run.id, "--no-intervals", "--json").stdout)
    assert "intervals" not in bare
    assert set(bare["metrics"]["fair_metric"]) == {"value"}


def test_the_rule_that_is_stored_with_the_run_decides_unless_a_threshold_is_given(cli, scored_run):
    rule = DecisionRule(kind="per_group", thresholds={"women": 0.3, "men": 0.6})
    scored_run.write_rule(rule)
    told = json.loads(cli(scored_run.id, "--json", "--no-intervals").stdout)
    assert told == judge(scored_run, rule=rule).as_json(scored_run.id, "val_select")
    assert told["threshold"] is None
    assert told["rule"]["thresholds"] == {"women": 0.3, "men": 0.6}
    assert "women 0.3" in cli(scored_run.id, "--no-intervals").stdout
    told = json.loads(cli(scored_run.id, "--json", "--threshold", "0.5").stdout)
    assert told["threshold"] == 0.5


def test_looks_at_the_test_faces_are_counted(cli, scored_run):
    cli(scored_run.id, "--no-intervals")
    assert scored_run.state.test_looks == 0
    for times in (1, 2):
        done = cli(scored_run.id, "--split", "test", "--no-intervals")
        assert f"looked at {times} time" in done.stderr
    assert scored_run.state.test_looks == 2


def test_a_person_reads_matrices_metrics_gaps_and_how_sure_they_are(cli, scored_run):
    done = cli(scored_run.id)
    evaluation = judge(scored_run, "val_select", intervals=IntervalPlan())
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert any("women (n =" in line and "men (n =" in line for line in lines)
    assert any("women − men" in line for line in lines)
    for name, title in (
        ("fair_metric", "Fair Metric"),
        ("balanced_fair_metric", "Balanced Fair Metric"),
    ):
        low, high = evaluation.intervals.overall[name]
        shown = f"{evaluation.overall[name]:.3f} ({low:.3f} … {high:.3f})"
        assert any(line.split() == [*title.split(), *shown.split()] for line in lines)
    difference = f"{evaluation.overall['true_positive_rate_difference']:+.3f}"
    assert any("True positive rate" in line and difference in line for line in lines)
    for count in evaluation.counts.values.ravel():
        assert str(count) in done.stdout
    assert evaluation.intervals.sentence in done.stdout


def test_undefined_is_shown_as_a_dash_and_what_is_missing_is_named(cli, scored_run):
    frame = scored_run.predictions().frame
    women = frame["gender"].eq(-1).fillna(False)
    scored_run.write_predictions(frame.assign(label=frame["label"].mask(women, 0)))
    done = cli(scored_run.id, "--no-intervals")
    row = next(line for line in done.stdout.splitlines() if "True positive rate" in line)
    assert row.split()[3] == "–"
    assert row.split()[-1] == "–"
    assert "women: no faces with label 1" in " ".join(done.stdout.split())


def test_any_column_can_group_the_faces_and_small_groups_stay(cli, scored_faces, tmp_path):
    run, faces = scored_faces
    done = cli(run.id, "--by", "gender", "--by", "Young", "--json", "--no-intervals")
    told = json.loads(done.stdout)
    expected = judge(run, "val_select", by=("gender", "Young"), faces=faces)
    assert told == expected.as_json(run.id, "val_select")
    assert set(told["groups"]) == {
        f"{g}, {y}" for g in ("women", "men") for y in ("Young", "not Young")
    }
    table = cli(run.id, "--by", "gender", "--by", "Young", "--minimum-n", 1000).stdout
    for name in told["groups"]:
        assert name in table
    assert "cannot be grouped by 'Old'" in cli(run.id, "--by", "Old").stderr


def test_people_are_drawn_with_all_their_faces_where_they_are_known(cli, scored_faces):
    run, _ = scored_faces
    told = json.loads(cli(run.id, "--json").stdout)
    assert told["intervals"]["by"] == "person"
    by_face = json.loads(cli(run.id, "--json", "--resample", "face").stdout)
    assert by_face["intervals"]["by"] == "face"
    assert by_face["metrics"]["fair_metric"]["value"] == told["metrics"]["fair_metric"]["value"]
    assert by_face["metrics"]["fair_metric"] != told["metrics"]["fair_metric"]


def test_every_figure_goes_to_a_csv(cli, scored_run, tmp_path):
    cli(scored_run.id, "--csv", "figures.csv")
    lines = pd.read_csv(tmp_path / "figures.csv", keep_default_na=False, na_values=[""])
    evaluation = judge(scored_run, "val_select", intervals=IntervalPlan())
    found = lines[(lines["metric"] == "accuracy") & (lines["group"] == "men")].iloc[0]
    assert found["value"] == pytest.approx(evaluation.by_group["accuracy"][1])
    assert found["low"] == pytest.approx(evaluation.intervals.of_group("accuracy", 1)[0])
    assert found["n"] == evaluation.counts.n[1]
    found = lines[lines["metric"] == "fair_metric"].iloc[0]
    assert found["value"] == pytest.approx(evaluation.overall["fair_metric"])
    counts = lines[lines["metric"] == "count_1_0"].set_index("group")["value"]
    assert counts["women"] == evaluation.counts.values[0, 1, 0]


def test_a_prediction_file_is_judged_by_its_labels(cli, files, tmp_path):
    truth, predicted = files
    predicted.drop(columns="score").to_csv(tmp_path / "p.csv", index=False)
    done = cli("--predictions", "p.csv", "--truth", "truth.csv", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert (told["run"], told["split"], told["n"], told["threshold"]) == (None, None, 40, None)
    assert told["metrics"]["auc"]["value"] is None
    assert told["metrics"]["accuracy"]["low"] < told["metrics"]["accuracy"]["value"]
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
