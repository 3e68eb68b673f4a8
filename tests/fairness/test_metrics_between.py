"""What judges the groups together: against Fairlearn, by brute force, and as extremes of parts."""

import warnings

import numpy as np
import pytest
from fairlearn import metrics as fl
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from softbio.fairness import METRICS, GroupCounts, difference

COUNTED = [metric for metric in METRICS.values() if metric.needs == "counts"]
EXTREMES = [metric for metric in COUNTED if metric.parts is not None]
ENDINGS = ("_difference", "_range", "_ratio", "_worst")


def counts_of(values):
    values = np.asarray(values)
    return GroupCounts(values, tuple(f"g{i}" for i in range(values.shape[-3])))


def unpacked(values):
    cells = np.indices(values.shape).reshape(3, -1)
    group, label, prediction = np.repeat(cells, values.reshape(-1), axis=1)
    return label, prediction, group


def cells(groups=2, least=0, most=30):
    return hnp.arrays(np.int64, (groups, 2, 2), elements=st.integers(least, most))


ANY_CELLS = cells(1) | cells(2) | cells(2, most=1) | cells(3) | cells(5, most=2)


@settings(max_examples=25, deadline=None)
@given(values=cells(2, least=1) | cells(3, least=1))
def test_gaps_are_those_that_fairlearn_calls_differences(values):
    label, prediction, group = unpacked(values)
    counts = counts_of(values)
    for ours, theirs in (
        ("demographic_parity", fl.demographic_parity_difference),
        ("equal_opportunity", fl.equal_opportunity_difference),
        ("equalized_odds", fl.equalized_odds_difference),
        ("selection_rate_ratio", fl.demographic_parity_ratio),
        ("true_positive_rate_ratio", fl.equal_opportunity_ratio),
        ("false_positive_rate_ratio", fl.false_positive_rate_ratio),
        ("accuracy_worst", fl.make_derived_metric(metric=_accuracy, transform="group_min")),
        ("accuracy_equality", fl.make_derived_metric(metric=_accuracy, transform="difference")),
    ):
        expected = theirs(label, prediction, sensitive_features=group)
        assert METRICS[ours](counts) == pytest.approx(expected, abs=1e-12), ours


def _accuracy(y_true, y_pred):
    return np.mean(y_true == y_pred)


