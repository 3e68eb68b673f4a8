"""What sets a kind apart: differences within groups, against published figures and SciPy."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from softbio.hypotheses.kinds.apart import differences, traits_apart
from softbio.hypotheses.traits import Traits


def counts(*groups):
    """(3, 1, G) counts of one trait from (holds, n) of each group, everybody seen once."""
    holds, known = np.array(groups, float).T
    return np.stack([holds, known, known])[:, None, :]


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [  # Newcombe 1998, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_in_one_group_the_interval_is_newcombes(one, other, low, high):
    found = differences(counts(one), counts(other), 0.95)[0]
    assert found.low == pytest.approx(low, abs=2e-4)
    assert found.high == pytest.approx(high, abs=2e-4)


def test_in_one_group_the_test_is_pearsons_but_for_one_face():
    found = differences(counts((56, 70)), counts((48, 80)), 0.95)[0]
    statistic = chi2_contingency([[56, 14], [48, 32]], correction=False).statistic
    from scipy.stats import chi2

    assert found.p == pytest.approx(chi2.sf(statistic * 149 / 150, 1))


def test_groups_of_different_shares_do_not_make_a_difference():
    """Simpson: in each group the trait is as frequent, and over both it seems not to be."""
    found = differences(counts((9, 90), (9, 10)), counts((1, 10), (81, 90)), 0.95)[0]
    assert found.value == pytest.approx(0) and found.p == pytest.approx(1)
    assert found.share > 18 / 100  # taken together, the others hold it far more often


def test_groups_that_only_one_side_has_are_left_out():
    found = differences(counts((5, 20), (0, 0)), counts((10, 20), (30, 30)), 0.95)[0]
    assert found.value == pytest.approx(-0.25)


def test_too_few_known_faces_are_not_compared():
    assert differences(counts((3, 5)), counts((3, 50)), 0.95) == {}


def test_one_persons_faces_count_once_in_the_interval():
    values = np.tile([1, 0], 200).astype(np.int8)
    traits = Traits(400, {"Hat": values}, {"Hat": "annotated"})
    group = np.zeros(400, np.int64)
    sides = [np.arange(100)], np.arange(100, 400)
    alone, four = (
        traits_apart(traits, *sides, group, 1, np.arange(400) // each)[0][0].outside
        for each in (1, 4)
    )
    assert alone.value == four.value
    assert (four.high - four.low) / (alone.high - alone.low) == pytest.approx(2, rel=0.05)


def test_holm_counts_every_comparison_that_is_shown():
    rng = np.random.default_rng(0)
    names = [f"T{number}" for number in range(10)]
    values = {name: rng.integers(0, 2, 600).astype(np.int8) for name in names}
    traits = Traits(600, values, dict.fromkeys(names, "annotated"))
    rows = np.arange(600)
    found = traits_apart(traits, [rows[:150], rows[150:300]], rows[300:], rows % 2, 2, rows)
    told = [one for kind in found for trait in kind for one in (trait.in_class, trait.outside)]
    assert len(told) == 40
    smallest = min(told, key=lambda one: one.p)
    assert smallest.p_holm == pytest.approx(min(1, smallest.p * 40))
    assert not any(trait.sets_apart for kind in found for trait in kind)
