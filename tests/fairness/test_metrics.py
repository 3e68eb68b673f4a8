import math
import warnings

import numpy as np
import pytest
import sklearn.metrics as sk
from fairlearn import metrics as fl
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from softbio.fairness import METRICS, GroupCounts, GroupScores

COUNTED = [metric for metric in METRICS.values() if metric.needs == "counts"]
GROUP = [metric for metric in COUNTED if metric.scope == "group"]
OVERALL = [metric for metric in COUNTED if metric.scope == "overall"]

#: Each of our group metrics as another library computes it from labels and predictions.
ORACLES = {
    "n": fl.count,
    "prevalence": lambda label, prediction: fl.mean_prediction(prediction, label),
    "selection_rate": fl.selection_rate,
    "accuracy": sk.accuracy_score,
    "balanced_accuracy": lambda y, p: sk.recall_score(y, p, average="macro", zero_division=np.nan),
    "true_positive_rate": fl.true_positive_rate,
    "true_negative_rate": fl.true_negative_rate,
    "false_positive_rate": fl.false_positive_rate,
    "false_negative_rate": fl.false_negative_rate,
    "precision": lambda y, p: sk.precision_score(y, p, zero_division=np.nan),
    "negative_predictive_value": lambda y, p: sk.precision_score(
        y, p, pos_label=0, zero_division=np.nan
    ),
    "f1": lambda y, p: sk.f1_score(y, p, zero_division=np.nan),
    "mcc": sk.matthews_corrcoef,
    "error_ratio": lambda y, p: np.sum((y == 1) & (p == 0)) / np.sum((y == 0) & (p == 1)),
}


def unpacked(values):
    """Return label, prediction and group of each face counted in `values` (G, 2, 2)."""
    cells = np.indices(values.shape).reshape(3, -1)
    group, label, prediction = np.repeat(cells, values.reshape(-1), axis=1)
    return label, prediction, group


def counts_of(values, names=None):
    values = np.asarray(values)
    return GroupCounts(values, names or tuple(f"g{i}" for i in range(values.shape[-3])))


def cells(groups=2, least=0, most=30):
    return hnp.arrays(np.int64, (groups, 2, 2), elements=st.integers(least, most))


def test_every_group_metric_has_an_oracle():
    assert set(ORACLES) == {metric.name for metric in GROUP}


@settings(max_examples=25, deadline=None)
@given(values=cells(groups=3, least=1) | cells(groups=2, least=1, most=2))
def test_group_metrics_and_what_is_derived_equal_fairlearn_and_scikit_learn(values):
    label, prediction, group = unpacked(values)
    frame = fl.MetricFrame(
        metrics=ORACLES, y_true=label, y_pred=prediction, sensitive_features=group
    )
    apart, ratio = frame.difference("between_groups"), frame.ratio("between_groups")
    lowest, highest = frame.group_min(), frame.group_max()
    counts = counts_of(values)
    for name, metric in ((name, METRICS[name]) for name in ORACLES):
        theirs = frame.by_group[name].to_numpy(dtype=float)
        np.testing.assert_allclose(metric(counts), theirs, atol=1e-12, err_msg=name)
        assert metric(counts.pooled())[0] == pytest.approx(frame.overall[name], abs=1e-12), name
        if name == "n":
            continue
        of = {
            end: METRICS.get(f"{name}_{end}") for end in ("difference", "range", "ratio", "worst")
        }
        assert abs(of["difference"](counts)) == pytest.approx(apart[name], abs=1e-12), name
        assert of["range"](counts) == pytest.approx(apart[name], abs=1e-12), name
        if (theirs > 1e-9).all():
            assert of["ratio"](counts) == pytest.approx(ratio[name], abs=1e-9), name
        if metric.best is not None:
            worst = lowest[name] if metric.best == 1 else highest[name]
            assert of["worst"](counts) == pytest.approx(worst, abs=1e-12), name
        else:
            assert of["worst"] is None


@settings(max_examples=25)
@given(values=cells(least=1))
def test_a_difference_of_two_groups_has_the_sign_that_fairlearn_drops(values):
    label, prediction, group = unpacked(values)
    ours = METRICS["selection_rate_difference"](counts_of(values))
    theirs = fl.demographic_parity_difference(label, prediction, sensitive_features=group)
    assert abs(ours) == pytest.approx(theirs, abs=1e-12)
    swapped = METRICS["selection_rate_difference"](counts_of(values[::-1]))
    assert ours == pytest.approx(-swapped, abs=1e-15)