def test_equalized_odds_is_undefined_where_fairlearn_sees_a_gap_that_nobody_measured():
    # No man has label 1. Fairlearn takes men's hit rate for 0 and reports the largest gap there
    # is; what it measured is that women's is 1. Nothing is known of the gap, so ours is NaN.
    label, prediction = np.array([0, 1, 0, 0]), np.array([0, 1, 0, 0])
    group = np.array([0, 0, 1, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert fl.equalized_odds_difference(label, prediction, sensitive_features=group) == 1
        assert fl.equal_opportunity_difference(label, prediction, sensitive_features=group) == 1
    counts = GroupCounts.from_predictions(label, prediction, group, ("women", "men"))
    assert np.isnan(METRICS["equalized_odds"](counts))
    assert np.isnan(METRICS["equal_opportunity"](counts))
    assert METRICS["demographic_parity"](counts) == 0.5


@given(values=ANY_CELLS)
def test_generalised_entropy_is_that_of_every_faces_benefit(values):
    label, prediction, group = unpacked(values)
    benefit = prediction - label + 1.0
    ours = METRICS["generalised_entropy"](counts_of(values))
    between = METRICS["generalised_entropy_between"](counts_of(values))
    if not benefit.sum():
        assert np.isnan(ours) and np.isnan(between)
        return
    assert ours == pytest.approx(_entropy(benefit), abs=1e-12)
    means = [benefit[group == g].mean() for g in range(len(values)) if (group == g).any()]
    if len(values) < 2 or len(means) < len(values):
        assert np.isnan(between)
        return
    assert between == pytest.approx(_entropy(np.array(means)[group]), abs=1e-12)
    # Speicher et al. 2018, equation 5: what is left is the inequality within the groups.
    within = sum(
        (group == g).mean() * (means[g] / benefit.mean()) ** 2 * _entropy(benefit[group == g])
        for g in range(len(values))
        if means[g]
    )
    assert ours == pytest.approx(between + within, abs=1e-12)


def _entropy(benefit):
    """Return the generalised entropy index of α = 2, as Speicher et al. write it."""
    return np.mean((benefit / benefit.mean()) ** 2 - 1) / 2


def test_treatment_equality_by_hand():
    counts = counts_of([[[9, 4], [2, 5]], [[9, 2], [3, 5]]])
    assert METRICS["error_ratio"](counts).tolist() == [0.5, 1.5]
    assert METRICS["treatment_equality"](counts) == 1.0
    # With no false positive the ratio is infinite, or 0 over 0: neither can be compared.
    for false_negatives in (0, 3):
        lacking = counts_of([[[9, 4], [2, 5]], [[9, 0], [false_negatives, 5]]])
        assert np.isnan(METRICS["treatment_equality"](lacking))


@given(values=ANY_CELLS)
def test_every_minimum_and_maximum_is_the_extreme_of_its_parts(values):
    counts = counts_of(values)
    for metric in EXTREMES:
        parts = metric.parts(*(METRICS[name](counts) for name in metric.of))
        assert parts.ndim == 1, metric.name
        extreme = parts.min() if metric.extreme == "min" else parts.max()
        np.testing.assert_allclose(metric(counts), extreme, atol=1e-12, err_msg=metric.name)


def test_only_smooth_functions_of_all_counts_have_no_parts():
    overall = [metric for metric in METRICS.values() if metric.scope == "overall"]
    assert {metric.name for metric in overall if metric.parts is None} == {
        "generalised_entropy",
        "generalised_entropy_between",
    }
    for metric in overall:
        assert (metric.parts is None) == (metric.extreme is None) == (metric.combine is None)
        assert (metric.parts is None) == (not metric.of) == (metric.function is not None)


def test_the_parts_of_the_fair_metric_of_two_groups():
    women, men = 0.9, 0.8
    parts = METRICS["fair_metric"].parts(np.array([women, men]))
    np.testing.assert_allclose(
        np.sort(parts), [1.5 * men - women / 2, 1.5 * women - men / 2], atol=1e-15
    )


@settings(max_examples=25)
@given(values=hnp.arrays(np.int64, (3, 3, 2, 2), elements=st.integers(0, 3)))
def test_parts_have_their_axis_last_behind_any_others(values):
    counts = counts_of(values)
    for metric in EXTREMES:
        bases = [METRICS[name] for name in metric.of]
        together = metric.parts(*(base(counts) for base in bases))
        for place, each in enumerate(values):
            single = metric.parts(*(base(counts_of(each)) for base in bases))
            np.testing.assert_array_equal(together[place], single, err_msg=metric.name)


@given(values=cells(4, least=1))
def test_the_fair_metric_is_mean_minus_gap_and_never_above_the_worst_group(values):
    counts = counts_of(values)
    accuracy = METRICS["accuracy"](counts)
    fair = METRICS["fair_metric"](counts)
    assert fair == pytest.approx(accuracy.mean() - np.ptp(accuracy), abs=1e-12)
    assert fair <= METRICS["accuracy_worst"](counts) + 1e-12
    assert METRICS["accuracy_equality"](counts) == METRICS["accuracy_range"](counts)


@given(values=cells(2, least=1))
def test_only_the_signed_differences_change_when_two_groups_change_places(values):
    one, other = counts_of(values), counts_of(values[::-1])
    for metric in COUNTED:
        if metric.scope == "overall":
            sign = -1 if metric.name.endswith("_difference") else 1
            assert metric(one) == pytest.approx(sign * metric(other), abs=1e-12, nan_ok=True)


def test_a_ratio_is_undefined_where_it_would_say_nothing():
    ratio = METRICS["mcc_ratio"].combine
    assert ratio(np.array([0.2, 0.4])) == 0.5
    assert ratio(np.array([0.0, 0.4, 0.0])) == 0.0
    with np.errstate(invalid="ignore"):
        assert np.isnan(ratio(np.array([0.0, 0.0])))
    assert np.isnan(ratio(np.array([-0.1, 0.4])))
    assert np.isnan(ratio(np.array([-0.2, -0.1])))


def test_one_group_has_nothing_to_be_compared_with():
    counts = counts_of([[[1, 2], [3, 4]]])
    assert np.isnan(difference(np.array([0.5])))
    for metric in COUNTED:
        if metric.scope == "overall" and metric.name.endswith(ENDINGS[:3]):
            assert np.isnan(metric(counts)), metric.name
    for name in ("demographic_parity", "equalized_odds", "generalised_entropy_between"):
        assert np.isnan(METRICS[name](counts))
    assert METRICS["fair_metric"](counts) == METRICS["accuracy_worst"](counts) == 0.5
    assert METRICS["worst_cell_accuracy"](counts) == pytest.approx(1 / 3)


def test_what_is_derived_reads_well():
    def told(name):
        return METRICS[name].title, METRICS[name].description, METRICS[name].empty

    assert told("auc_range") == (
        "AUC, range",
        "Largest minus smallest AUC among the groups.",
        "faces with one of the two labels in one of the groups",
    )
    assert told("false_positive_rate_worst") == (
        "False positive rate, worst group",
        "Highest false positive rate among the groups.",
        "faces with label 0 in one of the groups",
    )
    assert told("f1_ratio")[1:] == (
        "Smallest F1 among the groups divided by the largest.",
        "faces labelled or predicted 1 in one of the groups, or no value above 0",
    )
    assert told("accuracy_difference")[1] == (
        "Accuracy of the first group minus that of the second; with more than two groups, the "
        "largest minus the smallest."
    )
