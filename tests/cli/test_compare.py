import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.runs import RunStore
from softbio.runs.judging import judge_pair


@pytest.fixture
def cli(tmp_path, monkeypatch):
    monkeypatch.setenv("SOFTBIO_MODELS", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, ["compare", *map(str, arguments)])


@pytest.fixture
def pair(scored_run, run_config):
    """A run that scores better than its baseline, and the baseline."""
    better = RunStore(scored_run.path.parent).create(run_config)
    frame = scored_run.predictions().frame
    toward = 2 * frame["label"].fillna(0).to_numpy(dtype=float) - 1
    score = np.clip(frame["score"].to_numpy() + 0.1 * toward, 0, 1).astype(np.float32)
    better.write_predictions(frame.assign(score=score))
    better.update_state(status="done")
    return better, scored_run


def test_json_is_that_of_the_function_under_page_and_command(cli, pair):
    better, baseline = pair
    done = cli(better.id, baseline.id, "--split", "test", "--json")
    assert done.exit_code == 0
    expected = judge_pair(better, baseline, "test").as_json(better.id, baseline.id, "test")
    told = json.loads(done.stdout)
    assert told.pop("trained_on") == {"run": 0, "baseline": 0}
    assert told == expected and "was trained on" not in done.stderr
    assert "take every face for another person's" in done.stderr


def test_a_person_reads_the_verdict_first_then_who_paid_then_every_change(cli, pair):
    better, baseline = pair
    done = cli(better.id, baseline.id, "--split", "test")
    comparison = judge_pair(better, baseline, "test")
    assert done.exit_code == 0
    head, verdict = done.stdout.splitlines()[:2]
    assert better.id in head
    assert baseline.id in head
    assert f"{comparison.n:,} faces, intervals by face" in head
    assert comparison.verdict.sentence.startswith(verdict.rstrip())
    place = [done.stdout.index(text) for text in ("Who paid", "Changes", "Fair Metric  ")]
    assert place == sorted(place)
    fixed = comparison.mcnemar[0].fixed
    line = next(line for line in done.stdout.splitlines() if line.strip().startswith("women "))
    assert line.split()[-3] == str(fixed)
    for name in ("fair_metric", "worst_cell_accuracy"):
        change = comparison.metrics[name]
        text = f"{change.change:+.3f} ({change.low:+.3f} to {change.high:+.3f})"
        assert text in done.stdout


def test_the_file_holds_the_same_rows(cli, pair, tmp_path):
    better, baseline = pair
    done = cli(better.id, baseline.id, "--csv", "changes.csv", "--split", "val")
    assert done.exit_code == 0
    assert "Every change in changes.csv" in done.stderr
    lines = list(csv.DictReader((tmp_path / "changes.csv").open(encoding="utf-8")))
    rows = judge_pair(better, baseline, "val").rows()
    assert list(lines[0]) == ["metric", "group", "before", "after", "change", "low", "high"]
    assert [(line["metric"], line["group"]) for line in lines] == [
        (row.metric, row.group) for row in rows
    ]
    for line, row in zip(lines, rows, strict=True):
        for name in ("before", "after", "change", "low", "high"):
            value = getattr(row, name)
            assert line[name] == ("" if np.isnan(value) else repr(value))


def test_names_of_groups_cannot_become_formulas(scored_run):
    from softbio.cli.comparison_tables import comparison_csv
    from softbio.fairness import compare

    faces = np.array([0, 1, 0, 1])
    found = compare(faces, faces, 1 - faces, faces, ("=1+1", "men"))
    groups = {line.split(",")[1] for line in comparison_csv(found).splitlines()[1:]}
    assert groups == {"'=1+1", "men", "all", ""}


def test_thresholds_tolerance_and_split_are_those_that_were_asked_for(cli, pair):
    better, baseline = pair
    done = cli(
        better.id, baseline.id, "--threshold", "0.6", "--baseline-threshold", "0.4", "--tolerance",
        "2", "--split", "train", "--json",
    )  # fmt: skip
    expected = judge_pair(
        better, baseline, "train", threshold=0.6, baseline_threshold=0.4, tolerance=0.02
    )
    told = json.loads(done.stdout)
    assert told.pop("trained_on") == {"run": expected.n, "baseline": expected.n}
    assert told == expected.as_json(better.id, baseline.id, "train")


def test_a_baseline_that_was_trained_on_the_judged_faces_is_named(cli, pair):
    better, baseline = pair
    frame = baseline.predictions().frame
    judged = better.predictions().select("val").filename
    seen = frame["filename"].isin(judged[:7])
    baseline.write_predictions(frame.assign(out_of_sample=~seen))
    done = cli(better.id, baseline.id, "--split", "val")
    assert done.exit_code == 0
    sentence = f"{baseline.id} was trained on 7 of these {len(judged):,} faces: they flatter it."
    assert sentence in done.stderr and f"{better.id} was trained" not in done.stderr


def test_a_look_at_test_is_counted_for_both_runs_and_one_at_validation_is_not(cli, pair):
    better, baseline = pair
    cli(better.id, baseline.id)
    assert (better.state.test_looks, baseline.state.test_looks) == (0, 0)
    cli(better.id, baseline.id, "--split", "test")
    assert (better.state.test_looks, baseline.state.test_looks) == (1, 1)
    done = cli(better.id, baseline.id, "--split", "test")
    assert f"The test faces of {baseline.id} were looked at 2 times." in done.stderr


def test_a_run_compared_with_itself_is_no_evidence(cli, pair):
    _, baseline = pair
    done = cli(baseline.id, baseline.id)
    assert "No evidence: both runs predict the same for every face." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nothing",), "There is no run 'nothing'"),
        (("--by", "hat"), "face set"),
        (("--csv", "no/folder/here.csv"), "here.csv cannot be written"),
    ],
)
def test_a_mistake_is_one_sentence_and_no_traceback(cli, pair, arguments, message):
    better, baseline = pair
    done = cli(better.id, *(arguments if arguments[0] == "nothing" else (baseline.id, *arguments)))
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stdout == ""
    assert isinstance(done.exception, SystemExit)
