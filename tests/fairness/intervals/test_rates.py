import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from softbio.fairness import GroupCounts
from softbio.fairness.intervals import (
    draw_people,
    person_counts,
    resample_people,
    wilson,
)
from softbio.fairness.intervals.rates import RATES, effective_rates
from softbio.fairness.metrics import METRICS


@given(st.integers(1, 400), st.floats(0, 1), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_is_scipys(n, share, level):
    successes = round(share * n)
    low, high = wilson(successes, n, level)
    theirs = binomtest(successes, n).proportion_ci(level, method="wilson")
    assert float(low) == pytest.approx(theirs.low, abs=1e-12)
    assert float(high) == pytest.approx(theirs.high, abs=1e-12)


def test_ten_out_of_ten_are_not_certain():
    low, high = wilson([0, 10], [10, 10])
    assert high[0] == pytest.approx(1 - low[1])
    assert (low[0], high[1]) == (0.0, 1.0)
    assert low[1] < 0.75


def test_no_faces_have_no_interval():
    assert np.isnan(wilson(0, 0)).all()


def test_rates_are_those_of_the_table_of_metrics():
    random = np.random.default_rng(0)
    counts = GroupCounts(random.integers(1, 50, (3, 2, 2)), ("a", "b", "c"))
    found = effective_rates(counts, counts, 0.95)
    assert set(found) == set(RATES)
    for name, (successes, n) in found.items():
        np.testing.assert_array_equal(successes / n, METRICS[name](counts))


def faces_of_people(people, each, alike, seed):
    """Return label, prediction and person: `each` faces of everybody, all alike or all apart."""
    random = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), each)
    right = random.random(people if alike else people * each) < 0.8
    right = np.repeat(right, each) if alike else right
    label = np.zeros(people * each, dtype=np.int8)
    return label, ~right, person


def by_person(label, prediction, person, level=0.95):
    group = np.zeros(len(label), dtype=np.int64)
    counts = GroupCounts.from_predictions(label, prediction, group, ("all",))
    table = person_counts(label, prediction, group, 1, person)
    drawn = resample_people(table, draw_people(len(table), 2000, 0), ("all",))
    low, high = wilson(*effective_rates(counts, drawn, level, table)["accuracy"], level)
    return float(low[0]), float(high[0]), int(counts.values[0, 0, 0])


def test_faces_that_fare_as_their_person_does_count_once_for_each_person():
    low, high, right = by_person(*faces_of_people(400, 5, alike=True, seed=1))
    expected_low, expected_high = wilson(right / 5, 400)
    assert low == pytest.approx(float(expected_low), abs=0.003)
    assert high == pytest.approx(float(expected_high), abs=0.003)


def test_faces_that_fare_by_themselves_count_each():
    low, high, right = by_person(*faces_of_people(400, 5, alike=False, seed=1))
    expected_low, expected_high = wilson(right, 2000)
    assert low == pytest.approx(float(expected_low), abs=0.004)
    assert high == pytest.approx(float(expected_high), abs=0.004)


def test_people_who_are_all_right_are_worth_their_number_and_no_more():
    label = np.zeros(60, dtype=np.int8)
    low, high, _ = by_person(label, label, np.repeat(np.arange(12), 5))
    assert high == 1.0
    assert low < float(wilson(12, 12)[0])
    assert low > 0.6


def test_few_people_make_wider_intervals_than_many_faces_can_mend():
    few = by_person(*faces_of_people(8, 100, alike=False, seed=3))
    many = by_person(*faces_of_people(800, 1, alike=False, seed=3))
    assert few[1] - few[0] > 1.15 * (many[1] - many[0])
