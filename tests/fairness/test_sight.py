"""What faces can show: held to simulation, and to the laws of sample sizes."""

import numpy as np
import pytest

from softbio.fairness import GroupCounts, IntervalPlan, evaluate, evaluate_counts
from softbio.fairness.power import needed_n, smallest_gap
from softbio.fairness.sight import sights


def counts(*groups):
    return GroupCounts(np.array(groups), tuple(f"g{i}" for i in range(len(groups))))


def test_without_people_it_is_the_power_of_as_many_faces():
    judged = evaluate_counts(counts([[800, 50], [30, 120]], [[500, 40], [25, 75]]))
    by_metric = {sight.metric: sight for sight in sights(judged, 0.05)}
    assert list(by_metric) == ["accuracy", "true_positive_rate", "true_negative_rate"]
    found = by_metric["true_positive_rate"]
    rate = (120 + 75) / 250
    assert found.n == (150, 100)
    assert found.rate == pytest.approx(rate)
    assert found.gap == pytest.approx(smallest_gap(150, 100, rate))
    assert found.needed == needed_n(0.05, rate, 0.6)


def test_a_gap_of_that_size_is_seen_in_four_of_five_samples():
    judged = evaluate_counts(counts([[900, 100], [0, 0]], [[450, 50], [0, 0]]))
    [found] = [sight for sight in sights(judged) if sight.metric == "accuracy"]
    draws = np.random.default_rng(0)
    first = draws.binomial(1000, found.rate, 20_000) / 1000
    second = draws.binomial(500, found.rate - found.gap, 20_000) / 500
    pooled = (1000 * first + 500 * second) / 1500
    error = np.sqrt(pooled * (1 - pooled) * (1 / 1000 + 1 / 500))
    assert np.mean(np.abs(first - second) > 1.959964 * error) == pytest.approx(0.8, abs=0.02)


def test_people_who_repeat_show_less_than_as_many_people():
    draws = np.random.default_rng(1)
    person = np.repeat(np.arange(200), 10)
    group = person % 2
    luck = draws.random(200) < 0.85  # all ten photographs of a person fare alike
    label = draws.integers(0, 2, 2000)
    score = np.where(luck[person], label, 1 - label).astype(float)
    plan = IntervalPlan(replicates=300)
    by_person, by_face = (
        evaluate(label, score, group, ("a", "b"), person=who, intervals=plan)
        for who in (person, None)
    )
    one, other = sights(by_person, 0.05)[0], sights(by_face, 0.05)[0]
    assert one.gap > 2 * other.gap
    assert one.needed.total > 5 * other.needed.total


def test_with_several_groups_the_hardest_pair_is_told():
    judged = evaluate_counts(
        counts([[900, 100], [10, 90]], [[90, 10], [1, 9]], [[45, 5], [1, 4]], [[0, 0], [0, 0]])
    )
    assert {(sight.first, sight.second) for sight in sights(judged)} == {("g1", "g2")}


def test_one_group_or_none_shows_nothing_and_a_few_faces_show_no_gap():
    assert sights(evaluate_counts(counts([[9, 1], [1, 9]]))) == []
    few = sights(evaluate_counts(counts([[1, 0], [0, 0]], [[1, 0], [0, 0]])), 0.05)
    assert [sight.metric for sight in few] == ["accuracy", "true_negative_rate"]
    assert all(np.isnan(sight.gap) for sight in few)
