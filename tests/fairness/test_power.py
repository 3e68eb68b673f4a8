import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import norm

from softbio.errors import ConfigError
from softbio.fairness.power import needed_n, power_of_gap, smallest_change, smallest_gap

rates = st.floats(0.05, 0.95)
sizes = st.integers(100, 20_000)


def test_the_figures_are_those_of_power_prop_test():
    # The examples in the manual of R's power.prop.test.
    assert power_of_gap(0.25, 50, 50, 0.75) == pytest.approx(0.740, abs=5e-4)
    assert needed_n(0.25, 0.75, power=0.9) == (77, 77)
    assert needed_n(0.25, 0.75, power=0.9).total == 154


def test_as_many_tests_see_the_gap_as_are_promised():
    rng = np.random.default_rng(0)
    first, second, rate = 900, 600, 0.9
    gap = smallest_gap(first, second, rate)
    a, b = rng.binomial(first, rate, 40_000), rng.binomial(second, rate - gap, 40_000)
    common = (a + b) / (first + second)
    error = np.sqrt(common * (1 - common) * (1 / first + 1 / second))
    seen = np.abs(a / first - b / second) / error > norm.ppf(0.975)
    assert seen.mean() == pytest.approx(0.8, abs=0.01)


def test_as_many_mcnemar_tests_see_the_change_as_are_promised():
    rng = np.random.default_rng(0)
    n, changed = 3000, 0.06
    change = smallest_change(n, changed)
    shares = [(changed + change) / 2, (changed - change) / 2, 1 - changed]
    fixed, broken, _ = rng.multinomial(n, shares, 40_000).T
    seen = np.abs(fixed - broken) / np.sqrt(fixed + broken) > norm.ppf(0.975)
    assert seen.mean() == pytest.approx(0.8, abs=0.01)


@given(rates, sizes, sizes, st.floats(1, 4))
def test_a_gap_needs_the_faces_that_can_show_it(rate, first, second, design):
    gap = smallest_gap(first, second, rate, design=design)
    assume(not math.isnan(gap))
    assert power_of_gap(gap, first, second, rate, design=design) == pytest.approx(0.8, abs=1e-6)
    needed = needed_n(gap, rate, first / (first + second), design=design)
    assert abs(needed.first - first) <= 1
    assert abs(needed.second - second) <= 1


@given(rates, sizes)
def test_more_faces_show_smaller_gaps_and_people_who_repeat_larger_ones(rate, n):
    gap = smallest_gap(n, n, rate)
    assume(not math.isnan(gap))
    assert smallest_gap(2 * n, 2 * n, rate) < gap
    assert smallest_gap(2 * n, 2 * n, rate, design=2.0) == pytest.approx(gap)
    assert smallest_gap(n, n, 1 - rate) == pytest.approx(gap)


def test_what_cannot_be_seen_is_undefined():
    assert math.isnan(smallest_gap(3, 3, 0.5))
    assert math.isnan(smallest_gap(0, 500, 0.9))
    assert math.isnan(power_of_gap(0.95, 50, 50, 0.9))
    assert math.isnan(smallest_change(20, 0.05))
    assert math.isnan(smallest_change(1000, 0.0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: smallest_gap(10, 10, 1.5), "`rate` must lie in 0 … 1"),
        (lambda: smallest_gap(10, 10, 0.5, level=1.0), "`level`"),
        (lambda: smallest_gap(10, 10, 0.5, power=0.1), "`power`"),
        (lambda: smallest_gap(10, 10, 0.5, design=0.0), "`design`"),
        (lambda: needed_n(0.0, 0.5), "`gap` must be above 0"),
        (lambda: needed_n(0.8, 0.7), "at most 0.7"),
        (lambda: needed_n(0.1, 0.5, share=1.0), "`share`"),
        (lambda: smallest_change(10, -0.1), "`changed`"),
    ],
)
def test_a_mistake_is_told(call, message):
    with pytest.raises(ConfigError, match=message):
        call()
