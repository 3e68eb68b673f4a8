"""DecisionRule: predictions, JSON, words, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from softbio.errors import DataError
from softbio.fairness import Calibration, DecisionRule, common_rule, predict_at

WOMEN_MEN = ("women", "men")
EACH = DecisionRule(kind="per_group", thresholds={"women": 0.6, "men": 0.3})
shares = st.floats(0, 1)
calibrations = st.none() | st.builds(
    Calibration,
    method=st.just("platt"),
    slopes=st.tuples(st.floats(0.1, 10)),
    intercepts=st.tuples(st.floats(-10, 10)),
)
why = st.dictionaries(st.text(max_size=8), st.none() | st.integers() | shares | st.text(max_size=8))
rules = st.builds(
    DecisionRule, kind=st.just("common"), threshold=shares, calibration=calibrations, why=why
) | st.builds(
    DecisionRule,
    kind=st.just("per_group"),
    thresholds=st.dictionaries(st.text(min_size=1, max_size=8), shares, min_size=1, max_size=4),
    calibration=calibrations,
    why=why,
)


@given(rules)
def test_a_rule_goes_to_json_and_back_unchanged(rule):
    assert DecisionRule.model_validate_json(rule.model_dump_json()) == rule


@given(st.lists(st.floats(0, 1, width=32), max_size=20), shares)
def test_a_common_rule_is_predict_at(scores, threshold):
    score = np.float32(scores)
    np.testing.assert_array_equal(
        common_rule(threshold).predict(score), predict_at(score, threshold)
    )


@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.integers(0, 1)), max_size=20))
def test_each_group_is_compared_with_its_own_threshold_in_the_scores_precision(drawn):
    score, group = np.float32([s for s, _ in drawn]), np.array([g for _, g in drawn], dtype=int)
    expected = [s > np.float32(0.6 if g == 0 else 0.3) for s, g in zip(score, group, strict=True)]
    assert EACH.predict(score, group, WOMEN_MEN).tolist() == expected
    assert EACH.predict(score, 1 - group, ("men", "women")).tolist() == expected


def test_a_score_that_was_saved_as_the_threshold_is_not_above_it():
    assert not EACH.predict(np.float32([0.6, 0.3]), np.array([0, 1]), WOMEN_MEN).any()
    assert not common_rule(0.18).predict(np.float32([0.18])).any()


def test_thresholds_are_compared_with_calibrated_scores():
    line = Calibration(method="platt", slopes=(1.0,), intercepts=(np.log(4),))
    rule = DecisionRule(kind="common", threshold=0.5, calibration=line)
    score = np.linspace(0.01, 0.99, 99)
    np.testing.assert_array_equal(rule.predict(score), score > 0.2)
    np.testing.assert_array_equal(rule.calibrated(score), line.apply(score))
    assert not rule.needs_group
    apart = Calibration(method="platt", groups=WOMEN_MEN, slopes=(1, 1), intercepts=(0, 0))
    assert DecisionRule(kind="common", threshold=0.5, calibration=apart).needs_group


def test_unknown_groups_are_refused_in_one_sentence():
    score = np.float32([0.2, 0.4, 0.9])
    with pytest.raises(DataError, match=r"\(women, men\) and needs the group of every face; none"):
        EACH.predict(score)
    with pytest.raises(DataError, match="unknown for 2 of 3"):
        EACH.predict(score, np.array([-1, 0, -1]), WOMEN_MEN)
    with pytest.raises(DataError, match="women, men and not 'nobody'"):
        EACH.predict(score, np.array([0, 1, 2]), (*WOMEN_MEN, "nobody"))
    # A name that no face has does no harm.
    assert EACH.predict(score, np.array([0, 1, 1]), (*WOMEN_MEN, "nobody")).sum() == 2
    with pytest.raises(DataError, match="3 scores"):
        EACH.predict(score, np.array([0, 1]), WOMEN_MEN)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "common"},
        {"kind": "common", "threshold": 1.5},
        {"kind": "common", "threshold": float("nan")},
        {"kind": "common", "threshold": 0.5, "thresholds": {"women": 0.5}},
        {"kind": "per_group"},
        {"kind": "per_group", "thresholds": {"women": -0.1}},
        {"kind": "per_group", "thresholds": {"women": 0.5}, "threshold": 0.5},
        {"kind": "random", "threshold": 0.5},
        {"kind": "common", "threshold": 0.5, "temperature": 2},
        {"kind": "common", "threshold": 0.5, "why": {"value": float("nan")}},
        {"kind": "common", "threshold": 0.5, "why": {"value": object()}},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValidationError):
        DecisionRule.model_validate(wrong)


def test_a_rule_cannot_be_changed():
    with pytest.raises(ValidationError):
        EACH.kind = "common"


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (common_rule(0.5), "One threshold, 0.5."),
        (
            common_rule(
                0.30958, split="val_select", n=1000, reason="the best balanced Fair Metric"
            ),
            "One threshold, 0.31, chosen on validation (val_select, 1,000 faces) for the best "
            "balanced Fair Metric.",
        ),
        (
            EACH,
            "One threshold per group (women 0.6, men 0.3); it needs gender at prediction time.",
        ),
        (
            EACH.model_copy(update={"group_column": "age", "why": {"split": "val", "n": 20}}),
            "One threshold per group (women 0.6, men 0.3), chosen on validation (20 faces); it "
            "needs age at prediction time.",
        ),
        (
            DecisionRule(
                kind="common",
                threshold=0.00012,
                calibration=Calibration(method="temperature", slopes=(2.0,), intercepts=(0.0,)),
                why={"reason": "a prevalence of 99.0%"},
            ),
            "One threshold, 0.00012, on scores calibrated by temperature scaling, chosen for a "
            "prevalence of 99.0%.",
        ),
    ],
)
def test_a_rule_says_what_it_is(rule, sentence):
    assert rule.sentence == sentence
