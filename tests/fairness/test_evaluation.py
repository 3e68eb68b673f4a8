import json
import math

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, roc_auc_score

from softbio.errors import ConfigError, DataError
from softbio.fairness import METRICS, GroupCounts, evaluate, evaluate_counts, score_figures

GROUPS = ("women", "men")


@pytest.fixture(scope="module")
def faces():
    rng = np.random.default_rng(1)
    label = rng.integers(0, 2, 500).astype(np.int8)
    score = np.clip(rng.normal(0.3 + 0.4 * label, 0.25), 0, 1).astype(np.float32)
    return label, score, rng.integers(0, 2, 500)


def test_json_has_the_shape_that_is_documented(faces):
    label, score, group = faces
    told = evaluate(label, score, group, GROUPS, 0.4).as_json(run="r", split="test")
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert list(told) == ["run", "split", "n", "threshold", "groups", "metrics"]
    assert (told["run"], told["split"], told["n"], told["threshold"]) == ("r", "test", 500, 0.4)
    assert list(told["groups"]) == ["women", "men"]
    for index, entry in enumerate(told["groups"].values()):
        inside = group == index
        prediction = score[inside] > np.float32(0.4)
        assert entry["n"] == inside.sum()
        assert entry["counts"] == confusion_matrix(label[inside], prediction).tolist()
        assert entry["balanced_accuracy"]["value"] == pytest.approx(
            balanced_accuracy_score(label[inside], prediction)
        )
        assert entry["auc"]["value"] == pytest.approx(roc_auc_score(label[inside], score[inside]))
    metrics = {name: entry["value"] for name, entry in told["metrics"].items()}
    women, men = (entry["accuracy"]["value"] for entry in told["groups"].values())
    assert metrics["accuracy_difference"] == pytest.approx(women - men)
    assert metrics["fair_metric"] == pytest.approx((women + men) / 2 - abs(women - men))
    assert metrics["accuracy"] == pytest.approx(np.mean((score > np.float32(0.4)) == label))


def test_every_metric_of_the_table_is_told_and_nothing_else(faces):
    evaluation = evaluate(*faces, GROUPS)
    group = {metric.name for metric in METRICS.values() if metric.scope == "group"}
    overall = {metric.name for metric in METRICS.values() if metric.scope == "overall"}
    assert set(evaluation.by_group) == group
    assert set(evaluation.overall) == overall | (group - {"n"})
    assert [row.metric.name for row in evaluation.rows()] == [n for n in METRICS if n in group]


def test_rows_tell_each_group_and_the_difference(faces):
    evaluation = evaluate(*faces, GROUPS)
    for row in evaluation.rows():
        assert list(row.values) == ["women", "men"]
        if row.metric.name == "n":
            assert math.isnan(row.difference)
        else:
            assert row.difference == pytest.approx(row.values["women"] - row.values["men"])


def test_undefined_is_null_in_json():
    told = evaluate([0, 0, 1], [0.1, 0.2, 0.9], [0, 0, 1], GROUPS).as_json()
    assert told["groups"]["women"]["true_positive_rate"] == {"value": None}
    assert told["groups"]["women"]["auc"] == {"value": None}
    assert told["metrics"]["balanced_fair_metric"] == {"value": None}
    assert told["metrics"]["accuracy"] == {"value": 1.0}
    assert (told["run"], told["split"]) == (None, None)


def test_a_group_without_faces_stays_in_the_table():
    evaluation = evaluate([0, 1], [0.1, 0.9], [0, 0], GROUPS)
    assert evaluation.as_json()["groups"]["men"]["n"] == 0
    assert math.isnan(evaluation.overall["fair_metric"])


def test_more_than_two_groups_differ_by_their_extremes(faces):
    label, score, _ = faces
    group = np.arange(500) % 3
    evaluation = evaluate(label, score, group, ("a", "b", "c"))
    accuracy = evaluation.by_group["accuracy"]
    spread = accuracy.max() - accuracy.min()
    assert evaluation.overall["accuracy_difference"] == pytest.approx(spread)
    assert evaluation.overall["fair_metric"] == pytest.approx(accuracy.mean() - spread)


def test_score_figures_from_before_give_the_same_evaluation(faces):
    label, score, group = faces
    figures = score_figures(label, score, group, GROUPS)
    for threshold in (0.2, 0.8):
        fresh = evaluate(label, score, group, GROUPS, threshold).as_json()
        assert (
            evaluate(label, score, group, GROUPS, threshold, score_figures=figures).as_json()
            == fresh
        )


def test_small_groups_are_named_and_kept():
    label, group = [0, 1, 0, 1, 1], [0, 0, 0, 1, 1]
    evaluation = evaluate(label, np.linspace(0, 1, 5), group, ("women", "men", "unseen"))
    assert evaluation.small(3).tolist() == [False, True, True]
    assert evaluation.small(0).tolist() == [False, False, False]
    assert list(evaluation.as_json()["groups"]) == ["women", "men", "unseen"]
    assert evaluation.by_group["accuracy"][1] == 1.0


def test_the_figures_of_all_faces_are_those_of_one_group_that_holds_them(faces):
    label, score, group = faces
    apart = evaluate(label, score, group, GROUPS, 0.4)
    together = evaluate(label, score, np.zeros_like(group), ("all",), 0.4)
    for name, values in together.by_group.items():
        if name != "n":
            assert apart.overall[name] == pytest.approx(values[0], abs=1e-12), name


def test_predictions_without_scores_have_nothing_that_needs_scores_and_no_threshold(faces):
    label, score, group = faces
    counts = GroupCounts.from_predictions(label, score > 0.5, group, GROUPS)
    told, scored = (
        evaluate_counts(counts).as_json(),
        evaluate(label, score, group, GROUPS).as_json(),
    )
    assert told["threshold"] is None
    for name, metric in METRICS.items():
        if metric.needs == "scores":
            assert told["metrics"][name] == {"value": None}
            assert scored["metrics"][name]["value"] is not None
        elif name != "n":
            assert told["metrics"][name] == scored["metrics"][name]


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_outside_its_bounds_is_told(faces, threshold):
    with pytest.raises(ConfigError, match="threshold must lie in 0 … 1"):
        evaluate(*faces, GROUPS, threshold)


@pytest.mark.parametrize("score", [float("nan"), -0.5, 2.0])
def test_a_score_that_is_no_probability_is_told(score):
    with pytest.raises(DataError, match="from 0 to 1"):
        evaluate([0, 1], [0.5, score], [0, 1], GROUPS)
