import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softbio.fairness.intervals.bounds import extreme_interval, percentile_interval


def normal(means, replicates=4000, seed=0, correlation=0.0):
    random = np.random.default_rng(seed)
    k = len(means)
    covariance = np.full((k, k), correlation) + (1 - correlation) * np.eye(k)
    return random.multivariate_normal(means, covariance, replicates).T


def test_percentiles_leave_the_same_number_outside_at_both_ends():
    rows = np.random.default_rng(0).permuted(np.tile(np.arange(999.0), (3, 1)), axis=1)
    low, high = percentile_interval(rows, 0.025)
    assert low.tolist() == [24.0] * 3 and high.tolist() == [974.0] * 3


def test_each_row_may_have_its_own_tail():
    rows = np.tile(np.arange(999.0), (2, 1))
    low, high = percentile_interval(rows, np.array([0.025, 0.005]))
    assert low.tolist() == [24.0, 4.0] and high.tolist() == [974.0, 994.0]


def test_undefined_replicates_are_left_out_until_they_are_too_many():
    rows = np.tile(np.arange(1000.0), (3, 1))
    rows[1, :40], rows[2, :60] = np.nan, np.nan
    low, high = percentile_interval(rows, 0.025)
    assert low[1] == 40 + 23 and high[1] == 999 - 23
    assert np.isnan(low[2]) and np.isnan(high[2])


def test_a_clear_minimum_has_the_interval_of_its_part():
    parts = normal([0.0, 50.0, 60.0])
    low, high = percentile_interval(parts[:1].copy(), 0.025)
    assert extreme_interval(parts, np.array([0, 50, 60]), "min", 0.025) == (low[0], high[0])


def test_the_upper_ends_of_equal_parts_hold_together():
    parts = normal([0.0, 0.0, 0.0, 0.0])
    low, high = extreme_interval(parts, np.zeros(4), "min", 0.025)
    # Independent: each is cut where all four hold with 97.5 %.
    assert high == pytest.approx(2.49, abs=0.12)
    assert low == pytest.approx(-1.96, abs=0.2)


def test_parts_that_move_together_need_no_correction():
    one = normal([0.0])
    parts = np.concatenate([one, one])
    low, high = percentile_interval(one.copy(), 0.025)
    assert extreme_interval(parts, np.zeros(2), "min", 0.025) == (low[0], high[0])


@given(
    st.integers(1, 5),
    st.integers(0, 1000),
    st.floats(0, 3),
    st.sampled_from([0.005, 0.025, 0.1]),
)
@settings(max_examples=40, deadline=None)
def test_a_maximum_is_a_minimum_mirrored(k, seed, spread, tail):
    means = np.linspace(0, spread, k)
    parts = normal(means, 500, seed)
    low, high = extreme_interval(parts, means, "min", tail)
    assert extreme_interval(-parts, -means, "max", tail) == (-high, -low)
    assert low <= high


@given(st.integers(2, 5), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_no_more_than_a_tail_of_replicates_passes_any_upper_end(k, seed):
    """Brute force over all common ranks."""
    parts = normal(np.zeros(k), 399, seed)
    _, high = extreme_interval(parts, np.zeros(k), "min", 0.025)
    ordered = np.sort(parts, axis=1)
    for rank in range(10):
        ends = ordered[:, 398 - rank]
        if (parts > ends[:, None]).any(axis=0).sum() <= 9:
            widest = ends.min()
    assert high == widest


def test_an_undefined_part_leaves_no_interval():
    parts = normal([0.0, 1.0])
    assert np.isnan(extreme_interval(parts, np.array([0.0, np.nan]), "min", 0.025)).all()
    parts[1, : parts.shape[1] // 10] = np.nan
    assert np.isnan(extreme_interval(parts, np.zeros(2), "min", 0.025)).all()


def test_better_ends_of_the_parts_are_taken():
    parts = normal([0.0, 0.0])
    asked = []

    def ends(share):
        asked.append(share)
        return np.array([-3.0, -2.0]), np.array([4.0, 5.0]) * (2 - share)

    low, high = extreme_interval(parts, np.zeros(2), "min", 0.025, ends)
    assert low == -3.0
    assert asked[0] == 1.0 and asked[1] == pytest.approx(0.5, abs=0.05)
    assert high == 4.0 * (2 - asked[1])
    mirrored = extreme_interval(-parts, np.zeros(2), "max", 0.025, lambda share: (
        -ends(share)[1], -ends(share)[0]))  # fmt: skip
    assert mirrored == (-high, -low)