def test_a_rate_without_faces_is_undefined_where_fairlearn_says_0():
    # No face has label 1. Fairlearn calls both the hit rate and the miss rate 0, although they add
    # up to 1 wherever they exist: a reader would take the one for a disaster, the other for
    # perfection. Nothing is known about either, so ours are NaN.
    label, prediction = np.array([0, 0, 0]), np.array([0, 1, 0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert fl.true_positive_rate(label, prediction, pos_label=1) == 0
        assert fl.false_negative_rate(label, prediction, pos_label=1) == 0
    counts = GroupCounts.from_predictions(label, prediction, np.zeros(3, int), ("women",))
    assert np.isnan(METRICS["true_positive_rate"](counts)).all()
    assert np.isnan(METRICS["false_negative_rate"](counts)).all()


@pytest.mark.parametrize(
    ("values", "undefined"),
    [
        (
            [[5, 1], [0, 0]],
            {"true_positive_rate", "false_negative_rate", "balanced_accuracy", "mcc"},
        ),
        (
            [[0, 0], [2, 3]],
            {
                *("true_negative_rate", "false_positive_rate", "balanced_accuracy", "mcc"),
                "error_ratio",
            },
        ),
        ([[5, 0], [2, 0]], {"precision", "mcc", "error_ratio"}),
        ([[0, 5], [0, 2]], {"negative_predictive_value", "mcc"}),
        (
            [[5, 0], [0, 0]],
            {
                *("true_positive_rate", "false_negative_rate", "balanced_accuracy", "mcc"),
                *("precision", "f1", "error_ratio"),
            },
        ),
        ([[0, 0], [0, 0]], set(ORACLES) - {"n"}),
    ],
    ids=[
        "no label 1",
        "no label 0",
        "nothing predicted 1",
        "nothing predicted 0",
        "nothing labelled or predicted 1",
        "no faces",
    ],
)
def test_exactly_the_rates_without_a_denominator_are_undefined(values, undefined):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = {m.name: m(counts_of([values, [[4, 3], [2, 1]]])) for m in COUNTED}
    assert {m.name for m in GROUP if np.isnan(found[m.name][0])} == undefined
    assert not any(np.isnan(found[m.name][1]) for m in GROUP)
    assert {
        n.removesuffix("_difference")
        for n in found
        if n.endswith("_difference") and np.isnan(found[n])
    } == undefined
    for one, other in (
        ("demographic_parity", "selection_rate"),
        ("equal_opportunity", "true_positive_rate"),
        ("equalized_odds", "balanced_accuracy"),
        ("predictive_parity", "precision"),
        ("accuracy_equality", "accuracy"),
        ("treatment_equality", "error_ratio"),
        ("generalised_entropy_between", "accuracy"),
    ):
        assert np.isnan(found[one]) == (other in undefined), one
    assert not np.isnan(found["generalised_entropy"])
    missing_cell = "balanced_accuracy" in undefined
    assert np.isnan(found["balanced_fair_metric"]) == missing_cell
    assert np.isnan(found["worst_cell_accuracy"]) == missing_cell
    assert np.isnan(found["fair_metric"]) == ("accuracy" in undefined)


@settings(max_examples=25)
@given(values=hnp.arrays(np.int64, (2, 2, 3, 2, 2), elements=st.integers(0, 3)))
def test_leading_axes_are_computed_as_if_one_at_a_time(values):
    for metric in COUNTED:
        together = metric(counts_of(values))
        assert together.shape == ((2, 2, 3) if metric.scope == "group" else (2, 2))
        assert together.dtype == np.float64
        for place in np.ndindex(2, 2):
            single = metric(counts_of(values[place]))
            np.testing.assert_array_equal(together[place], single, err_msg=metric.name)


@given(values=cells(groups=3) | cells(groups=2, most=10**9))
def test_metrics_stay_in_their_range(values):
    for metric in COUNTED:
        value = metric(counts_of(values))
        low, high = metric.range
        assert np.all(np.isnan(value) | ((value >= low) & (value <= high))), metric.name


@given(values=cells())
def test_swapping_0_and_1_everywhere_swaps_the_rates_of_the_labels(values):
    turned = counts_of(values[:, ::-1, ::-1])
    counts = counts_of(values)
    for one, other in (
        ("true_positive_rate", "true_negative_rate"),
        ("false_positive_rate", "false_negative_rate"),
        ("accuracy", "accuracy"),
        ("balanced_accuracy", "balanced_accuracy"),
        ("fair_metric", "fair_metric"),
        ("balanced_fair_metric", "balanced_fair_metric"),
        ("worst_cell_accuracy", "worst_cell_accuracy"),
    ):
        np.testing.assert_array_equal(METRICS[one](turned), METRICS[other](counts))


@given(values=cells(least=1))
def test_predicting_the_opposite_complements_the_rates(values):
    opposite, counts = counts_of(values[:, :, ::-1]), counts_of(values)
    for name in ("accuracy", "balanced_accuracy", "true_positive_rate", "selection_rate"):
        np.testing.assert_allclose(METRICS[name](opposite), 1 - METRICS[name](counts), atol=1e-12)


@given(values=cells(groups=4, least=1))
def test_the_fair_metric_is_at_most_the_worst_groups_accuracy(values):
    counts = counts_of(values)
    assert METRICS["fair_metric"](counts) <= METRICS["accuracy"](counts).min() + 1e-12
    assert (
        METRICS["balanced_fair_metric"](counts)
        <= METRICS["balanced_accuracy"](counts).min() + 1e-12
    )


@given(values=cells(groups=4, least=1), order=st.permutations(range(4)))
def test_the_order_of_more_than_two_groups_does_not_matter_to_what_judges_them_together(
    values, order
):
    for metric in OVERALL:
        assert metric(counts_of(values)) == pytest.approx(
            float(metric(counts_of(values[list(order)]))), abs=1e-12, nan_ok=True
        ), metric.name


def test_the_fair_metric_of_the_challenge_by_hand():
    # Accuracies 0.9 and 0.7: mean 0.8, gap 0.2. Balanced: (0.5 + 1) / 2 and (0.75 + 0.5) / 2.
    counts = counts_of([[[80, 0], [10, 10]], [[60, 20], [10, 10]]])
    assert METRICS["fair_metric"](counts) == pytest.approx(0.8 - 0.2)
    assert METRICS["balanced_fair_metric"](counts) == pytest.approx((0.75 + 0.625) / 2 - 0.125)
    assert METRICS["worst_cell_accuracy"](counts) == 0.5


def test_a_perfect_classifier_gets_the_best_of_every_metric_that_has_one():
    counts = counts_of([[[7, 0], [0, 3]], [[7, 0], [0, 3]]])
    # Without an error there is nothing that errors could be a multiple of.
    undefined = {
        *("error_ratio_difference", "error_ratio_range", "error_ratio_ratio"),
        *("treatment_equality", "false_positive_rate_ratio", "false_negative_rate_ratio"),
    }
    for metric in COUNTED:
        if metric.best is not None:
            best = np.nan if metric.name in undefined else metric.best
            np.testing.assert_array_equal(metric(counts), best, err_msg=metric.name)


@pytest.mark.parametrize("given", ["counts", "scores"])
def test_a_metric_says_when_it_is_given_the_wrong_thing(given):
    wrong = {
        "counts": (METRICS["auc_range"], counts_of([[[1, 2], [3, 4]]])),
        "scores": (METRICS["accuracy"], GroupScores([0, 1], [0.1, 0.9], [0, 0], ("all",))),
    }
    metric, judged = wrong[given]
    with pytest.raises(ValueError, match=f"{metric.name} needs {metric.needs}, not {given}"):
        metric(judged)


@given(values=cells(groups=3, least=1))
def test_accuracy_over_all_faces_is_the_groups_mean_weighted_by_their_faces(values):
    counts = counts_of(values)
    for name, weights in (
        ("accuracy", counts.n),
        ("selection_rate", counts.n),
        ("prevalence", counts.n),
        ("true_positive_rate", counts.cell_sizes[:, 1]),
        ("false_positive_rate", counts.cell_sizes[:, 0]),
    ):
        pooled = METRICS[name](counts.pooled())[0]
        assert pooled == pytest.approx(np.average(METRICS[name](counts), weights=weights)), name


def test_a_billion_faces_keep_their_digits():
    # The product of the four margins is 1e36 and more: exact arithmetic beside it.
    tn, fp, fn, tp = 10**9, 10**9 - 7, 3 * 10**8 + 1, 10**9 + 9
    size = math.isqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn) * 10**20)
    expected = (tp * tn - fp * fn) * 10**10 / size
    assert METRICS["mcc"](counts_of([[[tn, fp], [fn, tp]]]))[0] == pytest.approx(
        expected, rel=1e-14
    )


def test_every_metric_explains_itself():
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.title
        assert metric.description.endswith(".")
        assert metric.reference
        assert metric.range[0] < metric.range[1]
        assert metric.best is None or metric.range[0] <= metric.best <= metric.range[1]
        assert bool(metric.empty) == (name != "n")
        assert not metric.empty.startswith("no ") and not metric.empty.endswith(".")
        assert "|" not in metric.title + metric.description + metric.reference
