"""All metrics at once: the same figures, whatever stands along the leading axes, and fast."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from softbio.errors import ConfigError
from softbio.fairness import METRICS, GroupCounts, GroupScores, compute, compute_scores

COUNTED = [metric for metric in METRICS.values() if metric.needs == "counts"]

#: Names that files, scripts and other programs may rely on.
RELEASED = [
    "n",
    "prevalence",
    "selection_rate",
    "accuracy",
    "balanced_accuracy",
    "true_positive_rate",
    "true_negative_rate",
    "false_positive_rate",
    "false_negative_rate",
    "precision",
    "auc",
    "fair_metric",
    "balanced_fair_metric",
    "worst_cell_accuracy",
    "prevalence_difference",
    "selection_rate_difference",
    "accuracy_difference",
    "balanced_accuracy_difference",
    "true_positive_rate_difference",
    "true_negative_rate_difference",
    "false_positive_rate_difference",
    "false_negative_rate_difference",
    "precision_difference",
    "auc_difference",
]


def counts_of(values):
    return GroupCounts(values, tuple(f"g{i}" for i in range(values.shape[-3])))


def test_names_that_were_released_are_still_there():
    assert set(RELEASED) <= set(METRICS)


@settings(max_examples=25)
@given(values=hnp.arrays(np.int64, (2, 3, 2, 2), elements=st.integers(0, 3)))
def test_together_they_are_what_each_is_alone(values):
    found = compute(counts_of(values))
    assert list(found) == [metric.name for metric in COUNTED]
    for name, value in found.items():
        np.testing.assert_array_equal(value, METRICS[name](counts_of(values)), err_msg=name)


def test_only_what_was_asked_for_is_given_in_that_order():
    counts = counts_of(np.ones((2, 2, 2), dtype=np.int64))
    assert list(compute(counts, ("fair_metric", "n"))) == ["fair_metric", "n"]
    assert compute(counts, ()) == {}


@pytest.mark.parametrize(
    ("call", "name", "message"),
    [
        ("counts", "acuracy", "There is no metric 'acuracy'"),
        ("scores", "acuracy", "There is no metric 'acuracy'"),
        ("counts", "auc_worst", r"\(auc_worst\) is computed from scores, not from counts"),
        ("scores", "n", r"\(n\) is computed from counts, not from scores"),
    ],
)
def test_a_metric_that_cannot_be_computed_is_told(call, name, message):
    counts = counts_of(np.ones((1, 2, 2), dtype=np.int64))
    scores = GroupScores([0, 1], [0.1, 0.9], [0, 0], ("all",))
    with pytest.raises(ConfigError, match=message):
        compute(counts, [name]) if call == "counts" else compute_scores(scores, [name])


def test_no_replicates_are_no_figures():
    found = compute(counts_of(np.zeros((0, 2, 2, 2), dtype=np.int64)))
    assert {value.shape for value in found.values()} == {(0,), (0, 2)}


def test_replicates_of_a_group_lie_side_by_side_for_what_sorts_them():
    found = compute(counts_of(np.ones((50, 2, 2, 2), dtype=np.int64)))
    for metric in COUNTED:
        value = found[metric.name]
        assert (value[:, 0] if metric.scope == "group" else value).flags.c_contiguous, metric.name


def test_ten_thousand_replicates_of_all_count_metrics_take_milliseconds():
    shares = np.random.default_rng(0).dirichlet(np.ones(8))
    drawn = np.random.default_rng(1).multinomial(202_599, shares, size=10_000)
    counts = counts_of(drawn.reshape(-1, 2, 2, 2))
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        compute(counts)
        seconds.append(time.perf_counter() - start)
    # Measured 1.5 ms; the bootstrap of which this is a part has 100 ms, also on a busy machine.
    assert min(seconds) < 0.03
