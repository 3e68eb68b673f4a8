"""Reliability curves, against scikit-learn and statsmodels' formula."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve

from softbio.errors import ConfigError, DataError
from softbio.fairness import compute_scores, fit_calibration, reliability
from softbio.fairness.scores import GroupScores


def faces(n=3000, seed=0):
    draws = np.random.default_rng(seed)
    score = draws.random(n)
    label = (draws.random(n) < score**2).astype(int)
    return label, score, draws.integers(0, 2, n), ("women", "men")


def test_bins_are_scikit_learns():
    label, score, group, groups = faces()
    found = reliability(label, score, group, groups, bins=10)
    for index in range(2):
        inside = group == index
        observed, mean = calibration_curve(label[inside], score[inside], n_bins=10)
        np.testing.assert_allclose(found.observed[index], observed, atol=1e-12)
        np.testing.assert_allclose(found.mean_score[index], mean, atol=1e-12)
    assert found.n.sum() == len(label)


def test_intervals_are_wilsons():
    label, score, group, groups = faces(300)
    found = reliability(label, score, group, groups, bins=5, level=0.9)
    inside = (group == 1) & (score > 0.4) & (score <= 0.6)
    expected = binomtest(int(label[inside].sum()), int(inside.sum())).proportion_ci(0.9, "wilson")
    assert (found.low[1, 2], found.high[1, 2]) == pytest.approx((expected.low, expected.high))


def test_its_error_is_the_metric_of_that_name():
    label, score, group, groups = faces()
    score = score.round(1).astype(np.float32)  # on the edges of bins
    found = reliability(label, score, group, groups)
    metric = compute_scores(GroupScores(label, score, group, groups))["expected_calibration_error"]
    np.testing.assert_allclose(found.calibration_error, metric, atol=1e-7)


def test_calibration_makes_the_error_small():
    label, score, group, groups = faces(20_000)
    line = fit_calibration(label, score, group, groups, "platt")
    after = reliability(label, line.apply(score), group, groups)
    before = reliability(label, score, group, groups)
    assert (after.calibration_error < before.calibration_error / 3).all()


def test_empty_bins_and_groups_are_undefined():
    found = reliability([1, 0], np.array([0.05, 0.9]), [0, 0], ("women", "men"), bins=4)
    assert np.isnan(found.observed[0, 1]) and np.isnan(found.low[0, 1])
    assert found.n[1].sum() == 0 and np.isnan(found.calibration_error[1])


def test_what_is_not_a_curve_is_refused():
    label, score, group, groups = faces(20)
    with pytest.raises(ConfigError, match="at least one bin"):
        reliability(label, score, group, groups, bins=0)
    with pytest.raises(DataError, match="from 0 to 1"):
        reliability(label, score + 1, group, groups)
