"""Judging: the run's rule, its people, its calibrated scores, and pairs on the same faces."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from softbio.errors import ConfigError, DataError, RunError
from softbio.faces.faceset import FaceSet
from softbio.fairness import (
    DecisionRule,
    GroupCounts,
    IntervalPlan,
    common_rule,
    evaluate,
    fit_calibration,
)
from softbio.runs import RunConfig, RunStore
from softbio.runs.judging import Judge, faces_of, judge, judge_pair, rule_of

PLAN = IntervalPlan(replicates=200)


@pytest.fixture
def faces(make_faces, tmp_path):
    made = make_faces(tmp_path / "set", n=500, size=8)
    identity = pd.array(np.random.default_rng(5).integers(0, 80, 500), dtype="Int64")
    made.table.assign(identity=identity).to_parquet(made.path / "table.parquet")
    return FaceSet.open(made.path)


def scored(store, run_config, faces, seed, noise=0.35):
    changes = {"data": str(faces.path), "data_fingerprint": faces.fingerprint, "size": 8}
    run = store.create(RunConfig.model_validate(run_config.model_dump() | changes))
    table = faces.table[["filename", "split", "label", "gender"]]
    draws = np.random.default_rng(seed)
    score = table["label"].fillna(0).to_numpy(dtype=float) * 0.4 + draws.normal(0.3, noise, 500)
    run.write_predictions(table.assign(score=np.clip(score, 0, 1).astype(np.float32)))
    run.update_state(status="done")
    return run


@pytest.fixture
def pair(tmp_path, run_config, faces):
    store = RunStore(tmp_path / "models")
    return scored(store, run_config, faces, 0, 0.2), scored(store, run_config, faces, 1, 0.5)


def test_a_threshold_wins_over_the_runs_rule_and_half_stands_where_nothing_was_decided(pair):
    run, _ = pair
    assert rule_of(run) == common_rule(0.5)
    stored = DecisionRule(kind="common", threshold=0.2)
    run.write_rule(stored)
    assert rule_of(run) == stored
    assert rule_of(run, 0.7).threshold == 0.7
    other = DecisionRule(kind="common", threshold=0.4)
    assert rule_of(run, rule=other) is other
    with pytest.raises(ConfigError, match="not both"):
        rule_of(run, 0.7, other)
    with pytest.raises(ConfigError, match="must lie in"):
        rule_of(run, 1.2)


def test_a_judgement_is_the_evaluation_of_the_splits_faces(pair, faces):
    run, _ = pair
    chosen = run.predictions().select("test", (), faces)
    expected = evaluate(
        *(chosen.label, chosen.score, chosen.group, chosen.groups, 0.3),
        person=chosen.person,
        intervals=PLAN,
    )
    found = judge(run, "test", faces=faces, threshold=0.3, intervals=PLAN)
    told = found.as_json()
    assert told.pop("rule")["threshold"] == 0.3
    assert told == expected.as_json()
    assert found.intervals.by == "person"


def test_one_judge_gives_at_every_rule_what_a_fresh_one_gives(pair, faces):
    run, _ = pair
    chosen = run.predictions().select("val", (), faces)
    judge_once = Judge(chosen, PLAN)
    calibration = fit_calibration(chosen.label, chosen.score, chosen.group, chosen.groups)
    calibrated = DecisionRule(kind="common", threshold=0.4, calibration=calibration)
    per_group = DecisionRule(kind="per_group", thresholds={"women": 0.2, "men": 0.7})
    for rule in (common_rule(0.3), calibrated, common_rule(0.6), per_group):
        assert judge_once.at(rule).as_json() == Judge(chosen, PLAN).at(rule).as_json()


def test_a_rule_per_group_asks_for_the_group_column_whatever_the_faces_are_grouped_by(pair, faces):
    run, _ = pair
    young = np.random.default_rng(2).integers(0, 2, 500)
    faces.table["Young"] = pd.array(young, dtype="Int8")
    rule = DecisionRule(kind="per_group", thresholds={"women": 0.2, "men": 0.7})
    found = judge(run, "test", by=("Young",), faces=faces, rule=rule)
    chosen = run.predictions().select("test", ("Young",), faces)
    gender = faces.table["gender"].to_numpy()[chosen.row]
    predicted = chosen.score > np.where(gender < 0, np.float32(0.2), np.float32(0.7))
    expected = GroupCounts.from_predictions(
        chosen.label, predicted, young[chosen.row], ("not Young", "Young")
    )
    np.testing.assert_array_equal(found.counts.values, expected.values)


def test_labels_that_are_no_scores_leave_undefined_what_needs_scores(pair):
    run, _ = pair
    chosen = run.predictions().select("test")
    hard = replace(chosen, score=(chosen.score > 0.5).astype(np.float32))
    found = Judge(hard, PLAN, scored=False).at(common_rule(0.5))
    assert np.isnan(found.overall["auc"])
    assert np.isnan(found.by_group["brier"]).all()
    assert found.overall["accuracy"] > 0.5


def test_a_pair_is_compared_on_the_faces_that_both_have_scored(pair, faces):
    run, baseline = pair
    whole = judge_pair(run, baseline, "test", faces=faces, intervals=PLAN)
    assert whole.n == len(run.predictions().select("test"))
    kept = run.predictions().select("test").filename[::3]
    frame = baseline.predictions().frame
    shuffled = frame[frame["filename"].isin(kept)].sample(frac=1, random_state=0)
    baseline.write_predictions(shuffled.reset_index(drop=True))
    part = judge_pair(run, baseline, "test", faces=faces, intervals=PLAN)
    assert part.n == len(kept)
    chosen = run.predictions().select("test")
    inside = np.isin(chosen.filename, kept)
    right = (chosen.score > 0.5) == (chosen.label == 1)
    for index in (0, 1):
        mine = inside & (chosen.group == index)
        assert part.metrics["accuracy"].after[index] == pytest.approx(right[mine].mean())


def test_a_pair_takes_each_runs_own_rule(pair, faces):
    run, baseline = pair
    baseline.write_rule(common_rule(0.9))
    found = judge_pair(run, baseline, "test", intervals=PLAN)
    accuracy = judge(baseline, "test", threshold=0.9).by_group["accuracy"]
    np.testing.assert_allclose(found.metrics["accuracy"].before, accuracy)


def test_what_cannot_be_judged_is_told(pair, faces, tmp_path):
    run, baseline = pair
    with pytest.raises(RunError, match="nothing to judge"):
        judge(run, "unlabelled")
    frame = baseline.predictions().frame
    baseline.write_predictions(frame.assign(filename="other-" + frame["filename"]))
    with pytest.raises(RunError, match="no face of the split 'test' in common"):
        judge_pair(run, baseline, "test")


def test_the_faces_of_a_run_are_those_it_was_made_from(pair, faces, tmp_path):
    run, _ = pair
    assert faces_of(run).fingerprint == faces.fingerprint
    meta = faces.path / "meta.json"
    meta.write_text(meta.read_text().replace(faces.fingerprint, "another"))
    with pytest.raises(DataError, match="packed anew"):
        faces_of(run)
    faces.path.rename(tmp_path / "gone")
    with pytest.raises(DataError, match="is not at"):
        faces_of(run)
