"""Choosing one threshold, against trying every one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.errors import ConfigError, DataError
from softbio.fairness import METRICS, Calibration, GroupCounts, choose_common

WOMEN_MEN = ("women", "men")


def faces(n=500, seed=0):
    draws = np.random.default_rng(seed)
    group = draws.integers(0, 2, n)
    label = (draws.random(n) < np.where(group == 0, 0.3, 0.15)).astype(np.int8)
    score = 1 / (1 + np.exp(-draws.normal(-1.5 + 2.5 * label, 1.2)))
    return label, score.round(3).astype(np.float32), group, WOMEN_MEN


def value_at(metric, threshold, label, score, group, groups):
    counts = GroupCounts.from_predictions(label, score > np.float32(threshold), group, groups)
    if METRICS[metric].scope == "group":
        return float(METRICS[metric](counts.pooled())[0])
    return float(METRICS[metric](counts))


@pytest.mark.parametrize(
    "metric",
    ["accuracy", "balanced_accuracy", "fair_metric", "balanced_fair_metric", "f1", "mcc",
     "worst_cell_accuracy"],
)  # fmt: skip
def test_no_other_threshold_does_better(metric):
    drawn = faces()
    rule = choose_common(*drawn, metric)
    tried = [value_at(metric, threshold, *drawn) for threshold in np.linspace(0, 1, 2001)]
    assert rule.why["value"] == pytest.approx(np.nanmax(tried))
    assert value_at(metric, rule.threshold, *drawn) == pytest.approx(rule.why["value"])
    assert (rule.why["objective"], rule.why["n"]) == (metric, 500)
    assert not rule.needs_group


def test_a_metric_whose_best_value_is_0_is_brought_near_0():
    drawn = faces()
    rule = choose_common(*drawn, "accuracy_difference")
    tried = [abs(value_at("accuracy_difference", t, *drawn)) for t in np.linspace(0.01, 0.9, 900)]
    assert abs(rule.why["value"]) <= min(tried) + 1e-12


def test_a_gap_is_not_closed_by_deciding_nothing():
    drawn = faces()
    rule = choose_common(*drawn, "demographic_parity")
    assert 0 < rule.predict(drawn[1]).sum() < len(drawn[1])


def test_the_middle_of_the_widest_plateau_is_taken():
    label = np.array([0, 0, 0, 1, 1, 1])
    score = np.array([0.1, 0.12, 0.2, 0.8, 0.9, 0.95])
    rule = choose_common(label, score, np.zeros(6, int), ("all",), "accuracy")
    assert (rule.threshold, rule.why["value"]) == (0.5, 1.0)
    # Accuracy is 4 of 5 between 0.1 and 0.2 and between 0.3 and 0.9: the wider one wins.
    label, score = np.array([0, 1, 0, 1, 1]), np.array([0.1, 0.2, 0.3, 0.9, 0.95])
    rule = choose_common(label, score, np.zeros(5, int), ("all",), "accuracy")
    assert rule.threshold == pytest.approx(0.6)


@given(st.integers(0, 1000))
def test_the_order_of_faces_does_not_matter(seed):
    label, score, group, groups = faces(60, seed=1)
    order = np.random.default_rng(seed).permutation(60)
    before = choose_common(label, score, group, groups, "balanced_accuracy")
    after = choose_common(label[order], score[order], group[order], groups, "balanced_accuracy")
    assert before == after


def test_a_common_calibration_changes_the_threshold_and_no_prediction():
    label, score, group, groups = faces()
    line = Calibration(method="platt", slopes=(0.5,), intercepts=(-1.0,))
    plain = choose_common(label, score, group, groups, "balanced_fair_metric")
    bent = choose_common(label, score, group, groups, "balanced_fair_metric", calibration=line)
    assert bent.threshold != plain.threshold and bent.calibration == line
    assert bent.why["value"] == pytest.approx(plain.why["value"])
    np.testing.assert_array_equal(bent.predict(score), plain.predict(score))


def test_what_no_threshold_can_be_chosen_by_is_told():
    drawn = faces(50)
    with pytest.raises(ConfigError, match="no metric 'beauty'"):
        choose_common(*drawn, "beauty")
    with pytest.raises(ConfigError, match="no threshold changes it"):
        choose_common(*drawn, "auc")
    with pytest.raises(ConfigError, match="no best value"):
        choose_common(*drawn, "selection_rate")
    label, score, _, groups = drawn
    with pytest.raises(DataError, match="undefined at every threshold"):
        choose_common(label, score, np.zeros(50, int), groups, "fair_metric")
