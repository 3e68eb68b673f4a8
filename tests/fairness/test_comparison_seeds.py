import numpy as np
import pytest

from softbio.errors import DataError
from softbio.fairness import GroupCounts, evaluate_counts
from softbio.fairness.comparison import pool

GROUPS = ("women", "men")


def seeds(n=4):
    draws = np.random.default_rng(0).integers(1, 100, (n, 2, 2, 2))
    return [evaluate_counts(GroupCounts(values, GROUPS)) for values in draws]


def test_mean_and_spread_are_those_of_the_runs():
    evaluations = seeds()
    found = pool(evaluations)
    assert (found.runs, found.groups) == (4, GROUPS)
    accuracy = np.array([each.by_group["accuracy"] for each in evaluations])
    np.testing.assert_allclose(found.by_group["accuracy"].mean, accuracy.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(
        found.by_group["accuracy"].sd, accuracy.std(axis=0, ddof=1), atol=1e-12
    )
    assert found.by_group["accuracy"].n.tolist() == [4, 4]
    fair = [each.overall["fair_metric"] for each in evaluations]
    assert found.overall["fair_metric"].mean == pytest.approx(np.mean(fair))
    assert found.overall["fair_metric"].sd == pytest.approx(np.std(fair, ddof=1))


def test_one_run_has_no_spread():
    found = pool(seeds(1))
    assert np.isnan(found.overall["fair_metric"].sd)
    assert found.overall["fair_metric"].n == 1
    assert not np.isnan(found.overall["fair_metric"].mean)


def test_runs_in_which_a_metric_is_undefined_are_not_counted():
    blind = evaluate_counts(GroupCounts(np.array([[[9, 0], [1, 0]], [[5, 1], [2, 2]]]), GROUPS))
    found = pool([*seeds(2), blind])
    assert found.by_group["precision"].n.tolist() == [2, 3]
    precision = [each.by_group["precision"][0] for each in seeds(2)]
    assert found.by_group["precision"].mean[0] == pytest.approx(np.mean(precision))
    assert found.by_group["auc"].n.tolist() == [0, 0]
    assert np.isnan(found.by_group["auc"].mean).all()


def test_only_evaluations_over_the_same_groups_are_pooled():
    with pytest.raises(DataError, match="no evaluations"):
        pool([])
    other = evaluate_counts(GroupCounts(np.ones((2, 2, 2), dtype=int), ("young", "old")))
    with pytest.raises(DataError, match="women, men; and young, old"):
        pool([*seeds(1), other])
