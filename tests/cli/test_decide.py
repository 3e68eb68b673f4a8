"""``softbio decide``: chooses on validation, stores, shows and takes away."""

import json

import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.fairness import GroupCounts, evaluate_counts


def decide(run, *arguments):
    told = ["decide", run.id, *map(str, arguments), "--models", str(run.path.parent)]
    return CliRunner().invoke(app, told)


def test_a_rule_is_chosen_stored_and_shown_beside_one_half(scored_run):
    done = decide(scored_run, "--maximise", "balanced_fair_metric")
    assert done.exit_code == 0, done.stderr
    rule = scored_run.rule()
    assert rule.sentence in done.stdout
    assert "chosen on validation (val_select, " in done.stdout
    assert "for the best Balanced Fair Metric." in done.stdout
    assert "women" in done.stdout and "men" in done.stdout and "→" in done.stdout
    assert f"softbio evaluate {scored_run.id} --split test" in done.stderr
    shown = decide(scored_run)
    assert shown.exit_code == 0 and rule.sentence in shown.stdout


def test_json_holds_the_rule_and_what_it_does(scored_run):
    done = decide(scored_run, "--per-group", "demographic_parity", "--tolerance", "0.05", "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    rule = scored_run.rule()
    assert told["rule"] == rule.model_dump(mode="json")
    assert told["needs_group"] and told["stored"]
    assert "needs gender at prediction time" in told["sentence"]
    faces = scored_run.predictions().select("val_select")
    for key, prediction in (
        ("at_one_half", faces.score > 0.5),
        ("with_rule", rule.predict(faces.score, faces.group, faces.groups)),
    ):
        counts = GroupCounts.from_predictions(faces.label, prediction, faces.group, faces.groups)
        metrics = evaluate_counts(counts).as_json()["metrics"]
        assert told[key]["metrics"]["accuracy"] == metrics["accuracy"]
    shown = json.loads(decide(scored_run, "--json").stdout)
    assert shown == told
    rates = [told["with_rule"]["groups"][name]["selection_rate"]["value"] for name in faces.groups]
    assert abs(rates[0] - rates[1]) <= 0.05


def test_a_dry_run_stores_nothing(scored_run):
    done = decide(scored_run, "--threshold", "0.3", "--dry-run")
    assert done.exit_code == 0 and "One threshold, 0.3." in done.stdout
    assert "Nothing was stored" in done.stderr
    assert scored_run.rule() is None
    assert "No rule is stored" in decide(scored_run).stdout


def test_a_rule_is_taken_away(scored_run):
    decide(scored_run, "--threshold", "0.3")
    assert scored_run.rule().threshold == 0.3
    assert "--clear takes the rule away" in decide(scored_run, "--clear", "--threshold", 0.3).stderr
    done = decide(scored_run, "--clear")
    assert done.exit_code == 0 and "taken away" in done.stdout
    assert scored_run.rule() is None


def test_a_damaged_rule_can_be_taken_away(scored_run):
    (scored_run.path / "decision.json").write_text("{")
    assert decide(scored_run).exit_code == 2
    (scored_run.path / "predictions.parquet").unlink()
    assert decide(scored_run, "--clear").exit_code == 0
    assert scored_run.rule() is None


def test_a_rule_is_taken_away_in_json_where_nothing_was_predicted(scored_run):
    decide(scored_run, "--threshold", "0.3")
    (scored_run.path / "predictions.parquet").unlink()
    assert decide(scored_run, "--json").exit_code == 2
    done = decide(scored_run, "--clear", "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["rule"] is None and told["at_one_half"] is None and told["with_rule"] is None
    assert scored_run.rule() is None


def test_a_prevalence_calibrates_unless_told_not_to(scored_run):
    done = decide(scored_run, "--target-prevalence", "0.3")
    assert done.exit_code == 0, done.stderr
    assert scored_run.rule().calibration.method == "platt"
    assert "Prevalence where it was chosen" in done.stdout
    assert "Calibrated on the split val_select." in done.stdout
    decide(scored_run, "--target-prevalence", "0.3", "--calibrate", "none")
    assert scored_run.rule().calibration is None


def test_prevalences_are_named_or_estimated_for_each_group(scored_run):
    done = decide(scored_run, "--target-prevalence", "women=0.3,men=estimate")
    assert done.exit_code == 0, done.stderr
    rule = scored_run.rule()
    assert rule.needs_group and rule.calibration.needs_group
    assert rule.why["target_prevalence"]["women"] == 0.3
    assert "estimated from the scores of the split unlabelled: men " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--maximise", "beauty"], "no metric 'beauty'"),
        (["--maximise", "accuracy", "--threshold", "0.5"], "one thing"),
        (["--calibrate", "platt"], "one thing"),
        (["--target-prevalence", "half"], "Received: 'half'"),
        (["--target-prevalence", "women=0.5"], "each of women, men"),
        (["--target-prevalence", "1"], "must lie between 0 and 1"),
        (["--threshold", "0.5", "--per-group-calibration"], "needs --calibrate"),
        (["--maximise", "accuracy", "--split", "val_fit"], "no rule can be chosen"),
    ],
)
def test_what_cannot_be_decided_is_one_sentence(scored_run, arguments, told):
    done = decide(scored_run, *arguments)
    assert done.exit_code == 2
    assert told in " ".join(done.stderr.split()), done.stderr
    assert scored_run.rule() is None


def test_test_is_not_offered_to_choose_on(scored_run):
    assert decide(scored_run, "--maximise", "accuracy", "--split", "test").exit_code == 2
